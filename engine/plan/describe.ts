import { qualifiedName } from '../catalog/table.ts';
import { amount, size } from './amounts.ts';
import type { EngineName, Plan } from './plan.ts';

/** A plan as a service shows it, in JSON. */
export interface PlanDescription {
  readonly engine: EngineName;
  readonly why: string;
  /** Why the other engines are not asked; those that could be are left out. */
  readonly refusals: Readonly<Partial<Record<EngineName, string>>>;
  readonly tables: readonly {
    readonly table: string;
    readonly release: string | null;
    readonly columns: readonly string[];
    /** Ranges of order-29 cells outside of which no row is read; null for all of the sky. */
    readonly ranges: number | null;
    readonly rows: number;
    readonly bytes: number;
  }[];
  /** Distances, in degrees, by which positions are joined; null for one that differs from row to row. */
  readonly positionJoins: readonly (number | null)[];
  /** Whether row groups are answered one after the other, rather than loaded together. */
  readonly pieces: boolean;
  readonly rows: number;
  readonly bytes: number;
}

export function describePlan(plan: Plan): PlanDescription {
  const { engine, why, uses, positionJoins, pieces, rows, bytes } = plan;
  const refusals = Object.entries(plan.refusals).filter(([, refusal]) => refusal !== null);
  return {
    engine,
    why,
    refusals: Object.fromEntries(refusals),
    tables: uses.map(({ table, release, columns, ranges, rows, bytes }) => ({
      table: release?.manifest.catalog ?? qualifiedName(table),
      release: release?.manifest.release ?? null,
      columns: columns.map((at) => table.columns[at]!.name),
      ranges: ranges?.start.length ?? null,
      rows,
      bytes: Math.round(bytes),
    })),
    positionJoins: positionJoins.map(({ degrees }) => degrees),
    pieces: engine === 'scan' || pieces !== null,
    rows,
    bytes: Math.round(bytes),
  };
}

const NAMES: Readonly<Record<EngineName, string>> = {
  scan: 'the edge, by a scan',
  duckdb: 'the edge, by DuckDB',
  postgresql: 'PostgreSQL',
};

/** A plan in lines for people. */
export function planText(plan: Plan): string {
  const { engine, why, refusals, tables } = describePlan(plan);
  const lines = [`Answered by ${NAMES[engine]}: ${why}.`];
  for (const { table, release, columns, ranges, rows, bytes } of tables) {
    const where = ranges === null ? 'all of the sky' : `${amount(ranges, 'range')} of cells`;
    const of = columns.length === 0 ? 'no column' : columns.join(', ');
    lines.push(
      `${table}${release === null ? '' : ` ${release}`}: about ${amount(rows, 'row')}, ${size(bytes)}, in ${where}; ${of}`,
    );
  }
  for (const [other, refusal] of Object.entries(refusals)) {
    lines.push(`Not by ${NAMES[other as EngineName]}: ${refusal}.`);
  }
  return `${lines.join('\n')}\n`;
}
