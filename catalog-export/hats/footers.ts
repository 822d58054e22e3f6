import type { DataFooter } from './footer.ts';

/** The footers of a release's data files, as long as they are not too many for `_metadata`. */
export interface Footers {
  add(footer: DataFooter): void;
  /** Null where they are too many. */
  list(): readonly DataFooter[] | null;
}

/** `_metadata` has the footers of all files: beyond this neither clients nor the memory here would be glad of it. */
const MOST_BYTES = 32 * 2 ** 20;

export function collectedFooters(mostBytes = MOST_BYTES): Footers {
  let footers: DataFooter[] | null = [];
  let bytes = 0;
  return {
    add(footer) {
      bytes += footer.footer.length;
      if (bytes > mostBytes) footers = null;
      footers?.push(footer);
    },
    list: () => footers,
  };
}
