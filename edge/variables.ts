/** A worker's variables: texts, as workerd and wrangler give them; one that is empty or absent has its default. */
export type Variables<Name extends string> = { readonly [name in Name]?: string };

/** @throws Error naming the variable that is wrong, and what would be right. */
export function numberVariable<Name extends string>(
  env: Variables<Name>,
  name: Name,
  absent: number,
  least: number,
  most: number,
): number {
  const text = env[name];
  if (!text) return absent;
  const value = Number(text);
  if (value >= least && value <= most) return value;
  throw new Error(`${name} is "${text}": it must be a number from ${least} to ${most}`);
}

/**
 * PUBLIC_URL without a trailing slash; null where there is none.
 * @throws Error where it is no address.
 */
export function publicUrl(text: string | undefined): string | null {
  if (!text) return null;
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text))
    throw new Error(`PUBLIC_URL is "${text}": it must be an address such as https://vo.example.org`);
  return text.replace(/\/+$/, '');
}
