import { DOUBLE } from '../adql/check/value-type.ts';
import type { Expression } from '../adql/syntax-tree.ts';
import { positionColumns } from '../catalog/table.ts';
import { constantNumber } from '../plan/sky/constants.ts';
import { isCommonTable, plainColumn } from '../plan/tree.ts';
import { circleIndexCondition } from './circle-indexes.ts';
import { quoted } from './quoted.ts';
import { indexesOf } from './sql.ts';
import { nameOf, type Translation } from './translation.ts';
import { valueAs } from './values.ts';

/**
 * SQL of a condition with what Q3C or pgSphere find its rows by, where a table has an index of theirs.
 * @param exact holds only where two points are no farther from each other than a radius
 */
export function indexedCircle(
  exact: string,
  points: readonly [Expression, Expression],
  radius: Expression,
  translation: Translation,
): string {
  if (translation.dialect.name !== 'postgresql') return exact;
  const degrees = constantNumber(radius, translation.findings);
  if (degrees === null) return exact;
  const [a, b] = points;
  const found = condition(a, b, degrees, translation) ?? condition(b, a, degrees, translation);
  return found === null ? exact : `(${found} AND ${exact})`;
}

function condition(
  position: Expression,
  center: Expression,
  degrees: number,
  translation: Translation,
): string | null {
  const { findings, context } = translation;
  if (position.kind !== 'point' || center.kind !== 'point') return null;
  const [lon, lat] = [position.longitude, position.latitude].map((each) => plainColumn(each, findings));
  const source = lon?.source;
  if (source?.kind !== 'named-table' || lat?.source !== source) return null;
  const table = findings.tables.get(source)!;
  const main = isCommonTable(table) ? null : positionColumns(table);
  if (main === null || isCommonTable(table) || lon?.column !== main.ra || lat.column !== main.dec)
    return null;
  const columns = [main.ra, main.dec].map(({ name }) => `${nameOf(source, translation)}.${quoted(name)}`);
  const numbers = [center.longitude, center.latitude].map((each) => valueAs(each, DOUBLE, translation));
  return circleIndexCondition(
    indexesOf(table, context),
    columns as [string, string],
    numbers as [string, string],
    degrees,
  );
}
