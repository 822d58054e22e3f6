import { TEXT } from '../adql/check/value-type.ts';
import { AdqlCheckError } from '../adql/errors.ts';
import type { Expression, FunctionCall, Geometry } from '../adql/syntax-tree.ts';
import { FRAMES } from '../duckdb/macros/frames.ts';
import { refuseCorrelatedPolygon } from './correlated.ts';
import { predicate } from './predicates.ts';
import { shape, shapeKind, withNumbers } from './shapes.ts';
import { bound, type Translation } from './translation.ts';
import { valueAs } from './values.ts';

/** SQL of a geometry function (ADQL 2.1 §4.2). */
export function geometry(node: Geometry, translation: Translation): string {
  switch (node.kind) {
    case 'contains':
    case 'intersects':
      return `${predicate(node, translation)}::integer`;
    case 'distance':
      return withNumbers(
        [node.left, node.right],
        translation,
        (left, right) => `almagest.distance(${[...left!, ...right!].join(', ')})`,
      );
    case 'area':
      return area(node.geometry, translation);
    case 'centroid':
      return centroid(node.geometry, translation);
    case 'coord1':
    case 'coord2':
      return withNumbers([node.geometry], translation, (point) => {
        const [lon, lat] = point as [string, string];
        const [wanted, other] = node.kind === 'coord1' ? [lon, lat] : [lat, lon];
        return `(CASE WHEN ${other} IS NOT NULL THEN ${wanted} END)`;
      });
    case 'coordsys':
      return coordinateSystem(node.geometry, translation);
    case 'region':
      // As a value it stays what it is, a text.
      return bound(node.text, translation);
    default:
      return shape(node, translation);
  }
}

function area(node: Expression, translation: Translation): string {
  const kind = shapeKind(node, translation);
  if (kind === 'polygon') refuseCorrelatedPolygon(node, translation);
  switch (kind) {
    case 'circle':
      return `almagest.circle_area(${shape(node, translation)})`;
    case 'polygon':
      return `almagest.polygon_area(${shape(node, translation)})`;
    case 'point':
      return `(CASE WHEN ${shape(node, translation)} IS NOT NULL THEN 0e0::double precision END)`;
    case null:
      return 'NULL::double precision';
  }
}

function centroid(node: Expression, translation: Translation): string {
  const kind = shapeKind(node, translation);
  if (kind === 'polygon') refuseCorrelatedPolygon(node, translation);
  switch (kind) {
    case 'polygon':
      return `almagest.polygon_centroid(${shape(node, translation)})`;
    case 'point':
      return shape(node, translation);
    case 'circle':
      return withNumbers([node], translation, (circle) => {
        const [lon, lat, radius] = circle!;
        const point = `${translation.dialect.array([lon!, lat!])}::double precision[]`;
        return `(CASE WHEN ${[lon, lat, radius].map((text) => `${text} IS NOT NULL`).join(' AND ')} THEN ${point} END)`;
      });
    case null:
      return 'NULL::double precision[]';
  }
}

/** What the query itself says of its coordinates, which ADQL 2.1 §4.2.5 has done with. */
function coordinateSystem(node: Expression, translation: Translation): string {
  const given = 'coordinateSystem' in node ? (node.coordinateSystem?.text ?? '') : '';
  return `(CASE WHEN ${shape(node, translation)} IS NOT NULL THEN ${bound({ text: given }, translation)} END)`;
}

/**
 * SQL of `ivo_geom_transform(from, to, geometry)`.
 * @throws AdqlCheckError for a constant that names no system
 */
export function transformation({ arguments: given }: FunctionCall, translation: Translation): string {
  const [from, to, node] = given as [Expression, Expression, Expression];
  const systems = [from, to].map((system) => {
    if (system.kind !== 'text') return translation.dialect.upper(valueAs(system, TEXT, translation));
    const name = system.text.toUpperCase();
    if (FRAMES.includes(name)) return bound({ text: name }, translation);
    throw new AdqlCheckError(
      `There is no reference system “${system.text}” here, only ${FRAMES.join(', ')}`,
      system.position,
    );
  });
  return `almagest.transform(${systems.join(', ')}, ${shape(node, translation)})`;
}
