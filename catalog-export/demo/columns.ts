import type { Column } from '../../engine/catalog/column.ts';

type Described = Pick<Column, 'name' | 'datatype' | 'ucd' | 'description'> & Partial<Column>;

/** A column of a demo catalogue: what is not said is a principal scalar without unit. */
export function column(described: Described): Column {
  const isText = described.datatype === 'char' || described.datatype === 'unicodeChar';
  return {
    arraysize: isText ? '*' : null,
    xtype: null,
    unit: null,
    utype: null,
    principal: true,
    indexed: false,
    std: false,
    ...described,
  };
}
