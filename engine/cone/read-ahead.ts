/**
 * Loads items in order with a few loads under way, and gives the results in the items' order. A load that
 * fails is reported when its turn comes; those behind it are left to end unheard.
 */
export async function* readAhead<Item, Result>(
  items: AsyncIterable<Item>,
  depth: number,
  load: (item: Item) => Promise<Result>,
): AsyncGenerator<Result, void, undefined> {
  const loading: Promise<Result>[] = [];
  for await (const item of items) {
    const result = load(item);
    result.catch(() => {});
    loading.push(result);
    if (loading.length >= depth) yield await loading.shift()!;
  }
  for (const result of loading) yield await result;
}
