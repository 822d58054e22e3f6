import assert from 'node:assert/strict';
import { XMLParser, XMLValidator } from 'fast-xml-parser';

/** What a test wants to know of a VOTable in TABLEDATA, or of one without a table. */
export interface Votable {
  /** Attributes of the FIELDs, in order. */
  readonly fields: readonly Record<string, string>[];
  readonly rows: readonly (readonly string[])[];
  /** Values of the INFOs by name; of QUERY_STATUS the last, which is the one that counts. */
  readonly infos: ReadonlyMap<string, string>;
  /** Text of the last QUERY_STATUS. */
  readonly message: string;
}

type Xml = Record<string, unknown>;

const LISTS = new Set(['INFO', 'FIELD', 'TR', 'TD']);

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '',
  alwaysCreateTextNode: true,
  parseTagValue: false,
  isArray: (name) => LISTS.has(name),
});

/** @throws AssertionError where the text is not well-formed XML or no VOTable. */
export function parseVotable(text: string): Votable {
  assert.equal(XMLValidator.validate(text), true);
  const { VOTABLE } = parser.parse(text) as { VOTABLE: { INFO?: Xml[]; RESOURCE: Xml | Xml[] } };
  // Services that rows can be given to have RESOURCEs of their own, which come after.
  const resource = [VOTABLE.RESOURCE].flat()[0] as {
    type: string;
    INFO: Xml[];
    TABLE?: { FIELD: Xml[]; DATA?: Xml };
  };
  assert.equal(resource.type, 'results');
  const rows = (resource.TABLE?.DATA?.TABLEDATA as { TR?: { TD: Xml[] }[] } | undefined)?.TR ?? [];
  return {
    fields: (resource.TABLE?.FIELD ?? []) as Record<string, string>[],
    rows: rows.map(({ TD }) => TD.map((cell) => String(cell['#text']))),
    infos: new Map(
      [...(VOTABLE.INFO ?? []), ...resource.INFO].map(({ name, value }) => [String(name), String(value)]),
    ),
    message: String(resource.INFO.findLast(({ name }) => name === 'QUERY_STATUS')?.['#text']),
  };
}
