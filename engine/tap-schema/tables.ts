import type { Column } from '../catalog/column.ts';
import type { Table } from '../catalog/table.ts';

/** TAP_SCHEMA's own name; published schemas are never called that. */
export const TAP_SCHEMA = 'tap_schema';

type Own = Pick<Column, 'name' | 'datatype' | 'description' | 'indexed' | 'principal'>;

/** Columns that TAP 1.1 asks for; `key` has an index, `extra` is not shown by default. */
interface Role {
  readonly key?: true;
  readonly extra?: true;
}

function own(
  name: string,
  datatype: Own['datatype'],
  description: string,
  { key, extra }: Role = {},
): Column {
  return {
    name,
    datatype,
    arraysize: datatype === 'int' ? null : '*',
    xtype: null,
    unit: null,
    ucd: null,
    utype: null,
    description,
    principal: extra !== true,
    indexed: key === true,
    std: true,
  };
}

/** Names and descriptions may have any letter, words of the standards are ASCII. */
const text = (name: string, description: string, role?: Role) => own(name, 'unicodeChar', description, role);
const word = (name: string, description: string, role?: Role) => own(name, 'char', description, role);
const int = (name: string, description: string) => own(name, 'int', description, { extra: true });

function table(name: string, description: string, columns: readonly Column[]): Table {
  return {
    schema: TAP_SCHEMA,
    schemaDescription: 'The tables and columns that this service publishes',
    name,
    description,
    utype: null,
    columns,
  };
}

/** The tables of TAP_SCHEMA (TAP 1.1 §4), as they describe themselves. */
export const TAP_SCHEMA_TABLES: readonly Table[] = [
  table('schemas', 'Schemas of the published tables', [
    text('schema_name', 'Fully qualified name of the schema', { key: true }),
    word('utype', 'UTYPE, if the schema corresponds to a data model', { extra: true }),
    text('description', 'What the schema holds'),
    int('schema_index', 'Recommended order of the schemas'),
  ]),
  table('tables', 'Published tables', [
    text('schema_name', 'Schema that the table belongs to'),
    text('table_name', 'Fully qualified name of the table, as in queries', { key: true }),
    word('table_type', 'table or view', { extra: true }),
    word('utype', 'UTYPE, if the table corresponds to a data model', { extra: true }),
    text('description', 'What the table holds'),
    int('table_index', 'Recommended order of the tables in their schema'),
  ]),
  table('columns', 'Columns of the published tables', [
    text('table_name', 'Table that the column belongs to', { key: true }),
    text('column_name', 'Name of the column, as in queries', { key: true }),
    word('datatype', 'VOTable datatype'),
    word('arraysize', 'VOTable arraysize; null for a scalar'),
    word('xtype', 'DALI extended type'),
    int('size', 'Deprecated: see arraysize'),
    text('description', 'What the column holds'),
    word('utype', 'UTYPE of the column', { extra: true }),
    word('unit', 'Unit of the values (VOUnits)'),
    word('ucd', 'UCD of the column (UCD1+)'),
    int('indexed', '1 if the column has an index, else 0'),
    int('principal', '1 if the column is shown by default, else 0'),
    int('std', '1 if a standard defines the column, else 0'),
    int('column_index', 'Recommended order of the columns in their table'),
  ]),
  table('keys', 'Foreign keys between published tables', [
    text('key_id', 'Identifier of the key', { key: true }),
    text('from_table', 'Table that refers'),
    text('target_table', 'Table referred to'),
    text('description', 'What the key means'),
    word('utype', 'UTYPE of the key', { extra: true }),
  ]),
  table('key_columns', 'Columns of the foreign keys', [
    text('key_id', 'Key that the columns belong to', { key: true }),
    text('from_column', 'Column in the table that refers', { key: true }),
    text('target_column', 'Column in the table referred to'),
  ]),
  table(
    'enumerations',
    "Names for the elements of tables' array columns, as in column[enumeration::member]",
    [
      own('table_name', 'unicodeChar', 'Table whose array columns it serves', { key: true }),
      own('enumeration_name', 'unicodeChar', 'Name of the enumeration, as in queries', { key: true }),
      own('member_name', 'unicodeChar', 'Name of the element, as in queries', { key: true }),
      own('description', 'unicodeChar', 'What the element is'),
      own('member_index', 'int', 'Place of the element in the array, from 1'),
    ].map((column) => ({ ...column, std: false })),
  ),
];

/** A foreign key between TAP_SCHEMA's tables, from a column to one of the same or another name. */
export interface Key {
  readonly id: string;
  readonly from: readonly [table: string, column: string];
  readonly target: readonly [table: string, column: string];
  readonly description: string;
}

export const TAP_SCHEMA_KEYS: readonly Key[] = [
  {
    id: 'tap_schema.tables-schemas',
    from: ['tap_schema.tables', 'schema_name'],
    target: ['tap_schema.schemas', 'schema_name'],
    description: 'The schema of a table',
  },
  {
    id: 'tap_schema.columns-tables',
    from: ['tap_schema.columns', 'table_name'],
    target: ['tap_schema.tables', 'table_name'],
    description: 'The table of a column',
  },
  {
    id: 'tap_schema.keys-from-tables',
    from: ['tap_schema.keys', 'from_table'],
    target: ['tap_schema.tables', 'table_name'],
    description: 'The table that refers',
  },
  {
    id: 'tap_schema.keys-target-tables',
    from: ['tap_schema.keys', 'target_table'],
    target: ['tap_schema.tables', 'table_name'],
    description: 'The table referred to',
  },
  {
    id: 'tap_schema.key_columns-keys',
    from: ['tap_schema.key_columns', 'key_id'],
    target: ['tap_schema.keys', 'key_id'],
    description: 'The key of a pair of columns',
  },
  {
    id: 'tap_schema.enumerations-tables',
    from: ['tap_schema.enumerations', 'table_name'],
    target: ['tap_schema.tables', 'table_name'],
    description: 'The table of an enumeration',
  },
];
