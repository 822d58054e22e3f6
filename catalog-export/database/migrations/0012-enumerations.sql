-- Names for the elements of a table's array columns, as in mag_auto[jplus::rSDSS]: an extension of TAP_SCHEMA, which describes
-- itself (TAP 1.1 section 4).

CREATE TABLE tap_schema.enumerations (
  table_name       text NOT NULL REFERENCES tap_schema.tables ON DELETE CASCADE,
  enumeration_name text NOT NULL,
  member_name      text NOT NULL,
  description      text,
  member_index     integer NOT NULL CHECK (member_index > 0),
  PRIMARY KEY (table_name, enumeration_name, member_index),
  UNIQUE (table_name, enumeration_name, member_name)
);

INSERT INTO tap_schema.tables (schema_name, table_name, table_type, description, table_index)
VALUES ('tap_schema', 'tap_schema.enumerations', 'table',
        'Names for the elements of tables'' array columns, as in column[enumeration::member]', 6);

INSERT INTO tap_schema.columns (table_name, column_name, datatype, arraysize, description, indexed, principal, std,
                                column_index)
VALUES
  ('tap_schema.enumerations', 'table_name',       'unicodeChar', '*', 'Table whose array columns it serves', 1, 1, 0, 1),
  ('tap_schema.enumerations', 'enumeration_name', 'unicodeChar', '*', 'Name of the enumeration, as in queries', 1, 1, 0, 2),
  ('tap_schema.enumerations', 'member_name',      'unicodeChar', '*', 'Name of the element, as in queries', 1, 1, 0, 3),
  ('tap_schema.enumerations', 'description',      'unicodeChar', '*', 'What the element is', 0, 1, 0, 4),
  ('tap_schema.enumerations', 'member_index',     'int',         NULL, 'Place of the element in the array, from 1', 0, 1, 0, 5);

INSERT INTO tap_schema.keys (key_id, from_table, target_table, description)
VALUES ('tap_schema.enumerations-tables', 'tap_schema.enumerations', 'tap_schema.tables', 'The table of an enumeration');

INSERT INTO tap_schema.key_columns (key_id, from_column, target_column)
VALUES ('tap_schema.enumerations-tables', 'table_name', 'table_name');
