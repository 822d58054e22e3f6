import { type Card, closedHeader, writeCommentary } from './card.ts';
import { headerText, numberOf } from './header.ts';
import type { FitsImage } from './image.ts';
import { type Section, sectionAxes } from './section.ts';
import { cardOf } from './uncompressed-header.ts';

/** Keywords that say how the file is laid out, or are true of the whole image only. */
const OF_FILE =
  /^(SIMPLE|XTENSION|BITPIX|NAXIS\d*|EXTEND|PCOUNT|GCOUNT|GROUPS|BLOCKED|INHERIT|CHECKSUM|DATASUM|NEXTEND|END|DATAMIN|DATAMAX)$/;
/** Distortion by tables in other HDUs, which a cutout has not. */
const OF_TABLES =
  /^(CPDIS\d+|CPERR\d+|CQDIS\d+|CQERR\d+|D2IMDIS\d+|D2IMERR\d+|D2IMARR\d*|DP\d+(\..*)?|DQ\d+(\..*)?|D2IM\d+(\..*)?)$/;

/**
 * The header of a section as an image in a primary HDU, ready to be written: coordinates are those of the same pixels of the whole image (CRPIXn of all
 * versions, and the IRAF and DSS keywords like them, are moved; distortions go with them), what compressed or inherited is there no longer.
 * @param history a line for each HISTORY card or several.
 */
export function cutoutHeader(image: FitsImage, section: Section, history: readonly string[]): string {
  const layout = [
    cardOf('SIMPLE', true, 'FITS 4.0'),
    cardOf('BITPIX', image.bitpix),
    cardOf('NAXIS', image.axes.length),
    ...sectionAxes(section).map((side, axis) => cardOf(`NAXIS${axis + 1}`, side)),
  ];
  const own = image.header.cards.filter(({ keyword }) => !OF_FILE.test(keyword) && !OF_TABLES.test(keyword));
  const cards = [...layout, ...own.map((card) => moved(card, section)), ...missingReference(image, section)];
  const text = cards.map((card) => card.text).join('');
  return closedHeader(
    text + inherited(image) + history.map((line) => writeCommentary('HISTORY', line)).join(''),
  );
}

/** CRPIXna, LTVn and CNPIXn, of a part of the image. */
function moved(card: Card, { first }: Section): Card {
  const [, name, number] = /^(CRPIX|LTV|CNPIX)(\d+)[A-Z]?$/.exec(card.keyword) ?? [];
  const offset = (first[Number(number) - 1] ?? 1) - 1;
  if (name === undefined || typeof card.value !== 'number' || offset === 0) return card;
  const sign = name === 'CNPIX' ? 1 : -1;
  return cardOf(card.keyword, card.value + sign * offset, card.comment);
}

/** CRPIXn is 0 where a header with coordinates does not give it. */
function missingReference({ header, axes }: FitsImage, { first }: Section): Card[] {
  const missing = axes.flatMap((_, axis) => {
    const n = axis + 1;
    const hasCoordinates = [`CTYPE${n}`, `CRVAL${n}`, `CDELT${n}`].some((keyword) =>
      header.values.has(keyword),
    );
    return hasCoordinates && numberOf(header, `CRPIX${n}`) === null && first[axis]! > 1 ? [n] : [];
  });
  return missing.map((n) => cardOf(`CRPIX${n}`, 1 - first[n - 1]!));
}

/** Cards of the primary header that the image does not have itself (FITS 4.0, appendix K). */
function inherited({ inherited, header }: FitsImage): string {
  if (inherited === null) return '';
  const cards = inherited.cards.filter(({ keyword }) => {
    if (OF_FILE.test(keyword) || OF_TABLES.test(keyword) || keyword === '') return false;
    return keyword === 'COMMENT' || keyword === 'HISTORY' || !header.values.has(keyword);
  });
  return headerText({ cards, values: new Map() });
}
