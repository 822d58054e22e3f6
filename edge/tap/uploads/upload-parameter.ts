import type { Parsed } from '../../request/values.ts';
import { quoted } from '../../request-error.ts';

/** An upload as a request names it (TAP 1.1 §2.5). */
export interface NamedUpload {
  /** Of the table, without its schema. */
  readonly name: string;
  /** `param:<field of the form>`, or an address. */
  readonly uri: string;
}

/** Uploads of a request at most. */
const MOST = 20;

/** A regular or a delimited identifier of ADQL, and what follows it. */
const PAIR = /^\s*(?:([A-Za-z][A-Za-z0-9_]*)|"([^"]+)")\s*,\s*(\S.*?)\s*$/s;

const HOW = 'UPLOAD is name,uri or several of these between semicolons, such as mine,param:file';

/** The values of UPLOAD, which may be given several times: pairs of a name and a URI. */
export function parseUploads(values: readonly string[]): Parsed<readonly NamedUpload[]> {
  const uploads: NamedUpload[] = [];
  for (const pair of values.flatMap(pairs)) {
    const [, regular, delimited, uri] = PAIR.exec(pair) ?? [];
    const name = regular ?? delimited;
    if (name === undefined || uri === undefined) return { fault: `${quoted(pair)} is no upload; ${HOW}` };
    if (!/^(param:.|https?:\/\/.)/i.test(uri)) {
      return {
        fault: `${quoted(pair)} has a URI of a kind that is not taken; those are param:<field of the form>, http:// and https://`,
      };
    }
    if (uploads.some((other) => other.name.toLowerCase() === name.toLowerCase()))
      return { fault: `names two tables ${quoted(name)}; give each a name of its own` };
    uploads.push({ name, uri });
  }
  return uploads.length > MOST
    ? { fault: `names ${uploads.length} tables; ${MOST} are the most` }
    : { value: uploads };
}

/** A semicolon that no name follows is part of the URI. */
function pairs(value: string): string[] {
  return value
    .split(/;(?=\s*(?:$|[A-Za-z][A-Za-z0-9_]*\s*,|"[^"]+"\s*,))/)
    .filter((pair) => pair.trim() !== '');
}
