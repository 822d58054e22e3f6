import type { Duckdb } from '../../engine/duckdb/duckdb.ts';
import { asDuckdbError } from '../../engine/duckdb/duckdb-error.ts';
import { readQuery } from '../../engine/duckdb/message.ts';
import type { DuckdbFault, FaultKind } from '../../engine/duckdb/query.ts';

const STATUS: Record<FaultKind, number> = { query: 400, deadline: 503, memory: 503, release: 502, trap: 500 };

/**
 * A query's answer: an Arrow IPC stream from its first rows on, or a fault. What fails later cuts the stream off before its end.
 * @param keep lets work go on that a request has left unfinished, for it has to give its tables back.
 */
export async function answerQuery(
  duckdb: Duckdb,
  request: Request,
  keep: (work: Promise<unknown>) => void,
): Promise<Response> {
  const left = new AbortController();
  request.signal.addEventListener('abort', () => left.abort(request.signal.reason));
  const query = readQuery(new Uint8Array(await request.arrayBuffer()));
  if (query === null) return faultAnswer({ fault: 'query', message: 'what was posted is no query' });
  const answer = duckdb.answer(query, left.signal);
  const ended = Promise.withResolvers<void>();
  keep(ended.promise);
  try {
    const first = await answer.next();
    return new Response(streamOf(first.value!, answer, left, ended.resolve), {
      headers: { 'content-type': 'application/vnd.apache.arrow.stream' },
    });
  } catch (error) {
    ended.resolve();
    return faultAnswer(asDuckdbError(error));
  }
}

function faultAnswer({ fault, message }: DuckdbFault): Response {
  return Response.json({ fault, message }, { status: STATUS[fault] });
}

function streamOf(
  first: Uint8Array,
  rest: AsyncGenerator<Uint8Array, void, undefined>,
  left: AbortController,
  ended: () => void,
): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(first);
    },
    async pull(controller) {
      try {
        const { value, done } = await rest.next();
        if (!done) return controller.enqueue(value);
        controller.close();
      } catch (error) {
        controller.error(error);
      }
      ended();
    },
    async cancel(reason) {
      left.abort(reason);
      await rest.return().catch(() => {});
      ended();
    },
  });
}
