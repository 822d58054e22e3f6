import { type FunctionType, IMPORTS, typeName, type ValueType } from './trampolines.ts';

/** Binary codes of value types (WebAssembly 2.0 §5.3). */
const CODES: Record<ValueType, number> = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, externref: 0x6f };

const HEADER = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
const [TYPE_SECTION, IMPORT_SECTION, EXPORT_SECTION] = [1, 2, 7];
const FUNCTION_TYPE = 0x60;
const FUNCTION = 0x00;

/**
 * A module that imports a function of each type and exports it again under the same name: what comes out is a function of
 * WebAssembly, whatever went in (WebAssembly 2.0 §5.5).
 */
export function trampolineModule(types: readonly FunctionType[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([
    ...HEADER,
    ...section(
      TYPE_SECTION,
      types.map(({ parameters, results }) => [
        FUNCTION_TYPE,
        ...vector(parameters.map((type) => [CODES[type]])),
        ...vector(results.map((type) => [CODES[type]])),
      ]),
    ),
    ...section(
      IMPORT_SECTION,
      types.map((type, at) => [...name(IMPORTS), ...name(typeName(type)), FUNCTION, ...unsigned(at)]),
    ),
    ...section(
      EXPORT_SECTION,
      types.map((type, at) => [...name(typeName(type)), FUNCTION, ...unsigned(at)]),
    ),
  ]);
}

function section(id: number, items: readonly number[][]): number[] {
  const content = vector(items);
  return [id, ...unsigned(content.length), ...content];
}

function vector(items: readonly number[][]): number[] {
  return [...unsigned(items.length), ...items.flat()];
}

function name(text: string): number[] {
  return vector([...new TextEncoder().encode(text)].map((byte) => [byte]));
}

/** LEB128. */
function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}
