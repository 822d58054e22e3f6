import { type Data, DataType, Int64, RecordBatchReader, type Schema, Vector } from 'apache-arrow';
import { request } from '../http.ts';

/** What answered, or was asked to. */
export type Engine = 'scan' | 'duckdb' | 'postgresql';

/** A number, text, truth or array; integers of 64 bits and times as bigint. */
export type Value = number | bigint | string | boolean | null | readonly Value[];

export interface Answer {
  /** Name, type and metadata of each column, in one text. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Value[])[];
  readonly overflow: boolean;
}

/** An answer that is an error document. */
export interface Refusal {
  readonly status: number;
  readonly message: string;
}

export const isRefusal = (answer: Answer | Refusal): answer is Refusal => 'status' in answer;

/** Asks the service, of an engine or of the one that it chooses itself. */
export async function ask(
  url: string,
  query: string,
  engine: Engine | null,
  maxrec = 1_000_000,
): Promise<Answer | Refusal> {
  const parameters = new URLSearchParams({
    LANG: 'ADQL',
    QUERY: query,
    RESPONSEFORMAT: 'arrow',
    MAXREC: `${maxrec}`,
    ...(engine && { ENGINE: engine }),
  });
  const { status, body } = await request(`${url}/tap/sync?${parameters}`);
  if (status !== 200) return { status, message: errorOf(body.toString('utf8')) };
  return readAnswer(body);
}

/** The text of QUERY_STATUS="ERROR" in a VOTable. */
function errorOf(document: string): string {
  const text = /<INFO name="QUERY_STATUS" value="ERROR"\s*>([^<]*)</.exec(document)?.[1] ?? document;
  return text.replaceAll(
    /&(lt|gt|amp|quot|#39);/g,
    (_, name) => ({ lt: '<', gt: '>', amp: '&', quot: '"' })[name as string] ?? "'",
  );
}

function readAnswer(bytes: Uint8Array): Answer {
  const reader = RecordBatchReader.from(bytes).open();
  const columns = describe(reader.schema);
  const rows: Value[][] = [];
  let status: string | undefined;
  for (const batch of reader) {
    const vectors = batch.data.children.map((data) => new Vector([exactTimes(data)]));
    for (let row = 0; row < batch.numRows; row++) rows.push(vectors.map((vector) => plain(vector.get(row))));
    status = batch.metadata.get('QUERY_STATUS') ?? status;
  }
  if (status === undefined) throw new Error('the Arrow stream ends before its QUERY_STATUS');
  return { columns, rows, overflow: status === 'OVERFLOW' };
}

/** Arrow's vectors give a time as milliseconds, and lose what is below. */
function exactTimes(data: Data): Data {
  return DataType.isTimestamp(data.type) ? data.clone(new Int64()) : data;
}

function plain(value: unknown): Value {
  return value instanceof Vector ? Array.from(value, plain) : (value as Value);
}

function describe(schema: Schema): string[] {
  return schema.fields.map(({ name, type, metadata }) =>
    [name, `${type}`, ...[...metadata].map(([key, text]) => `${key}=${text}`)].join('; '),
  );
}
