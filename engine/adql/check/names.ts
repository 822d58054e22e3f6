import { nearestName } from '../../nearest-name.ts';
import type { Identifier } from '../syntax-tree.ts';

/** Whether an identifier means a name: by case if it is delimited (ADQL 2.1 §2.1.6). */
export function means({ name, delimited }: Identifier, known: string): boolean {
  return delimited ? name === known : name.toLowerCase() === known.toLowerCase();
}

/** `: is “known” meant?`, or nothing if no known name is like it. */
export function suggestion(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  return nearest === null ? '' : `: is “${nearest}” meant?`;
}

/** Names in a message: `a, b and 3 more`. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, 5);
  const rest = names.length - shown.length;
  return rest > 0 ? `${shown.join(', ')} and ${rest} more` : shown.join(', ');
}
