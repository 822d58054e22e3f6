import { type Card, writeCard } from './card.ts';
import { type FitsHeader, headerOf } from './header.ts';

/** Keywords of the table that holds a compressed image, and of how it was compressed (FITS 4.0 §10.1). */
const OF_TABLE =
  /^(XTENSION|BITPIX|NAXIS\d*|PCOUNT|GCOUNT|THEAP|TFIELDS|(TTYPE|TFORM|TUNIT|TNULL|TSCAL|TZERO|TDISP|TDIM)\d+|CHECKSUM|DATASUM)$/;
const OF_COMPRESSION =
  /^(ZIMAGE|ZTENSION|ZSIMPLE|ZEXTEND|ZBLOCKED|ZPCOUNT|ZGCOUNT|ZHECKSUM|ZDATASUM|ZCMPTYPE|ZTILE\d+|ZNAME\d+|ZVAL\d+|ZMASKCMP|ZQUANTIZ|ZDITHER0|ZBLANK|ZBITPIX|ZNAXIS\d*)$/;

/** The header that a compressed image had (FITS 4.0 §10.1.2), as that of an image extension. */
export function imageHeader(stored: FitsHeader): FitsHeader {
  const renamed = ['BITPIX', 'NAXIS', ...axisKeywords(stored)].map((keyword) =>
    cardOf(keyword, stored.values.get(`Z${keyword}`) ?? null),
  );
  const rest = stored.cards.filter(
    ({ keyword, value }) =>
      !OF_TABLE.test(keyword) &&
      !OF_COMPRESSION.test(keyword) &&
      !(keyword === 'EXTNAME' && value === 'COMPRESSED_IMAGE'),
  );
  return headerOf([cardOf('XTENSION', 'IMAGE'), ...renamed, ...rest]);
}

function axisKeywords(stored: FitsHeader): string[] {
  return [...stored.values.keys()]
    .filter((keyword) => /^ZNAXIS\d+$/.test(keyword))
    .map((keyword) => keyword.slice(1))
    .sort((a, b) => Number(a.slice(5)) - Number(b.slice(5)));
}

export function cardOf(keyword: string, value: Card['value'], comment = ''): Card {
  return { keyword, value, comment, text: writeCard(keyword, value, comment) };
}
