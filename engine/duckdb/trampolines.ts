/** The type of a function of WebAssembly, as the JS API's type reflection describes it. */
export interface FunctionType {
  readonly parameters: readonly ValueType[];
  readonly results: readonly ValueType[];
}

export type ValueType = 'i32' | 'i64' | 'f32' | 'f64' | 'externref';

/** What a trampoline is imported and exported as: `i32(i32,f64)`. */
export function typeName({ parameters, results }: FunctionType): string {
  return `${results.join()}(${parameters.join()})`;
}

/** The module from which the trampolines import the functions that they call. */
export const IMPORTS = 'js';

/**
 * `WebAssembly.Function` of the type reflection proposal, which no engine has switched on: it makes a function of WebAssembly
 * out of one of JavaScript. DuckDB's loader uses it where it is, and else compiles a module for each type while it runs,
 * which workerd forbids.
 */
export type WebAssemblyFunction = new (type: FunctionType, called: CallableFunction) => CallableFunction;

/** @param module exports one trampoline for each type that is asked for (`trampolineModule`). */
export function webAssemblyFunction(module: WebAssembly.Module): WebAssemblyFunction {
  const names = WebAssembly.Module.imports(module).map(({ name }) => name);
  const uncalled = Object.fromEntries(names.map((name) => [name, () => {}]));

  function functionOfWebAssembly(type: FunctionType, called: CallableFunction): CallableFunction {
    const name = typeName(type);
    if (!(name in uncalled)) throw new Error(`no trampoline for functions of type ${name} was recorded`);
    const imports = { [IMPORTS]: { ...uncalled, [name]: called as () => void } };
    return new WebAssembly.Instance(module, imports).exports[name] as CallableFunction;
  }
  return functionOfWebAssembly as unknown as WebAssemblyFunction;
}
