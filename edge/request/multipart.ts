import { RequestError } from '../request-error.ts';

/** A part of a form. */
export interface FormPart {
  readonly name: string;
  /** What its sender calls the file; null where it is none. */
  readonly fileName: string | null;
  /** Its Content-Type, empty where it has none. */
  readonly mediaType: string;
  /** Its bytes as they come. What of them is not read is skipped when the next part is asked for. */
  readonly content: AsyncIterable<Uint8Array>;
}

type Pieces = AsyncIterable<Uint8Array>;

const CR = 13;
const LF = 10;
/** RFC 2046 §5.1.1 allows 70 characters; some senders have more. */
const LONGEST_BOUNDARY = 200;
/** Bytes of the headers of a part. */
const LONGEST_HEADERS = 16_384;

/**
 * The parts of a form (RFC 7578), one after the other as the body comes: of a part no more is in memory than a piece of the body.
 * @param contentType of the body, with its boundary.
 * @throws RequestError (400) where the body is no such form, or ends too early.
 */
export async function* multipartParts(body: Pieces, contentType: string): AsyncGenerator<FormPart> {
  const source = sourceOf(body);
  try {
    const delimiter = new TextEncoder().encode(`\r\n--${boundaryOf(contentType)}`);
    // The first delimiter may stand at the very beginning, as if a line had ended before; what stands before it is no part.
    await skip(contentUpTo(delimiter, source, 2));
    for (let number = 1; !(await isLast(source)); number++) {
      const content = contentUpTo(delimiter, source, 0);
      yield { ...describedBy(await headersOf(source), number), content };
      await skip(content);
    }
    await skip(source.rest());
  } finally {
    await source.close();
  }
}

function broken(why: string): RequestError {
  return new RequestError(400, `The body is not valid multipart/form-data: ${why}.`);
}

function boundaryOf(contentType: string): string {
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]*)"|([^;\s]*))/i.exec(contentType) ?? [];
  const boundary = quoted ?? plain ?? '';
  if (boundary !== '' && boundary.length <= LONGEST_BOUNDARY && /^[\x20-\x7e]+$/.test(boundary)) {
    return boundary;
  }
  throw broken('its Content-Type names no boundary such as multipart/form-data; boundary=xyz');
}

/** A body, and how much of the piece at hand is read. */
interface Source {
  piece: Uint8Array;
  at: number;
  /** Whether there is a byte at `at`. */
  hasMore(): Promise<boolean>;
  rest(): Pieces;
  close(): Promise<unknown>;
}

function sourceOf(body: Pieces): Source {
  const pieces = body[Symbol.asyncIterator]();
  const source: Source = {
    piece: new Uint8Array(),
    at: 0,
    async hasMore() {
      while (source.at === source.piece.length) {
        const { done, value } = await pieces.next();
        if (done) return false;
        source.piece = value;
        source.at = 0;
      }
      return true;
    },
    rest: () => ({ [Symbol.asyncIterator]: () => pieces }),
    close: async () => pieces.return?.(),
  };
  return source;
}

async function skip(pieces: Pieces): Promise<void> {
  for await (const _ of pieces);
}

/**
 * What stands before the next delimiter, which is read too. A delimiter has its CR at the beginning only, so that one which turns out to
 * be none has no other that begins within it.
 * @param matched bytes of the delimiter that count as read.
 */
async function* contentUpTo(
  delimiter: Uint8Array,
  source: Source,
  matched: number,
): AsyncGenerator<Uint8Array> {
  /** Of those matched, bytes that are content if it is no delimiter, and stood in earlier pieces. */
  let held = 0;
  while (await source.hasMore()) {
    const { piece, at: from } = source;
    const found = scanned(piece, from, delimiter, matched);
    if (found.failed) {
      yield delimiter.subarray(0, held);
      held = 0;
    }
    matched = found.matched;
    source.at = found.at;
    const end = found.at - (matched - held);
    if (end > from) yield piece.subarray(from, end);
    if (matched === delimiter.length) return;
    held = matched;
  }
  throw broken('it ends before its last boundary');
}

/**
 * Looks for a delimiter of which some bytes stood in earlier pieces.
 * @returns where it ends, or the piece does; how much of it there is then; and whether what stood in earlier pieces began no delimiter.
 */
function scanned(piece: Uint8Array, from: number, delimiter: Uint8Array, before: number) {
  let at = from;
  let matched = before;
  let failed = false;
  for (; at < piece.length && matched < delimiter.length; at++) {
    const byte = piece[at];
    if (byte === delimiter[matched]) matched++;
    else {
      failed = true;
      matched = byte === CR ? 1 : 0;
    }
  }
  return { at, matched, failed: failed && before > 0 };
}

/** What follows a delimiter: two hyphens after the last part, else the end of the line. */
async function isLast(source: Source): Promise<boolean> {
  const line = await lineOf(source, LONGEST_HEADERS);
  if (line.startsWith('--')) return true;
  if (line.trim() === '') return false;
  throw broken('something stands behind a boundary on its line');
}

/** A line without its end, or what there is of it. */
async function lineOf(source: Source, most: number): Promise<string> {
  const bytes: number[] = [];
  while (await source.hasMore()) {
    const byte = source.piece[source.at++]!;
    if (byte === LF) {
      if (bytes.at(-1) === CR) bytes.pop();
      break;
    }
    if (bytes.push(byte) > most)
      throw broken(`the headers of a part have more than ${LONGEST_HEADERS} bytes`);
  }
  return new TextDecoder().decode(new Uint8Array(bytes));
}

type Headers = ReadonlyMap<string, string>;

async function headersOf(source: Source): Promise<Headers> {
  const headers = new Map<string, string>();
  let left = LONGEST_HEADERS;
  for (;;) {
    const line = await lineOf(source, left);
    if (line === '') return headers;
    left -= line.length + 2;
    const [, name, value] = /^([^:]+):(.*)$/s.exec(line) ?? [];
    if (name === undefined) throw broken('a part has a header without a colon');
    headers.set(name.trim().toLowerCase(), value!.trim());
  }
}

function describedBy(headers: Headers, number: number): Omit<FormPart, 'content'> {
  const parameters = new Map<string, string>();
  const disposition = headers.get('content-disposition') ?? '';
  for (const [, name, quoted, plain] of disposition.matchAll(PARAMETER)) {
    parameters.set(name!.toLowerCase(), quoted === undefined ? plain! : unescaped(quoted));
  }
  const name = parameters.get('name');
  if (name === undefined || !/^form-data\s*(;|$)/i.test(disposition)) {
    throw broken(`its part ${number} has no name: Content-Disposition: form-data; name="…"`);
  }
  const extended = /^utf-8'[^']*'(.*)$/i.exec(parameters.get('filename*') ?? '')?.[1];
  return {
    name,
    fileName: (extended && percentDecoded(extended)) ?? parameters.get('filename') ?? null,
    mediaType: headers.get('content-type') ?? '',
  };
}

/** Browsers write a backslash as it is, some programs one before a quote: which it was shows what follows. */
const PARAMETER = /;\s*([^\s=;"]+)\s*=\s*(?:"((?:\\"(?!\s*(?:;|$))|[^"])*)"|([^;"\s]*))/g;

/** HTML Standard §4.10.21.8. */
function unescaped(text: string): string {
  return text
    .replaceAll('\\"', '"')
    .replaceAll(/%(22|0D|0A)/gi, (_, code) => String.fromCharCode(Number.parseInt(code, 16)));
}

function percentDecoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
