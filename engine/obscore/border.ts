import type { Column } from '../catalog/column.ts';
import { remembered } from '../remembered.ts';
import type { Batch, Cells, Overflow, ResultTable } from '../table/result.ts';
import { absoluteAddresses } from './addresses.ts';
import { regionTexts } from './region-texts.ts';
import { ACCESS_REFERENCE_UTYPE, REGION_UTYPE } from './utypes.ts';

/**
 * Columns as answers and descriptions of tables have them. A region of ObsCore's is stored as a DALI polygon, an array of numbers, and
 * given as text (TAP 1.0 §6): ObsCore 1.1 declares it an ADQL REGION, for which clients and checkers have no other type.
 */
export const columnsAtBorder = remembered((columns: readonly Column[]): readonly Column[] =>
  columns.some(isRegion)
    ? columns.map((column) => (isRegion(column) ? { ...column, ...REGION_TEXT } : column))
    : columns,
);

const REGION_TEXT = { datatype: 'char', arraysize: '*', xtype: 'adql:REGION' } as const;

/**
 * An answer as it leaves the service: regions of ObsCore's are text, and references to datasets, which are stored relative to the
 * service's root, are whole addresses.
 * @param root address of the service, without a trailing slash.
 */
export function atBorder(table: ResultTable, root: string): ResultTable {
  const changes = changesAt(table.columns);
  if (changes === null) return table;
  const change = (cells: Cells, at: number): Cells => {
    if (changes[at] === 'region') return { data: regionTexts(cells), rows: null };
    if (changes[at] === 'address') return { data: absoluteAddresses(cells, root), rows: null };
    return cells;
  };
  return { ...table, columns: columnsAtBorder(table.columns), batches: changed(table.batches, change) };
}

type Change = 'region' | 'address' | null;

/** What becomes of each column; null where all stay as they are. */
const changesAt = remembered((columns: readonly Column[]): readonly Change[] | null => {
  const changes = columns.map((column): Change => {
    if (isRegion(column)) return 'region';
    return isReference(column) ? 'address' : null;
  });
  return changes.every((change) => change === null) ? null : changes;
});

const isRegion = ({ utype, xtype }: Column): boolean => utype === REGION_UTYPE && xtype === 'polygon';
const isReference = ({ utype, datatype }: Column): boolean =>
  utype === ACCESS_REFERENCE_UTYPE && datatype === 'char';

async function* changed(
  batches: ResultTable['batches'],
  change: (cells: Cells, at: number) => Cells,
): AsyncGenerator<Batch, Overflow, undefined> {
  let ended = false;
  try {
    for (;;) {
      const next = await batches.next();
      ended = next.done === true;
      if (next.done) return next.value;
      yield { length: next.value.length, columns: next.value.columns.map(change) };
    }
  } finally {
    // A reader that leaves ends what makes the rows.
    if (!ended) await batches.return({ overflow: false });
  }
}
