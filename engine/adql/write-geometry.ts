import type { Expression, Geometry } from './syntax-tree.ts';
import { writeText } from './write-names.ts';

/** Canonical ADQL of a geometry; points that stand in the place of two coordinates are written as points. */
export function writeGeometry(node: Geometry, write: (expression: Expression) => string): string {
  const name = node.kind.toUpperCase();
  const call = (...values: readonly Expression[]) => {
    const system = 'coordinateSystem' in node ? node.coordinateSystem : null;
    return `${name}(${[...(system === null ? [] : [writeText(system.text)]), ...values.map(write)].join(', ')})`;
  };
  switch (node.kind) {
    case 'point':
      return call(node.longitude, node.latitude);
    case 'circle':
      return call(node.center, node.radius);
    case 'box':
      return call(node.center, node.width, node.height);
    case 'polygon':
      return call(...node.vertices);
    case 'region':
      return call(node.text);
    case 'contains':
    case 'intersects':
    case 'distance':
      return call(node.left, node.right);
    case 'area':
    case 'centroid':
    case 'coord1':
    case 'coord2':
    case 'coordsys':
      return call(node.geometry);
  }
}
