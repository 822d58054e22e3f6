/**
 * The results of a task for each item, in the order of the items, up to `most` of them under way at a time.
 * Ends when all that were begun have ended, also where one fails or nobody wants the rest.
 */
export async function* inOrder<Item, Result>(
  items: AsyncIterable<Item> | Iterable<Item>,
  most: number,
  task: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const begun: Promise<Result>[] = [];
  try {
    for await (const item of items) {
      const result = task(item);
      // It is told to whoever waits for it in its turn.
      result.catch(() => {});
      begun.push(result);
      if (begun.length >= most) yield await begun.shift()!;
    }
    while (begun.length > 0) yield await begun.shift()!;
  } finally {
    await Promise.allSettled(begun);
  }
}
