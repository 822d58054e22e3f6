import type { Column } from '../../../engine/catalog/column.ts';
import type { Release } from '../../../engine/catalog/release.ts';
import type { Table } from '../../../engine/catalog/table.ts';
import type { Engine } from '../../../engine/engine.ts';
import { footprintColumns } from '../../../engine/footprints/columns.ts';
import { searchFootprints } from '../../../engine/footprints/search.ts';
import { atBorder } from '../../../engine/obscore/border.ts';
import { OBSCORE } from '../../../engine/obscore/table.ts';
import { remembered } from '../../../engine/remembered.ts';
import type { ResultTable } from '../../../engine/table/result.ts';
import { noRows } from '../../answer/no-rows.ts';
import { imageServices } from '../../datalink/descriptor.ts';
import { serviceInfos } from '../catalog.ts';
import { SIA2_ID } from '../standard.ts';
import { selfDescriptor } from './descriptor.ts';
import type { ImageQuery } from './parameters.ts';

/**
 * The answer to a search (SIA 2.0 §3.1): rows of ObsCore, with what can be done with them.
 * @param release null where there are no images.
 * @param root address of the service's root, without a trailing slash.
 */
export function answerImages(
  engine: Engine,
  release: Release | null,
  query: ImageQuery,
  root: string,
): ResultTable {
  const { sky, conditions, limit } = query;
  const table = release?.manifest.table ?? OBSCORE;
  const { columns, names } = shownColumns(table);
  const rows =
    release === null || limit === 0
      ? noRows(false)
      : searchFootprints(engine, { release, sky, conditions, columns: names }, limit);
  return atBorder(
    {
      name: 'images',
      description: table.description,
      columns,
      infos: [...serviceInfos(SIA2_ID, release), { name: 'MAXREC', value: String(limit) }],
      services: [...imageServices(root, columns), selfDescriptor(root)],
      batches: rows,
    },
    root,
  );
}

/** All of the table: the standard's columns, and those that the team has beside them. */
const shownColumns = remembered(
  (table: Table): { readonly columns: readonly Column[]; readonly names: readonly string[] } => {
    if (footprintColumns(table) === null) {
      throw new Error(
        `${table.schema}.${table.name} has no column of polygons with UCD pos.outline;obs.field`,
      );
    }
    return { columns: table.columns, names: table.columns.map(({ name }) => name) };
  },
);
