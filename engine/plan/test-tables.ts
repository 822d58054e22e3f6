import type { Column } from '../catalog/column.ts';
import type { Table } from '../catalog/table.ts';

/** A table for tests: `id`, `ra` and `dec`, and another position, `x` and `y`, that is not the main one. */
export function testTable(schema: string, name: string): Table {
  const column = (columnName: string, datatype: Column['datatype'], ucd: string | null): Column => ({
    name: columnName,
    datatype,
    ucd,
    arraysize: null,
    xtype: null,
    unit: null,
    utype: null,
    description: null,
    principal: true,
    indexed: false,
    std: false,
  });
  const columns = [
    column('id', 'long', 'meta.id;meta.main'),
    column('ra', 'double', 'pos.eq.ra;meta.main'),
    column('dec', 'double', 'pos.eq.dec;meta.main'),
    column('x', 'double', null),
    column('y', 'double', null),
  ];
  return { schema, name, description: null, utype: null, columns };
}
