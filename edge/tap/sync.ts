import { atBorder } from '../../engine/obscore/border.ts';
import { writerFor } from '../../engine/table/formats.ts';
import { answerBody, type Body, type Bytes } from '../answer/answer-body.ts';
import { attachment } from '../answer/attachment.ts';
import { matchesTag } from '../answer/entity-tag.ts';
import { noRows } from '../answer/no-rows.ts';
import { copiedBytes, watchedRows } from '../answer/whole-copy.ts';
import { imageServices } from '../datalink/descriptor.ts';
import { ALMAGEST_ENGINE, ALMAGEST_RELEASE } from '../headers.ts';
import { serviceRoot } from '../service.ts';
import { answerKey } from './answer-key.ts';
import { answerTable, engineLabel, releaseHeader } from './answer-table.ts';
import { checkedQuery, type TapQuery } from './checked-query.ts';
import type { PlannedQuery } from './engines/engines.ts';
import { parseQueryRequest, type QueryRequest } from './parameters.ts';
import { planAnswer } from './plan-answer.ts';
import { planned } from './planned.ts';
import { type Answer, runQuery, type WriteAnswer } from './run.ts';
import type { TapService } from './service.ts';
import { readUploads } from './uploads/read-uploads.ts';
import type { TapForm } from './uploads/tap-form.ts';

/** Seconds for which others may repeat an answer: so long may a new release stay unseen. */
const LIFETIME = 60;

/**
 * Answers a query (TAP 1.1 §2).
 * @param waitUntil lets a promise outlive the answer.
 * @throws RequestError, AdqlError, PlanError, and the errors of the engines and of the storage.
 */
export async function answerQuery(
  service: TapService,
  { parameters, fields }: TapForm,
  { url, headers: asked, signal }: Request,
  waitUntil: (promise: Promise<unknown>) => void,
): Promise<Response> {
  const { keptAnswers, limits } = service;
  const request = parseQueryRequest(parameters, asked.get('accept') ?? undefined, limits);
  const published = await service.published();
  const uploads = await readUploads(request.uploads, fields, service, signal);
  const query = await checkedQuery(request.query, uploads, published, service.engine);
  const plan = () => planned(service, query, published, request.engine);
  if (request.plan !== null) return planAnswer(request, plan());

  const key = request.engine === null && query.repeatable ? await answerKey(request, query.releases) : null;
  const headers = answerHeaders(request, query, key);
  if (key !== null && matchesTag(asked.get('if-none-match') ?? undefined, headers.etag!)) {
    return new Response(null, { status: 304, headers });
  }
  const address = key && new URL(`/answers/${key}`, url).href;
  const kept = address && (await keptAnswers.find(address));
  if (kept) return respond(kept.bytes, { ...headers, ...kept.headers });

  const root = serviceRoot(service, url);
  const { answer, whole } = await answered(service, root, request, query, plan, signal);
  const said = { [ALMAGEST_ENGINE]: engineLabel(answer.engine) };
  if (address !== null) {
    const keep = (bytes: Bytes | null) => bytes && keptAnswers.keep(address, { bytes, headers: said });
    waitUntil(whole.then(keep));
  }
  return respond(answer.body, { ...headers, ...said });
}

/** The answer, and once it was sent its bytes: null if they are not all there, or too long to be kept. */
async function answered(
  service: TapService,
  root: string,
  request: QueryRequest,
  query: TapQuery,
  plan: () => PlannedQuery,
  signal: AbortSignal,
): Promise<{ answer: Answer; whole: Promise<Bytes | null> }> {
  const { limits, keptAnswers } = service;
  const { write: writeTable } = writerFor(request.format.format)!;
  let whole: Promise<Bytes | null> = Promise.resolve(null);
  const write: WriteAnswer = (engine, batches) => {
    const answer = atBorder(answerTable(request, query, engine, batches), root);
    const { table, complete } = watchedRows({ ...answer, services: imageServices(root, answer.columns) });
    const copy = copiedBytes(writeTable(table), keptAnswers.maxBytes);
    whole = copy.whole.then((bytes) => (complete() ? bytes : null));
    return copy.chunks;
  };
  // DALI 1.1 §3.4.4: MAXREC=0 asks only what the columns are.
  if (request.maxrec === 0) {
    return { answer: { engine: 'scan', body: await answerBody(write('scan', noRows(true))) }, whole };
  }
  const run = {
    query: plan(),
    rows: request.maxrec,
    seconds: limits.seconds,
    edgeSeconds: limits.edgeSeconds,
    takeover: request.engine === null,
    signal,
  };
  return { answer: await runQuery(service.engines, run, write), whole };
}

/** What is known before the query runs. */
function answerHeaders({ format }: QueryRequest, { releases }: TapQuery, key: string | null) {
  const headers: Record<string, string> = {
    'content-type': format.mediaType,
    'cache-control': key === null ? 'no-store' : `public, max-age=${LIFETIME}`,
    vary: 'Accept, Accept-Encoding',
    [ALMAGEST_RELEASE]: releaseHeader(releases),
  };
  if (key !== null) headers.etag = `W/"${key}"`;
  if (format.extension) headers['content-disposition'] = attachment('result', format.extension);
  return headers;
}

function respond(body: Body, headers: Record<string, string>): Response {
  if ('byteLength' in body) headers['content-length'] = String(body.byteLength);
  return new Response(body, { headers });
}
