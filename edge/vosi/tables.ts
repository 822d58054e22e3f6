import type { Column } from '../../engine/catalog/column.ts';
import type { Manifest } from '../../engine/catalog/manifest.ts';
import { mainColumns, qualifiedName } from '../../engine/catalog/table.ts';
import { element, textElement, XML_DECLARATION } from './xml.ts';

/** VOSI 1.1 §3.3.1: with the columns, or only which tables there are. */
export type Detail = 'min' | 'max';

/** A VODataService 1.2 tableset; the tables in the order of the manifests, of which there must be one at least. */
export function tablesDocument(manifests: readonly Manifest[], detail: Detail): string {
  const schemas = Map.groupBy(manifests, ({ table }) => table.schema);
  return (
    XML_DECLARATION +
    element(
      'vosi:tableset',
      {
        'xmlns:vosi': 'http://www.ivoa.net/xml/VOSITables/v1.0',
        'xmlns:vs': 'http://www.ivoa.net/xml/VODataService/v1.1',
        'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance',
      },
      [...schemas].map(([schema, tables]) =>
        element('schema', {}, [
          textElement('name', schema),
          ...tables.map((manifest) => tableElement(manifest, detail)),
        ]),
      ),
    )
  );
}

function tableElement({ table, rows }: Manifest, detail: Detail): string {
  const main = mainColumns(table);
  return element('table', { type: 'base_table' }, [
    textElement('name', qualifiedName(table)),
    textElement('description', table.description),
    textElement('utype', table.utype),
    textElement('nrows', rows),
    ...(detail === 'max' ? table.columns.map((column) => columnElement(column, column === main.id)) : []),
  ]);
}

function columnElement(column: Column, primary: boolean): string {
  return element('column', { std: String(column.std) }, [
    textElement('name', column.name),
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
    ...(primary ? [textElement('flag', 'primary')] : []),
  ]);
}
