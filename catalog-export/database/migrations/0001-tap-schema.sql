-- TAP_SCHEMA as TAP 1.1 section 4 shapes it: the one home of the metadata of what is published.

CREATE SCHEMA tap_schema;
COMMENT ON SCHEMA tap_schema IS 'TAP 1.1 TAP_SCHEMA, made by Almagest';

CREATE TABLE tap_schema.schemas (
  schema_name  text PRIMARY KEY,
  utype        text,
  description  text,
  schema_index integer
);

CREATE TABLE tap_schema.tables (
  schema_name text NOT NULL REFERENCES tap_schema.schemas ON DELETE CASCADE,
  table_name  text PRIMARY KEY,
  table_type  text NOT NULL CHECK (table_type IN ('table', 'view')),
  utype       text,
  description text,
  table_index integer
);

CREATE TABLE tap_schema.columns (
  table_name   text NOT NULL REFERENCES tap_schema.tables ON DELETE CASCADE,
  column_name  text NOT NULL,
  datatype     text NOT NULL CHECK (datatype IN ('boolean', 'unsignedByte', 'short', 'int', 'long', 'float',
                                                 'double', 'char', 'unicodeChar')),
  arraysize    text CHECK (arraysize ~ '^([0-9]+x)*([0-9]+\*?|\*)$'),
  xtype        text,
  "size"       integer,
  description  text,
  utype        text,
  unit         text,
  ucd          text,
  indexed      integer NOT NULL CHECK (indexed IN (0, 1)),
  principal    integer NOT NULL CHECK (principal IN (0, 1)),
  std          integer NOT NULL CHECK (std IN (0, 1)),
  column_index integer,
  PRIMARY KEY (table_name, column_name)
);

CREATE TABLE tap_schema.keys (
  key_id       text PRIMARY KEY,
  from_table   text NOT NULL REFERENCES tap_schema.tables ON DELETE CASCADE,
  target_table text NOT NULL REFERENCES tap_schema.tables ON DELETE CASCADE,
  description  text,
  utype        text
);

CREATE TABLE tap_schema.key_columns (
  key_id        text NOT NULL REFERENCES tap_schema.keys ON DELETE CASCADE,
  from_column   text NOT NULL,
  target_column text NOT NULL,
  PRIMARY KEY (key_id, from_column)
);

-- TAP_SCHEMA describes itself (TAP 1.1 section 4).

INSERT INTO tap_schema.schemas (schema_name, description, schema_index)
VALUES ('tap_schema', 'The tables and columns that this service publishes', 1000000);

INSERT INTO tap_schema.tables (schema_name, table_name, table_type, description, table_index)
VALUES
  ('tap_schema', 'tap_schema.schemas',     'table', 'Schemas of the published tables', 1),
  ('tap_schema', 'tap_schema.tables',      'table', 'Published tables', 2),
  ('tap_schema', 'tap_schema.columns',     'table', 'Columns of the published tables', 3),
  ('tap_schema', 'tap_schema.keys',        'table', 'Foreign keys between published tables', 4),
  ('tap_schema', 'tap_schema.key_columns', 'table', 'Columns of the foreign keys', 5);

INSERT INTO tap_schema.columns (table_name, column_name, datatype, arraysize, description, indexed, principal, std,
                                column_index)
VALUES
  ('tap_schema.schemas', 'schema_name',  'char', '*', 'Fully qualified name of the schema', 1, 1, 1, 1),
  ('tap_schema.schemas', 'utype',        'char', '*', 'UTYPE, if the schema corresponds to a data model', 0, 0, 1, 2),
  ('tap_schema.schemas', 'description',  'char', '*', 'What the schema holds', 0, 1, 1, 3),
  ('tap_schema.schemas', 'schema_index', 'int',  NULL, 'Recommended order of the schemas', 0, 0, 1, 4),

  ('tap_schema.tables', 'schema_name', 'char', '*', 'Schema that the table belongs to', 0, 1, 1, 1),
  ('tap_schema.tables', 'table_name',  'char', '*', 'Fully qualified name of the table, as in queries', 1, 1, 1, 2),
  ('tap_schema.tables', 'table_type',  'char', '*', 'table or view', 0, 0, 1, 3),
  ('tap_schema.tables', 'utype',       'char', '*', 'UTYPE, if the table corresponds to a data model', 0, 0, 1, 4),
  ('tap_schema.tables', 'description', 'char', '*', 'What the table holds', 0, 1, 1, 5),
  ('tap_schema.tables', 'table_index', 'int',  NULL, 'Recommended order of the tables in their schema', 0, 0, 1, 6),

  ('tap_schema.columns', 'table_name',   'char', '*', 'Table that the column belongs to', 1, 1, 1, 1),
  ('tap_schema.columns', 'column_name',  'char', '*', 'Name of the column, as in queries', 1, 1, 1, 2),
  ('tap_schema.columns', 'datatype',     'char', '*', 'VOTable datatype', 0, 1, 1, 3),
  ('tap_schema.columns', 'arraysize',    'char', '*', 'VOTable arraysize; null for a scalar', 0, 1, 1, 4),
  ('tap_schema.columns', 'xtype',        'char', '*', 'DALI extended type', 0, 1, 1, 5),
  ('tap_schema.columns', '"size"',       'int',  NULL, 'Deprecated: see arraysize', 0, 0, 1, 6),
  ('tap_schema.columns', 'description',  'char', '*', 'What the column holds', 0, 1, 1, 7),
  ('tap_schema.columns', 'utype',        'char', '*', 'UTYPE of the column', 0, 0, 1, 8),
  ('tap_schema.columns', 'unit',         'char', '*', 'Unit of the values (VOUnits)', 0, 1, 1, 9),
  ('tap_schema.columns', 'ucd',          'char', '*', 'UCD of the column (UCD1+)', 0, 1, 1, 10),
  ('tap_schema.columns', 'indexed',      'int',  NULL, '1 if the column has an index, else 0', 0, 0, 1, 11),
  ('tap_schema.columns', 'principal',    'int',  NULL, '1 if the column is shown by default, else 0', 0, 0, 1, 12),
  ('tap_schema.columns', 'std',          'int',  NULL, '1 if a standard defines the column, else 0', 0, 0, 1, 13),
  ('tap_schema.columns', 'column_index', 'int',  NULL, 'Recommended order of the columns in their table', 0, 0, 1, 14),

  ('tap_schema.keys', 'key_id',       'char', '*', 'Identifier of the key', 1, 1, 1, 1),
  ('tap_schema.keys', 'from_table',   'char', '*', 'Table that refers', 0, 1, 1, 2),
  ('tap_schema.keys', 'target_table', 'char', '*', 'Table referred to', 0, 1, 1, 3),
  ('tap_schema.keys', 'description',  'char', '*', 'What the key means', 0, 1, 1, 4),
  ('tap_schema.keys', 'utype',        'char', '*', 'UTYPE of the key', 0, 0, 1, 5),

  ('tap_schema.key_columns', 'key_id',        'char', '*', 'Key that the columns belong to', 1, 1, 1, 1),
  ('tap_schema.key_columns', 'from_column',   'char', '*', 'Column in the table that refers', 1, 1, 1, 2),
  ('tap_schema.key_columns', 'target_column', 'char', '*', 'Column in the table referred to', 0, 1, 1, 3);

INSERT INTO tap_schema.keys (key_id, from_table, target_table, description)
VALUES
  ('tap_schema.tables-schemas',          'tap_schema.tables',      'tap_schema.schemas', 'The schema of a table'),
  ('tap_schema.columns-tables',          'tap_schema.columns',     'tap_schema.tables',  'The table of a column'),
  ('tap_schema.keys-from-tables',        'tap_schema.keys',        'tap_schema.tables',  'The table that refers'),
  ('tap_schema.keys-target-tables',      'tap_schema.keys',        'tap_schema.tables',  'The table referred to'),
  ('tap_schema.key_columns-keys',        'tap_schema.key_columns', 'tap_schema.keys',    'The key of a pair of columns');

INSERT INTO tap_schema.key_columns (key_id, from_column, target_column)
VALUES
  ('tap_schema.tables-schemas',     'schema_name',  'schema_name'),
  ('tap_schema.columns-tables',     'table_name',   'table_name'),
  ('tap_schema.keys-from-tables',   'from_table',   'table_name'),
  ('tap_schema.keys-target-tables', 'target_table', 'table_name'),
  ('tap_schema.key_columns-keys',   'key_id',       'key_id');
