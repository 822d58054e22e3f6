import { ARRAY_OID, OID } from './oids.ts';
import { NULL_FIELD } from './rows.ts';

const ELEMENTS = new Map<number, number>(
  Object.entries(ARRAY_OID).map(([name, oid]) => [oid, OID[name as keyof typeof ARRAY_OID]]),
);

export interface ArrayElements {
  readonly elementOid: number;
  /** Elements of the nth array: [ends[n], ends[n + 1]). */
  readonly ends: Int32Array;
  /** Where each element's bytes begin. */
  readonly elements: Uint32Array;
}

/**
 * Elements of arrays in PostgreSQL's binary format (array_send: number of dimensions, whether there are nulls, type of the elements,
 * size and lower bound of each dimension, elements), those of several dimensions in the order in which they are sent.
 * @throws Error where the type is no array of numbers.
 */
export function arrayElements(oid: number, view: DataView, offsets: Uint32Array): ArrayElements {
  const elementOid = ELEMENTS.get(oid);
  if (elementOid === undefined) throw new Error(`PostgreSQL's type ${oid} is no array of numbers`);
  const ends = new Int32Array(offsets.length + 1);
  for (let row = 0; row < offsets.length; row++) {
    ends[row + 1] = ends[row]! + (offsets[row] === NULL_FIELD ? 0 : size(view, offsets[row]!));
  }
  const elements = new Uint32Array(ends[offsets.length]!);
  for (let row = 0; row < offsets.length; row++) {
    let at = offsets[row]!;
    if (at !== NULL_FIELD) at += 12 + 8 * view.getInt32(at);
    for (let element = ends[row]!; element < ends[row + 1]!; element++) {
      const length = view.getInt32(at);
      at += 4;
      if (length < 0) continue;
      elements[element] = at;
      at += length;
    }
  }
  return { elementOid, ends, elements };
}

function size(view: DataView, at: number): number {
  const dimensions = view.getInt32(at);
  let elements = dimensions === 0 ? 0 : 1;
  for (let dimension = 0; dimension < dimensions; dimension++)
    elements *= view.getInt32(at + 12 + 8 * dimension);
  return elements;
}
