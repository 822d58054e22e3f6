import { type Column, isArray } from '../catalog/column.ts';
import { mainColumns, positionColumns, type Table } from '../catalog/table.ts';
import { remembered } from '../remembered.ts';

/** The columns that say what part of the sky a row covers. */
export interface FootprintColumns {
  /** DALI polygons. */
  readonly region: Column;
  readonly ra: Column;
  readonly dec: Column;
  /** Diameter of the footprint, in degrees, for rows without a polygon; null where no column tells it. */
  readonly diameter: Column | null;
}

const REGION_UCD = 'pos.outline;obs.field';
const DIAMETER_UCD = 'phys.angSize;instr.fov';

/** Null for a table whose rows have no footprints: its releases have no index of them. */
export const footprintColumns = remembered((table: Table): FootprintColumns | null => {
  const { columns } = table;
  const regions = columns.filter(
    ({ ucd, xtype, datatype, arraysize }) =>
      ucd === REGION_UCD && xtype === 'polygon' && datatype === 'double' && isArray({ datatype, arraysize }),
  );
  if (regions.length !== 1 || positionColumns(table) === null) return null;
  const { ra, dec } = mainColumns(table);
  const diameters = columns.filter(
    ({ ucd, unit, datatype, arraysize }) =>
      ucd === DIAMETER_UCD && unit === 'deg' && datatype === 'double' && arraysize === null,
  );
  return { region: regions[0]!, ra, dec, diameter: diameters[0] ?? null };
});

/** Their names, as `footprintsOf` wants the data. */
export const footprintNames = remembered(
  ({ region, ra, dec, diameter }: FootprintColumns): readonly string[] =>
    [region, ra, dec, ...(diameter === null ? [] : [diameter])].map(({ name }) => name),
);
