import { signature } from '../../engine/adql/functions/function.ts';
import { FUNCTIONS } from '../../engine/adql/functions/functions.ts';
import { isObscore, type Table } from '../../engine/catalog/table.ts';
import { OBSCORE_UTYPE } from '../../engine/obscore/utypes.ts';
import type { ResponseFormat } from '../request/response-format.ts';
import { TAP_FORMATS } from '../request/response-format.ts';
import { element, textElement } from '../vosi/xml.ts';
import { STANDARD_ID } from './answer-table.ts';
import type { TapService } from './service.ts';

/** Namespaces of a document with the capability. */
export const TAP_NAMESPACES = { 'xmlns:tr': 'http://www.ivoa.net/xml/TAPRegExt/v1.0' };

const REGISTRY = 'ivo://ivoa.net/std/TAPRegExt';

/**
 * TAP as capabilities describe it (TAPRegExt 1.0 §2).
 * @param url of TAP, without a trailing slash.
 * @param tables those published: what data models they follow is declared.
 * @param limits null where another worker knows them.
 */
export function tapCapability(url: string, tables: readonly Table[], limits: DeclaredLimits | null): string {
  return element('capability', { 'xsi:type': 'tr:TableAccess', standardID: STANDARD_ID }, [
    textElement('description', 'Queries of all tables in ADQL, answered at once or as jobs.'),
    element('interface', { 'xsi:type': 'vs:ParamHTTP', role: 'std', version: '1.1' }, [
      textElement('accessURL', url, { use: 'base' }),
    ]),
    ...(tables.some(isObscore) ? [OBSCORE_MODEL] : []),
    language(),
    ...outputFormats(),
    ...UPLOAD_METHODS,
    ...(limits === null ? [] : limitElements(limits)),
  ]);
}

const OBSCORE_MODEL = textElement('dataModel', 'ObsCore-1.1', { 'ivo-id': OBSCORE_UTYPE });

/** What clients are told of what a query may cost. */
export type DeclaredLimits = Pick<TapService, 'limits' | 'uploadLimits'>;

/** TAPRegExt 1.0 §2.4. */
const UPLOAD_METHODS = ['inline', 'http', 'https'].map((how) =>
  textElement('uploadMethod', '', { 'ivo-id': `${REGISTRY}#upload-${how}` }),
);

/** Seconds. */
const DAY = 86_400;

/** TAPRegExt 1.0 §2.6: times are those of jobs. */
function limitElements({ limits, uploadLimits }: DeclaredLimits): string[] {
  const { jobTimes, defaultRecords, maxRecords } = limits;
  return [
    element('retentionPeriod', {}, [
      textElement('default', Math.round(jobTimes.defaultDays * DAY)),
      textElement('hard', Math.round(jobTimes.days * DAY)),
    ]),
    element('executionDuration', {}, [
      textElement('default', jobTimes.defaultSeconds),
      textElement('hard', jobTimes.seconds),
    ]),
    element('outputLimit', {}, [
      textElement('default', defaultRecords, { unit: 'row' }),
      textElement('hard', maxRecords, { unit: 'row' }),
    ]),
    element('uploadLimit', {}, [
      textElement('default', uploadLimits.bytes, { unit: 'byte' }),
      textElement('hard', uploadLimits.bytes, { unit: 'byte' }),
    ]),
  ];
}

const GEOMETRY =
  'AREA BOX CENTROID CIRCLE CONTAINS COORD1 COORD2 COORDSYS DISTANCE INTERSECTS POINT POLYGON REGION';

/**
 * Optional features of ADQL 2.1 §4 by their type, each with its words. Identifiers have no case (IVOA Identifiers 2.0 §2.1); checkers
 * older than ADQL 2.1 compare them by letters, and call -conditional a mistake of their registry's.
 */
const FEATURES: Readonly<Record<string, string>> = {
  [`${REGISTRY}#features-adqlgeo`]: GEOMETRY,
  [`${REGISTRY}#features-adql-string`]: 'LOWER UPPER ILIKE',
  [`${REGISTRY}#features-adql-sets`]: 'UNION EXCEPT INTERSECT',
  [`${REGISTRY}#features-adql-common-table`]: 'WITH',
  [`${REGISTRY}#features-adql-type`]: 'CAST',
  [`${REGISTRY.toLowerCase()}#features-adql-conditional`]: 'COALESCE',
  [`${REGISTRY}#features-adql-unit`]: 'IN_UNIT',
  [`${REGISTRY}#features-adql-offset`]: 'OFFSET',
};

function language(): string {
  const functions = FUNCTIONS.filter(({ name }) => name.includes('_'));
  return element('language', {}, [
    textElement('name', 'ADQL'),
    textElement('version', '2.1', { 'ivo-id': 'ivo://ivoa.net/std/ADQL#v2.1' }),
    textElement('version', '2.0', { 'ivo-id': 'ivo://ivoa.net/std/ADQL#v2.0' }),
    textElement('description', 'ADQL 2.1, and what ADQL 2.0 has beside it'),
    element(
      'languageFeatures',
      { type: `${REGISTRY}#features-udf` },
      functions.map((fn) =>
        element('feature', {}, [
          textElement('form', signature(fn)),
          textElement('description', fn.description),
        ]),
      ),
    ),
    ...Object.entries(FEATURES).map(([type, words]) =>
      element(
        'languageFeatures',
        { type },
        words.split(' ').map((form) => element('feature', {}, [textElement('form', form)])),
      ),
    ),
  ]);
}

/** TAPRegExt 1.0 §2.3: what formats are called in the standard. */
const FORMAT_IDS: Readonly<Record<string, string>> = {
  'votable-binary2': `${REGISTRY}#output-votable-binary2`,
  'votable-tabledata': `${REGISTRY}#output-votable-td`,
};

/** Each format once, with the names by which it can be asked for. */
function outputFormats(): string[] {
  const byFormat = Map.groupBy(TAP_FORMATS.byName, ([, format]) => format);
  const others = [...byFormat.keys()].filter((format) => format !== TAP_FORMATS.standard);
  return [TAP_FORMATS.standard, ...others].map((format) =>
    outputFormat(format, byFormat.get(format)?.map(([name]) => name) ?? []),
  );
}

function outputFormat({ format, mediaType }: ResponseFormat, names: readonly string[]): string {
  return element('outputFormat', { 'ivo-id': FORMAT_IDS[format] ?? null }, [
    textElement('mime', mediaType),
    ...names.filter((name) => !name.includes(';')).map((name) => textElement('alias', name)),
  ]);
}
