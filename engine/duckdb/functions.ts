import type { Connection } from './database.ts';
import { MACROS } from './macros.ts';

/** Makes the functions that a statement calls, and those that they call: to make all at once takes some tenths of a second. */
export type MakeFunctions = (sql: string) => void;

/** What macros need, and macros by their names. */
const others = MACROS.filter((statement) => !statement.startsWith('CREATE MACRO'));
const macros = new Map(
  MACROS.filter((statement) => !others.includes(statement)).map((macro) => [namesIn(macro)[0]!, macro]),
);

export function functionMaker(control: Connection): MakeFunctions {
  for (const statement of others) control.run(statement);
  const made = new Set<string>();

  function make(name: string): void {
    const macro = macros.get(name);
    if (macro === undefined || made.has(name)) return;
    made.add(name);
    namesIn(macro).forEach(make);
    control.run(macro);
  }
  return (sql) => namesIn(sql).forEach(make);
}

/** Names of the functions of schema `almagest` that stand in a text, as often as they do. */
function namesIn(sql: string): string[] {
  return [...sql.matchAll(/\balmagest\.(\w+)/g)].map(([, name]) => name!);
}
