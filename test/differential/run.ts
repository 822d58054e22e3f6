import { type Answer, ask, type Engine, isRefusal, type Refusal } from './answers.ts';
import { difference } from './compare.ts';
import type { Questions } from './questions/question.ts';

export type EdgeEngine = Exclude<Engine, 'postgresql'>;

/** What came of asking an engine at the edge, and PostgreSQL, the same. */
export interface Outcome {
  readonly query: string;
  readonly engine: EdgeEngine;
  readonly result:
    | { readonly kind: 'same'; readonly rows: number }
    /** One of the two cannot be asked, says the planner. */
    | { readonly kind: 'not asked'; readonly why: string }
    /** Neither gives rows. */
    | { readonly kind: 'both fail'; readonly messages: readonly [string, string] }
    | { readonly kind: 'different'; readonly how: string };
}

/** Asks PostgreSQL and engines at the edge each query, and says how the answers differ. */
export async function compareEngines(
  url: string,
  engines: readonly EdgeEngine[],
  { order, tolerance, queries }: Pick<Questions, 'order' | 'tolerance' | 'queries'>,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const query of queries) {
    const [database, ...edge] = await Promise.all([
      answerOf(url, query, 'postgresql'),
      ...engines.map((engine) => answerOf(url, query, engine)),
    ]);
    for (const [nth, engine] of engines.entries()) {
      const result = resultOf(edge[nth]!, database!, (a, b) => difference(a, b, order, tolerance));
      outcomes.push({ query, engine, result });
    }
  }
  return outcomes;
}

/** An answer, whatever happens. */
async function answerOf(url: string, query: string, engine: Engine): Promise<Answer | Refusal> {
  try {
    return await ask(url, query, engine);
  } catch (error) {
    return { status: 0, message: `the answer broke off: ${(error as Error).message}` };
  }
}

function resultOf(
  edge: Answer | Refusal,
  database: Answer | Refusal,
  compare: (edge: Answer, database: Answer) => string | null,
): Outcome['result'] {
  for (const answer of [edge, database]) {
    if (isRefusal(answer) && isPlanners(answer)) return { kind: 'not asked', why: answer.message };
  }
  if (isRefusal(edge) && isRefusal(database)) {
    return { kind: 'both fail', messages: [edge.message, database.message] };
  }
  if (isRefusal(edge)) return { kind: 'different', how: `the edge fails: ${edge.message}` };
  if (isRefusal(database)) return { kind: 'different', how: `PostgreSQL fails: ${database.message}` };
  const how = compare(edge, database);
  return how === null ? { kind: 'same', rows: edge.rows.length } : { kind: 'different', how };
}

/** Whether it is the planner that lets this engine not answer. */
function isPlanners({ message }: Refusal): boolean {
  return /^The engine \w+ cannot answer this query/.test(message);
}

/** Queries and what became of them, for people. */
export function described(outcomes: readonly Outcome[]): string {
  const shown = outcomes
    .slice(0, 10)
    .map(({ query, engine, result }) => `${engine}: ${query}\n    ${words(result)}`);
  const more = outcomes.length > shown.length ? [`and ${outcomes.length - shown.length} more`] : [];
  return [...shown, ...more].join('\n');
}

function words(result: Outcome['result']): string {
  switch (result.kind) {
    case 'same':
      return `${result.rows} rows`;
    case 'not asked':
      return result.why;
    case 'both fail':
      return `both fail: ${result.messages.join(' | ')}`;
    case 'different':
      return result.how;
  }
}
