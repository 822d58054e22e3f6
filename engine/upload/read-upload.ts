import type { Column } from '../catalog/column.ts';
import { isText } from '../catalog/column.ts';
import { readArrow } from './arrow.ts';
import { readCsv } from './csv.ts';
import { readFits } from './fits.ts';
import { gunzipped } from './gunzip.ts';
import { readParquet } from './parquet.ts';
import { TAP_UPLOAD, type Upload, UploadError, type UploadedRows, type UploadLimits } from './upload.ts';
import { readVotable } from './votable.ts';

/**
 * Reads a file as the table `TAP_UPLOAD.<name>`. What it is tell its first bytes: what senders call their files often is something else.
 * @throws UploadError
 */
export async function readUpload(name: string, file: Uint8Array, limits: UploadLimits): Promise<Upload> {
  if (file.length > limits.bytes) throw tooLong(limits);
  const { columns, description, blocks } = await rowsOf(file, limits);
  const table = {
    schema: TAP_UPLOAD,
    schemaDescription: 'Tables that came with the query',
    name,
    description,
    utype: null,
    columns: withoutClaims(columns),
  };
  return { table, rows: blocks.reduce((sum, { length }) => sum + length, 0), blocks };
}

async function rowsOf(file: Uint8Array, limits: UploadLimits): Promise<UploadedRows> {
  if (file[0] === 0x1f && file[1] === 0x8b) {
    const bytes = await gunzipped(file, limits.bytes);
    if (bytes === null) throw tooLong(limits);
    if (bytes[0] === 0x1f && bytes[1] === 0x8b) throw new UploadError('it is compressed twice');
    return rowsOf(bytes, limits);
  }
  if (startsWith(file, /^(\xef\xbb\xbf|\xfe\xff\0|\xff\xfe)?\s*</)) return readVotable(file, limits);
  if (file.length === 0) throw new UploadError('it is empty');
  if (startsWith(file, /^SIMPLE {2}=/)) return readFits(file, limits);
  if (startsWith(file, /^PAR1/)) return readParquet(file, limits);
  if (startsWith(file, /^(ARROW1\0\0|\xff\xff\xff\xff)/)) return readArrow(file, limits);
  return readCsv(file, limits);
}

const HEAD_BYTES = 100;

function startsWith(bytes: Uint8Array, pattern: RegExp): boolean {
  return pattern.test(String.fromCharCode(...bytes.subarray(0, HEAD_BYTES)));
}

function tooLong({ bytes }: UploadLimits): UploadError {
  return new UploadError(`it has more than ${bytes} bytes, the most that are taken here`, { tooLarge: true });
}

/** A file may say of its columns what is not so; queries believe what is said of them. */
function withoutClaims(columns: readonly Column[]): Column[] {
  const count = (ucd: string) => columns.filter((column) => column.ucd === ucd).length;
  const isPosition = POSITION.every((ucd) => count(ucd) === 1);
  return columns.map((column) => {
    const { ucd } = column;
    const isMain = ucd === ID ? count(ID) === 1 : ucd !== null && POSITION.includes(ucd) ? isPosition : true;
    return {
      ...column,
      ucd: isMain ? ucd : ucd!.replace(/;meta\.main$/, ''),
      xtype: hasXtype(column) ? column.xtype : null,
    };
  });
}

const ID = 'meta.id;meta.main';
const POSITION = ['pos.eq.ra;meta.main', 'pos.eq.dec;meta.main'];

/** DALI 1.1 §3.3: what the values of an xtype are. */
const ARRAYS: Readonly<Record<string, RegExp>> = {
  point: /^2$/,
  circle: /^3$/,
  polygon: /\d|\*/,
  interval: /^2$/,
};

function hasXtype({ datatype, arraysize, xtype }: Column): boolean {
  if (xtype === null) return true;
  const name = xtype.toLowerCase().replace(/^adql:/, '');
  if (name === 'timestamp' || name === 'region') return isText({ datatype });
  const shape = ARRAYS[name];
  return shape === undefined || (datatype === 'double' && shape.test(arraysize ?? ''));
}
