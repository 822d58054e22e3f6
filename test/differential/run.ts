import { type Answer, ask, type Engine, isRefusal, type Refusal } from './answers.ts';
import { difference } from './compare.ts';
import type { Questions } from './questions/question.ts';

/** What came of asking two engines the same. */
export interface Outcome {
  readonly query: string;
  readonly about: string;
  readonly engine: Engine;
  readonly result:
    | { readonly kind: 'same'; readonly rows: number }
    /** One of the engines cannot be asked, says the planner. */
    | { readonly kind: 'not asked'; readonly why: string }
    /** Neither gives rows. */
    | { readonly kind: 'both fail'; readonly messages: readonly [string, string] }
    | { readonly kind: 'different'; readonly how: string };
}

/** Asks PostgreSQL and an engine at the edge each query, and says how the answers differ. */
export async function compareEngines(
  url: string,
  engine: Exclude<Engine, 'postgresql'>,
  { about, order, tolerance, queries }: Questions,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const query of queries) {
    const edge = await answerOf(url, query, engine);
    const database = await answerOf(url, query, 'postgresql');
    const result = resultOf(edge, database, (a, b) => difference(a, b, order, tolerance));
    outcomes.push({ query, about, engine, result });
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
    if (isRefusal(answer) && isForced(answer)) return { kind: 'not asked', why: answer.message };
  }
  if (isRefusal(edge) && isRefusal(database)) {
    return { kind: 'both fail', messages: [edge.message, database.message] };
  }
  if (isRefusal(edge)) return { kind: 'different', how: `the edge fails: ${edge.message}` };
  if (isRefusal(database)) return { kind: 'different', how: `PostgreSQL fails: ${database.message}` };
  const how = compare(edge, database);
  return how === null ? { kind: 'same', rows: edge.rows.length } : { kind: 'different', how };
}

/** Whether it is the planner that refuses to let this engine answer. */
function isForced({ message }: Refusal): boolean {
  return /^The engine \w+ cannot answer this query/.test(message);
}
