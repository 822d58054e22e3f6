import type { Column } from '../catalog/column.ts';

export type ColumnType = Pick<Column, 'datatype' | 'arraysize' | 'xtype'>;

/** A column of which nothing is known but its type. */
export function plainColumn(name: string, { datatype, arraysize, xtype }: ColumnType): Column {
  return {
    name,
    datatype,
    arraysize,
    xtype,
    unit: null,
    ucd: null,
    utype: null,
    description: null,
    principal: true,
    indexed: false,
    std: false,
  };
}

export const TEXT = { datatype: 'char', arraysize: '*', xtype: null } as const;
/** DALI 1.1 §3.3.3 */
export const TIMESTAMP = { datatype: 'char', arraysize: '*', xtype: 'timestamp' } as const;

export function scalar(datatype: Column['datatype']): ColumnType {
  return { datatype, arraysize: null, xtype: null };
}
