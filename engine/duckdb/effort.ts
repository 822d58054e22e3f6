import { tableFromIPC } from 'apache-arrow';
import type { Connection } from './database.ts';
import { DuckdbError } from './duckdb-error.ts';

/** A node of DuckDB's plan, as EXPLAIN shows it. */
interface PlanNode {
  readonly name: string;
  readonly children: readonly PlanNode[];
  readonly extra_info: Readonly<Record<string, unknown>>;
}

/** Joins that compare each row of one side with each of the other, or may give as many. */
const PAIRWISE = new Set([
  'BLOCKWISE_NL_JOIN',
  'NESTED_LOOP_JOIN',
  'CROSS_PRODUCT',
  'IE_JOIN',
  'PIECEWISE_MERGE_JOIN',
]);

/** Pairs of rows that DuckDB compares in a millisecond, about. */
const COMPARED_PER_MS = 20_000;

/**
 * Pairs that it finds by a hash table, a hundred times over: its estimate of them is far too high where there are nulls, and only what
 * is hopeless is to be turned away.
 */
const FOUND_PER_MS = 10_000_000;

/**
 * Turns a query away whose joins would take too long, as DuckDB estimates them: within a join it cannot be stopped, and
 * nobody else is answered.
 * @param deadline milliseconds.
 * @throws DuckdbError 'deadline'; 'query' where the statement is wrong.
 */
export function requireFeasible(connection: Connection, sql: string, deadline: number): void {
  const explained = tableFromIPC(connection.query(`EXPLAIN (FORMAT JSON) ${sql}`));
  const plan: readonly PlanNode[] = JSON.parse(explained.getChildAt(1)!.get(0));
  const milliseconds = Math.max(0, ...plan.map(longestJoin));
  if (milliseconds <= deadline) return;
  const needed = Math.ceil(milliseconds / 1000);
  throw new DuckdbError(
    'deadline',
    `a join of the query has too many pairs of rows to look at: it takes about ${needed} s, and may take ${deadline / 1000} s`,
  );
}

/** Milliseconds that the longest join of a plan takes, about. */
function longestJoin(node: PlanNode): number {
  return Math.max(joinTime(node), ...node.children.map(longestJoin));
}

function joinTime(node: PlanNode): number {
  const name = node.name.trim();
  if (name === 'HASH_JOIN') return rowsOf(node) / FOUND_PER_MS;
  if (!PAIRWISE.has(name)) return 0;
  return node.children.map(rowsOf).reduce((pairs, rows) => pairs * rows, 1) / COMPARED_PER_MS;
}

/** Where a node has no estimate, it has about as many rows as what it reads. */
function rowsOf({ extra_info, children }: PlanNode): number {
  const estimate = Number(extra_info['Estimated Cardinality']);
  return Number.isFinite(estimate) ? estimate : Math.max(1, ...children.map(rowsOf));
}
