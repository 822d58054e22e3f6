import { RequestError } from '../request-error.ts';
import { bodyPieces } from './body-pieces.ts';
import { type FormPart, multipartParts } from './multipart.ts';
import type { Turn } from './turns.ts';

/** Bytes of a form beside its files: a query of a megabyte, whose letters a form may write as three each. */
export const MOST_TEXT = 4 * 2 ** 20;

/** Fields and files of a form. */
const MOST_PARTS = 1000;

/**
 * The fields and files of a request that is a form of multipart/form-data, as they come.
 * @param most bytes of the body.
 * @param turn of the request, which goes on as long as something comes.
 * @throws `tooLong()`; RequestError (400) where it has too many of them, or is no such form.
 */
export async function* formParts(
  request: Request,
  most: number,
  tooLong: () => Error,
  turn: Turn | null,
): AsyncGenerator<FormPart> {
  async function* pieces() {
    for await (const piece of bodyPieces(request, most, tooLong)) {
      turn?.touch();
      yield piece;
    }
  }
  let count = 0;
  for await (const part of multipartParts(pieces(), request.headers.get('content-type')!)) {
    count += 1;
    if (count > MOST_PARTS) {
      throw new RequestError(400, `The form has more than ${MOST_PARTS} fields and files.`);
    }
    yield part;
  }
}
