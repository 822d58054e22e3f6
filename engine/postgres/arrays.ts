import type { DataType } from 'apache-arrow';
import { ARRAY_OID, OID } from './oids.ts';
import { NULL_FIELD } from './rows.ts';

const ELEMENTS = new Map<number, number>(
  Object.entries(ARRAY_OID).map(([name, oid]) => [oid, OID[name as keyof typeof ARRAY_OID]]),
);

/** @throws Error where the type is no array of numbers. */
export function elementOid(oid: number): number {
  const element = ELEMENTS.get(oid);
  if (element === undefined) throw new Error(`PostgreSQL's type ${oid} is no array of numbers`);
  return element;
}

/**
 * Where arrays in PostgreSQL's binary format end among their elements: those of the nth are [ends[n], ends[n + 1]). (array_send:
 * number of dimensions, whether there are nulls, type of the elements, size and lower bound of each dimension, elements.)
 */
export function arrayEnds(view: DataView, offsets: Uint32Array): Int32Array {
  const ends = new Int32Array(offsets.length + 1);
  for (let row = 0; row < offsets.length; row++) {
    ends[row + 1] = ends[row]! + (offsets[row] === NULL_FIELD ? 0 : size(view, offsets[row]!));
  }
  return ends;
}

/** Where each element's bytes begin, those of several dimensions in the order in which they are sent. */
export function arrayElements(view: DataView, offsets: Uint32Array, ends: Int32Array): Uint32Array {
  const elements = new Uint32Array(ends[offsets.length]!);
  for (let row = 0; row < offsets.length; row++) {
    if (offsets[row] === NULL_FIELD) continue;
    let at = firstElement(view, offsets[row]!);
    for (let element = ends[row]!; element < ends[row + 1]!; element++) {
      const length = view.getInt32(at);
      at += 4;
      if (length < 0) continue;
      elements[element] = at;
      at += length;
    }
  }
  return elements;
}

/**
 * The elements themselves where they are floating-point numbers of the width wanted and none of them is null, as in columns of
 * thousands of magnitudes; else null.
 */
export function floatElements(
  type: DataType,
  oid: number,
  view: DataView,
  offsets: Uint32Array,
  ends: Int32Array,
): Float32Array | Float64Array | null {
  const single = `${type}` === 'Float32' && oid === OID.float4;
  if (!single && !(`${type}` === 'Float64' && oid === OID.float8)) return null;
  if (offsets.some((at) => at !== NULL_FIELD && view.getInt32(at + 4) !== 0)) return null;
  const length = ends[offsets.length]!;
  const values = single ? new Float32Array(length) : new Float64Array(length);
  for (let row = 0; row < offsets.length; row++) {
    if (offsets[row] === NULL_FIELD) continue;
    let at = firstElement(view, offsets[row]!) + 4;
    if (single)
      for (let to = ends[row]!; to < ends[row + 1]!; to++, at += 8) values[to] = view.getFloat32(at);
    else for (let to = ends[row]!; to < ends[row + 1]!; to++, at += 12) values[to] = view.getFloat64(at);
  }
  return values;
}

function firstElement(view: DataView, at: number): number {
  return at + 12 + 8 * view.getInt32(at);
}

function size(view: DataView, at: number): number {
  const dimensions = view.getInt32(at);
  let elements = dimensions === 0 ? 0 : 1;
  for (let dimension = 0; dimension < dimensions; dimension++)
    elements *= view.getInt32(at + 12 + 8 * dimension);
  return elements;
}
