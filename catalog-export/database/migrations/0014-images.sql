-- Images and what belongs to them. Readers see ivoa.obscore; these tables are not published.

CREATE TABLE almagest.images (
  obs_publisher_did text PRIMARY KEY,
  collection        text NOT NULL,
  -- Of the bucket. Images of one file share it.
  file_key          text NOT NULL,
  media_type        text NOT NULL,
  bytes             bigint NOT NULL,
  sha256            text NOT NULL,
  hdu               integer NOT NULL,
  -- The dataset document but for its links, which are below.
  dataset           jsonb NOT NULL,
  added             timestamptz NOT NULL
);

CREATE INDEX ON almagest.images (file_key);

CREATE TABLE almagest.image_links (
  link              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  obs_publisher_did text NOT NULL REFERENCES almagest.images ON DELETE CASCADE,
  semantics         text NOT NULL,
  file_key          text,
  url               text,
  description       text,
  content_type      text,
  bytes             bigint,
  CHECK (num_nonnulls(file_key, url) = 1)
);

CREATE INDEX ON almagest.image_links (obs_publisher_did);
CREATE INDEX ON almagest.image_links (file_key);

-- Parts of the demo that were loaded whole: what of it is removed later does not come back.
CREATE TABLE almagest.demo_part (part text PRIMARY KEY);
