import { AdqlCheckError } from '../errors.ts';
import type { ColumnReference, Expression } from '../syntax-tree.ts';
import type { Checking } from './checking.ts';
import type { Scope } from './scope.ts';

/** Numbers for expressions; equal expressions have equal numbers. */
export type Identify = (node: object) => number;

/** Gives numbers to expressions by what they mean: to columns by what they resolve to, however they are written. */
export function expressionNumbers({ findings }: Checking): Identify {
  const known = new Map<object, number>();
  const things = new Map<unknown, number>();
  const keys = new Map<string, number>();
  const numbered = <Key>(map: Map<Key, number>, key: Key): number => {
    if (!map.has(key)) map.set(key, map.size);
    return map.get(key)!;
  };
  const identify = (node: object): number => {
    let number = known.get(node);
    if (number === undefined) {
      number = numbered(keys, isColumn(node) ? columnKey(node) : key(node));
      known.set(node, number);
    }
    return number;
  };
  const key = (node: object): string =>
    children(node)
      .map(([name, value]) => `${name}:${part(name, value)}`)
      .join();
  const part = (name: string, value: unknown): string => {
    if (Array.isArray(value)) return `[${value.map((item) => part(name, item)).join()}]`;
    if (typeof value === 'object' && value !== null) return `#${identify(value)}`;
    return JSON.stringify(name === 'name' && typeof value === 'string' ? value.toLowerCase() : value);
  };
  const columnKey = (reference: ColumnReference): string => {
    const resolution = findings.columns.get(reference)!;
    if ('result' in resolution) return `result ${resolution.result}`;
    const { source, column } = resolution;
    return `column ${numbered(things, source)} ${numbered(things, column)} ${part('', reference.subscripts)}`;
  };
  return identify;
}

/**
 * Refuses columns that may have several values in a group.
 * @param nodes the select list, HAVING and ORDER BY
 * @param groups what the query groups by
 * @throws AdqlCheckError for the first such column
 */
export function refuseUngrouped(
  nodes: readonly object[],
  groups: readonly Expression[],
  scope: Scope,
  checking: Checking,
): void {
  const identify = expressionNumbers(checking);
  const grouped = new Set(groups.map(identify));
  const own = new Set<unknown>([
    ...scope.relations.map(({ node }) => node),
    ...scope.columns.map(({ source }) => source),
  ]);
  const visit = (node: object): void => {
    if ('kind' in node && (node.kind === 'aggregate' || grouped.has(identify(node)))) return;
    if (isColumn(node)) {
      const resolution = checking.findings.columns.get(node);
      if (resolution === undefined || !('source' in resolution) || !own.has(resolution.source)) return;
      throw new AdqlCheckError(
        `“${node.name.name}” has many values in a group: GROUP BY it, or take its MIN, MAX, AVG …`,
        node.position,
      );
    }
    for (const [, value] of children(node)) {
      for (const child of Array.isArray(value) ? value : [value]) {
        if (typeof child === 'object' && child !== null) visit(child);
      }
    }
  };
  for (const node of nodes) visit(node);
}

function isColumn(node: object): node is ColumnReference {
  return 'kind' in node && node.kind === 'column';
}

function children(node: object): [string, unknown][] {
  return Object.entries(node).filter(([name]) => name !== 'position');
}
