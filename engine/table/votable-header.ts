import { type Column, isText } from '../catalog/column.ts';
import { remembered } from '../remembered.ts';
import type { Info } from './result.ts';
import { type ColumnIds, columnIds, type ServiceDescriptor, serviceElements } from './service-descriptor.ts';
import { nullInteger } from './votable-arrays.ts';
import { attributes, escapeXml } from './xml.ts';

/** Everything of a VOTable but its rows. */
export interface VotableHeader {
  /** TABLE name. */
  readonly name: string;
  readonly description: string | null;
  readonly columns: readonly Column[];
  readonly infos: readonly Info[];
  /** Those that refer to columns give these an XML ID. */
  readonly services?: readonly ServiceDescriptor[];
}

/** Start of a document (VOTable 1.4 §3.1: the namespace stays that of 1.3). */
export const VOTABLE_OPEN =
  '<?xml version="1.0" encoding="UTF-8"?>\n<VOTABLE version="1.4" xmlns="http://www.ivoa.net/xml/VOTable/v1.3">\n';

export const VOTABLE_CLOSE = '</VOTABLE>\n';

/** Positions are ICRS throughout Almagest; the epoch of a catalogue is in its columns' descriptions. */
const COOSYS = '<COOSYS ID="ICRS" system="ICRS"/>\n';

/** In UCD1+, or in the UCD1 words that SCS 1.03 §2.2 wants. */
const isPosition = (column: Column): boolean =>
  /^(pos\.eq\.(ra|dec)(;|$)|POS_EQ_(RA|DEC)_MAIN$)/.test(column.ucd ?? '');

/** INFO element (VOTable 1.4 §4.4); a value of its own and, where there is one, text. */
export function infoElement({ name, value, text }: Info): string {
  const start = `<INFO name="${escapeXml(name)}" value="${escapeXml(value)}"`;
  return `${start}${text === undefined ? '/>' : `>${escapeXml(text)}</INFO>`}\n`;
}

/**
 * The arraysize under which a column goes out. One character is `1*`: without an arraysize, or with `1`,
 * readers take it for a mistake, and only a string of variable length can be empty.
 */
export function votableArraysize(column: Column): string | null {
  return column.arraysize ?? (isText(column) ? '1*' : null);
}

/**
 * FIELD element of a column (VOTable 1.4 §4.1). Equatorial positions refer to the COOSYS with ID `ICRS`,
 * which the same RESOURCE must then hold: `coosysElement` gives it.
 * @param id XML ID, where something refers to the column.
 */
export function fieldElement(column: Column, id: string | null = null): string {
  const { name, datatype, xtype, unit, ucd, utype, description } = column;
  const arraysize = votableArraysize(column);
  const ref = isPosition(column) ? 'ICRS' : null;
  const start = `<FIELD${attributes({ ID: id, name, datatype, arraysize, xtype, unit, ucd, utype, ref })}`;
  const none = nullInteger(column);
  const content = [
    description === null ? '' : `<DESCRIPTION>${escapeXml(description)}</DESCRIPTION>\n`,
    none === null ? '' : `<VALUES null="${none}"/>\n`,
  ].join('');
  return content === '' ? `${start}/>\n` : `${start}>\n${content}</FIELD>\n`;
}

/** The COOSYS that the columns refer to; empty where none holds an equatorial position. */
export function coosysElement(columns: readonly Column[]): string {
  return columns.some(isPosition) ? COOSYS : '';
}

const fieldElements = remembered((columns: readonly Column[]) =>
  columns.map((column) => fieldElement(column)).join(''),
);
const coosysOf = remembered(coosysElement);

/** From RESOURCE to the last FIELD: what stands before DATA. DALI 1.1 §4.4 wants `type="results"`. */
export function resourceOpen({ name, description, columns, infos, services = [] }: VotableHeader): string {
  const ids = columnIds(columns, services);
  return [
    '<RESOURCE type="results">\n',
    ...infos.map(infoElement),
    coosysOf(columns),
    `<TABLE name="${escapeXml(name)}">\n`,
    description === null ? '' : `<DESCRIPTION>${escapeXml(description)}</DESCRIPTION>\n`,
    ids.size === 0 ? fieldElements(columns) : referredFields(columns, ids),
  ].join('');
}

/** Of several columns of one name only the first has the ID. */
function referredFields(columns: readonly Column[], ids: ColumnIds): string {
  const left = new Map(ids);
  return columns
    .map((column) => {
      const id = left.get(column.name) ?? null;
      left.delete(column.name);
      return fieldElement(column, id);
    })
    .join('');
}

export const TABLE_CLOSE = '</TABLE>\n';

export const RESOURCE_CLOSE = '</RESOURCE>\n';

/** A whole document that describes columns and has no DATA, as VOParquet 1.0 puts into a Parquet footer. */
export function votableWithoutData(header: VotableHeader): string {
  return (
    VOTABLE_OPEN +
    resourceOpen(header) +
    TABLE_CLOSE +
    RESOURCE_CLOSE +
    serviceElements(header) +
    VOTABLE_CLOSE
  );
}
