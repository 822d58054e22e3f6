import { BLOCK, CARD } from './card.ts';
import { FitsError } from './errors.ts';
import { type FitsHeader, integerOf, logicalOf, parseHeader, requiredInteger, textOf } from './header.ts';
import type { FitsSource } from './source.ts';

/**
 * What an HDU holds. `compressed` is a binary table that holds a tile-compressed image (FITS 4.0 §10.1), `empty` one that has a
 * header and no data, `other` what is none of these, such as random groups.
 */
export type HduKind = 'image' | 'compressed' | 'table' | 'empty' | 'other';

/** A header and where its data lie; offsets are in bytes from the start of the file. */
export interface Hdu {
  /** 0 is the primary HDU. */
  readonly index: number;
  /** EXTNAME. */
  readonly name: string | null;
  readonly kind: HduKind;
  readonly header: FitsHeader;
  /** The header's 80-character cards one after another, up to but without END. */
  readonly cards: string;
  readonly headerOffset: number;
  readonly dataOffset: number;
  /** With the heap of a table and the padding to whole blocks, which the last HDU may lack. */
  readonly dataBytes: number;
}

/** Bytes read at a time: most headers are shorter. */
const READ = 65_536;
/** Longer headers are taken for damage. */
const LONGEST_HEADER = 2 ** 23;
/** More are taken for damage. */
const MOST_HDUS = 10_000;

/**
 * The HDUs of a file; data are jumped over, so that few bytes are read.
 * @throws {FitsError} `not-fits`, `truncated` or `bad-header`, naming the HDU and, of a truncated one, the bytes that are missing
 */
export async function readHdus(source: FitsSource): Promise<Hdu[]> {
  const pages = pageReader(source);
  await requireFits(source, pages);
  const hdus: Hdu[] = [];
  let offset = 0;
  while (offset < source.size && hdus.length < MOST_HDUS) {
    // What follows the last HDU may be anything (FITS 4.0 §3.5).
    if (offset > 0 && !(await pages(offset, 8)).startsWith('XTENSION')) break;
    const hdu = await readHdu(source, pages, hdus.length, offset);
    hdus.push(hdu);
    offset = hdu.dataOffset + hdu.dataBytes;
  }
  return hdus;
}

type Pages = (offset: number, length: number) => Promise<string>;

/** Reads texts, in pieces that are not read twice in a row. */
function pageReader(source: FitsSource): Pages {
  const decoder = new TextDecoder('latin1');
  let start = 0;
  let page = new Uint8Array();
  return async (offset, length) => {
    if (offset < start || offset + length > start + page.length) {
      start = offset;
      page = new Uint8Array(
        await source.read(offset, Math.min(Math.max(READ, length), source.size - offset)),
      );
    }
    return decoder.decode(page.subarray(offset - start, offset - start + length));
  };
}

async function requireFits(source: FitsSource, pages: Pages): Promise<void> {
  const not = (reason: string) =>
    new FitsError('not-fits', null, `${source.name} is not a FITS file: ${reason}`);
  if (source.size === 0) throw not('it is empty');
  const start = await pages(0, CARD);
  // 1F 8B, as TextDecoder reads them.
  if (start.startsWith('\x1f\u2039')) throw not('it is compressed by gzip as a whole. Unpack it first');
  if (start.startsWith('BZh')) throw not('it is compressed by bzip2 as a whole. Unpack it first');
  if (!/^SIMPLE {2}=/.test(start)) throw not('it does not begin with the keyword SIMPLE');
  if (start.slice(10).split('/')[0]?.trim() !== 'T') throw not('its keyword SIMPLE is not T');
}

async function readHdu(source: FitsSource, pages: Pages, index: number, headerOffset: number): Promise<Hdu> {
  const { cards, bytes } = await readCards(source, pages, index, headerOffset);
  const header = parseHeader(cards);
  const dataOffset = headerOffset + bytes;
  const needed = dataSize(header, index);
  const there = source.size - dataOffset;
  if (needed > there) {
    throw new FitsError(
      'truncated',
      index,
      `${source.name} is truncated: the data${nameOf(header)} take ${needed} bytes from byte ${dataOffset} on, of which the file has ${there}: ${needed - there} bytes are missing`,
    );
  }
  return {
    index,
    name: textOf(header, 'EXTNAME'),
    kind: kindOf(header, index, needed),
    header,
    cards,
    headerOffset,
    dataOffset,
    dataBytes: Math.min(Math.ceil(needed / BLOCK) * BLOCK, there),
  };
}

function nameOf(header: FitsHeader): string {
  const name = textOf(header, 'EXTNAME');
  return name === null ? '' : ` of ${name}`;
}

async function readCards(source: FitsSource, pages: Pages, index: number, headerOffset: number) {
  let cards = '';
  for (let offset = headerOffset; ; offset += BLOCK) {
    if (offset >= source.size || offset - headerOffset > LONGEST_HEADER) {
      const code = offset >= source.size ? 'truncated' : 'bad-header';
      throw new FitsError(
        code,
        index,
        `${source.name} has no END card in the header that begins at byte ${headerOffset}, up to byte ${Math.min(offset, source.size)}`,
      );
    }
    const block = await pages(offset, Math.min(BLOCK, source.size - offset));
    for (let at = 0; at < block.length; at += CARD) {
      const card = block.slice(at, at + CARD);
      if (card.trimEnd() === 'END') {
        cards += block.slice(0, at);
        return { cards, bytes: offset - headerOffset + BLOCK };
      }
      if (/[^\x20-\x7e]/.test(card)) throw unreadable(source, index, offset + at, card);
    }
    cards += block;
  }
}

function unreadable({ name }: FitsSource, index: number, offset: number, card: string): FitsError {
  const keyword = card
    .slice(0, 8)
    .replaceAll(/[^\x20-\x7e]/g, '?')
    .trim();
  return new FitsError(
    'bad-header',
    index,
    `${name} has a character that is not ASCII in the card at byte ${offset} (${keyword}): cards are printable ASCII up to END`,
  );
}

/** Bytes of data without padding (FITS 4.0 §4.4.1.2, §7.1.2). */
function dataSize(header: FitsHeader, index: number): number {
  const bitpix = bitpixOf(header, 'BITPIX', index);
  const naxis = requiredInteger(header, 'NAXIS', 0, 999, index);
  if (naxis === 0) return 0;
  const sides = Array.from({ length: naxis }, (_, axis) =>
    requiredInteger(header, `NAXIS${axis + 1}`, 0, Number.MAX_SAFE_INTEGER, index),
  );
  const groups = sides[0] === 0 && logicalOf(header, 'GROUPS') === true;
  const elements = (groups ? sides.slice(1) : sides).reduce((product, side) => product * side, 1);
  const pcount = integerOf(header, 'PCOUNT') ?? 0;
  const gcount = integerOf(header, 'GCOUNT') ?? 1;
  const bytes = (Math.abs(bitpix) / 8) * gcount * (pcount + elements);
  if (!Number.isSafeInteger(bytes) || bytes < 0) {
    throw new FitsError('bad-header', index, `NAXISn, PCOUNT and GCOUNT make data of ${bytes} bytes`);
  }
  return bytes;
}

/** BITPIX or ZBITPIX. */
export function bitpixOf(header: FitsHeader, keyword: string, hdu: number | null): number {
  const bitpix = requiredInteger(header, keyword, -64, 64, hdu);
  if ([8, 16, 32, 64, -32, -64].includes(bitpix)) return bitpix;
  throw new FitsError('bad-header', hdu, `${keyword} is ${bitpix}: it must be 8, 16, 32, 64, -32 or -64`);
}

function kindOf(header: FitsHeader, index: number, bytes: number): HduKind {
  const extension = textOf(header, 'XTENSION');
  if (index > 0 && (extension === 'BINTABLE' || extension === 'A3DTABLE')) {
    return logicalOf(header, 'ZIMAGE') === true ? 'compressed' : 'table';
  }
  if (index > 0 && extension === 'TABLE') return 'table';
  if (index > 0 && extension !== 'IMAGE' && extension !== 'IUEIMAGE') return 'other';
  if (logicalOf(header, 'GROUPS') === true && integerOf(header, 'NAXIS1') === 0) return 'other';
  return bytes === 0 ? 'empty' : 'image';
}
