import { AdqlSyntaxError } from './errors.ts';
import { span } from './position.ts';
import type { JoinedTable, JoinSpecification, TableReference } from './syntax-tree.ts';

/** A part of a join after its first table: `… JOIN table`, or the `ON` or `USING` of a join before. */
export type JoinPart =
  | {
      readonly join: JoinedTable['join'];
      /** Given for NATURAL joins; else an ON or USING follows, except for CROSS. */
      readonly natural: JoinSpecification | null;
      readonly table: TableReference;
    }
  | JoinSpecification;

/**
 * The tree of `first JOIN table ON … JOIN table …`. An ON or USING belongs to the nearest join that has none, so that
 * `a JOIN b JOIN c ON x ON y` is `a JOIN (b JOIN c ON x) ON y`.
 * @throws AdqlSyntaxError for a join without a condition, or a condition without a join
 */
export function joins(first: TableReference, parts: readonly JoinPart[]): TableReference {
  const tables = [first];
  const waiting: JoinedTable['join'][] = [];
  const reduce = (join: JoinedTable['join'], specification: JoinSpecification | null) => {
    const right = tables.pop()!;
    const left = tables.pop()!;
    const position = span(
      left.position,
      specification?.kind === 'natural' ? right.position : (specification ?? right).position,
    );
    tables.push({ kind: 'joined-table', position, join, left, right, specification });
  };
  for (const part of parts) {
    if ('join' in part) {
      tables.push(part.table);
      if (part.natural !== null || part.join === 'CROSS') reduce(part.join, part.natural);
      else waiting.push(part.join);
    } else {
      const join = waiting.pop();
      if (join === undefined) {
        const word = part.kind.toUpperCase();
        throw new AdqlSyntaxError(
          `This ${word} belongs to no JOIN: each JOIN takes one ON or USING`,
          part.position,
        );
      }
      reduce(join, part);
    }
  }
  if (waiting.length > 0) {
    const { position } = tables.at(-1)!;
    throw new AdqlSyntaxError(
      'This JOIN needs a condition: ON …, USING (column, …), or NATURAL before JOIN',
      position,
    );
  }
  return tables[0]!;
}
