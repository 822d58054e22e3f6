import { XMLParser } from 'fast-xml-parser';
import type { Column } from '../../engine/catalog/column.ts';

/** Key of the DATA-less VOTable in a Parquet footer (VOParquet 1.0). */
export const VOPARQUET_KEY = 'IVOA.VOTable-Parquet.content';

export interface VoparquetMetadata {
  readonly description: string | null;
  /** By name of the Parquet column. */
  readonly columns: ReadonlyMap<string, Partial<Column>>;
  /** What the columns of arrays are, by name. */
  readonly shapes: ReadonlyMap<string, Pick<Column, 'arraysize' | 'xtype'>>;
}

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '',
  removeNSPrefix: true,
  parseAttributeValue: false,
  isArray: (name) => name === 'FIELD' || name === 'RESOURCE' || name === 'TABLE',
});

interface VotableField {
  name?: string;
  unit?: string;
  ucd?: string;
  utype?: string;
  arraysize?: string;
  xtype?: string;
  DESCRIPTION?: unknown;
}

/**
 * Descriptions, units and UCDs from the VOTable of a VOParquet footer. Types are the Parquet file's own.
 * A footer that is no VOTable says nothing.
 */
export function readVoparquet(xml: string): VoparquetMetadata | null {
  const table = firstTable(parseXml(xml));
  if (!table) return null;
  const fields = (table.FIELD ?? []) as VotableField[];
  return {
    description: textOf(table.DESCRIPTION),
    shapes: new Map(
      fields.flatMap(({ name, arraysize, xtype }) =>
        name === undefined ? [] : [[name, { arraysize: arraysize ?? null, xtype: xtype ?? null }]],
      ),
    ),
    columns: new Map(
      fields.flatMap(({ name, unit, ucd, utype, DESCRIPTION }) =>
        name === undefined
          ? []
          : [
              [
                name,
                {
                  unit: unit || null,
                  ucd: ucd || null,
                  utype: utype || null,
                  description: textOf(DESCRIPTION),
                },
              ],
            ],
      ),
    ),
  };
}

interface VotableNode {
  VOTABLE?: VotableNode;
  RESOURCE?: VotableNode[];
  TABLE?: VotableNode[];
  FIELD?: unknown[];
  DESCRIPTION?: unknown;
}

function parseXml(xml: string): VotableNode {
  try {
    return parser.parse(xml);
  } catch {
    return {};
  }
}

/** The first TABLE; RESOURCEs may be nested (VOTable 1.4 §3.2). */
function firstTable(node: VotableNode | undefined): VotableNode | null {
  if (!node) return null;
  if (node.TABLE?.[0]) return node.TABLE[0];
  for (const inner of [node.VOTABLE, ...(node.RESOURCE ?? [])]) {
    const found = firstTable(inner);
    if (found) return found;
  }
  return null;
}

function textOf(node: unknown): string | null {
  return typeof node === 'string' ? node.replaceAll(/\s+/g, ' ').trim() || null : null;
}
