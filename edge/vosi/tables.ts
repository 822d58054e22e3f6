import type { Column } from '../../engine/catalog/column.ts';
import { identifierColumn, type Table } from '../../engine/catalog/table.ts';
import { columnsAtBorder } from '../../engine/obscore/border.ts';
import { queryName, tableQueryName } from '../../engine/tap-schema/query-name.ts';
import { schemaDescription } from '../../engine/tap-schema/rows.ts';
import { type Key, TAP_SCHEMA_KEYS } from '../../engine/tap-schema/tables.ts';
import { element, textElement, XML_DECLARATION } from './xml.ts';

/** VOSI 1.1 §3.3.1: with the columns, or only which tables there are. */
export type Detail = 'min' | 'max';

/** A table as VOSI describes it. */
export interface DescribedTable {
  readonly table: Table;
  /** Null where nobody has counted them. */
  readonly rows: number | null;
}

const NAMESPACES = {
  'xmlns:vosi': 'http://www.ivoa.net/xml/VOSITables/v1.0',
  'xmlns:vs': 'http://www.ivoa.net/xml/VODataService/v1.1',
  'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance',
};

/** A VODataService 1.2 tableset, the tables in their order, of which there must be one at least. Names are as queries write them. */
export function tablesDocument(tables: readonly DescribedTable[], detail: Detail): string {
  const schemas = Map.groupBy(tables, ({ table }) => table.schema);
  return (
    XML_DECLARATION +
    element(
      'vosi:tableset',
      NAMESPACES,
      [...schemas].map(([schema, members]) =>
        element('schema', {}, [
          textElement('name', queryName(schema)),
          textElement('description', schemaDescription(members.map(({ table }) => table))),
          ...members.map((member) => element('table', TABLE_TYPE, tableElements(member, detail))),
        ]),
      ),
    )
  );
}

/** One table alone (VOSI 1.1 §3.3.2). */
export function tableDocument(table: DescribedTable): string {
  return (
    XML_DECLARATION + element('vosi:table', { ...NAMESPACES, ...TABLE_TYPE }, tableElements(table, 'max'))
  );
}

const TABLE_TYPE = { type: 'base_table' };

function tableElements({ table, rows }: DescribedTable, detail: Detail): string[] {
  const name = tableQueryName(table);
  return [
    textElement('name', name),
    textElement('description', table.description),
    textElement('utype', table.utype),
    textElement('nrows', rows),
    ...(detail === 'max'
      ? columnsAtBorder(table.columns).map((column) =>
          columnElement(column, column.name === identifierColumn(table)?.name),
        )
      : []),
    ...(detail === 'max' ? TAP_SCHEMA_KEYS.filter(({ from }) => from[0] === name).map(keyElement) : []),
  ];
}

function columnElement(column: Column, isIdentifier: boolean): string {
  return element('column', { std: String(column.std) }, [
    textElement('name', queryName(column.name)),
    textElement('description', column.description),
    textElement('unit', column.unit),
    textElement('ucd', column.ucd),
    textElement('utype', column.utype),
    textElement('dataType', column.datatype, {
      'xsi:type': 'vs:VOTableType',
      arraysize: column.arraysize,
      extendedType: column.xtype,
    }),
    ...(column.indexed ? [textElement('flag', 'indexed')] : []),
    ...(isIdentifier ? [textElement('flag', 'primary')] : []),
  ]);
}

function keyElement({ from, target, description }: Key): string {
  return element('foreignKey', {}, [
    textElement('targetTable', target[0]),
    element('fkColumn', {}, [textElement('fromColumn', from[1]), textElement('targetColumn', target[1])]),
    textElement('description', description),
  ]);
}
