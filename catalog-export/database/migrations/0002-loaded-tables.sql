-- Tables that "almagest load" made. Only these may be replaced by a later load.

CREATE TABLE almagest.loaded_table (
  schema_name text NOT NULL,
  table_name  text NOT NULL,
  source      text NOT NULL,
  loaded      timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (schema_name, table_name)
);
