import { joinedBytes } from '../../../engine/joined-bytes.ts';
import type { UploadLimits } from '../../../engine/upload/upload.ts';
import { turnFor } from '../../request/body-turn.ts';
import { formParts, MOST_TEXT } from '../../request/form-parts.ts';
import {
  addParameter,
  addressParameters,
  type RawParameters,
  requestParameters,
} from '../../request/request-parameters.ts';
import type { TakeTurn, Turn } from '../../request/turns.ts';
import { RequestError } from '../../request-error.ts';

/** A field of a form as it came. */
export interface FormField {
  readonly bytes: Uint8Array;
  readonly isFile: boolean;
}

/** By their names: of several of one name the first. */
export type FormFields = ReadonlyMap<string, FormField>;

/** A request's parameters, and what of them may be an uploaded table. */
export interface TapForm {
  readonly parameters: RawParameters;
  readonly fields: FormFields;
}

/**
 * Reads a request and answers it. Of those with long bodies, whose files and tables are in memory, few are answered at a time.
 * @param patience milliseconds that one waits for its turn.
 * @throws RequestError (400, 413, 414, 415), BusyError, and what `answer` throws.
 */
export async function withTapForm<T>(
  request: Request,
  limits: UploadLimits,
  takeTurn: TakeTurn,
  patience: number,
  answer: (form: TapForm) => Promise<T>,
): Promise<T> {
  if (!/^\s*multipart\/form-data\s*(;|$)/i.test(request.headers.get('content-type') ?? '')) {
    return answer({ parameters: await requestParameters(request), fields: new Map() });
  }
  const turn = await turnFor(request, takeTurn, patience);
  try {
    return await answer(await multipartForm(request, limits, turn));
  } finally {
    turn?.end();
  }
}

async function multipartForm(request: Request, { bytes: most }: UploadLimits, turn: Turn | null) {
  const parameters = addressParameters(request.url);
  const fields = new Map<string, FormField>();
  for await (const part of formParts(request, MOST_TEXT + most, () => tooLong(most), turn)) {
    const content: Uint8Array[] = [];
    for await (const piece of part.content) content.push(piece);
    const bytes = joinedBytes(content);
    addParameter(parameters, part.name, part.fileName ?? new TextDecoder().decode(bytes));
    if (!fields.has(part.name)) fields.set(part.name, { bytes, isFile: part.fileName !== null });
  }
  return { parameters, fields };
}

function tooLong(most: number): RequestError {
  return new RequestError(
    413,
    `The uploads are longer than ${most} bytes together: upload the columns that the query needs, or in a format that takes less, such as Parquet or VOTable's BINARY2.`,
  );
}
