import type { Cone } from '../../engine/healpix-wasm/kernel.ts';
import { MOC_MEDIA_TYPES } from '../moc/moc-format.ts';
import { STANDARD_ID } from '../scs/answer.ts';
import { MAX_NEAREST } from '../scs/parameters.ts';
import { OFFERED, SHORT_NAMES } from '../scs/response-format.ts';
import type { Limits } from '../service.ts';
import { element, textElement, XML_DECLARATION } from './xml.ts';

/** A catalogue's cone search, as capabilities describe it. */
export interface ConeSearchEndpoint {
  /** Address without parameters. */
  readonly url: string;
  readonly description: string | null;
  /** A cone with rows in it; null for a catalogue without rows. */
  readonly test: Cone | null;
}

/** VOSI 1.1 §3.1: the VOSI endpoints below `root`, and the cone searches (SimpleDALRegExt 1.1 §3.1). */
export function capabilitiesDocument(
  root: string,
  endpoints: readonly ConeSearchEndpoint[],
  limits: Limits,
): string {
  return (
    XML_DECLARATION +
    element(
      'vosi:capabilities',
      {
        'xmlns:vosi': 'http://www.ivoa.net/xml/VOSICapabilities/v1.0',
        'xmlns:vr': 'http://www.ivoa.net/xml/VOResource/v1.0',
        'xmlns:vs': 'http://www.ivoa.net/xml/VODataService/v1.1',
        'xmlns:cs': 'http://www.ivoa.net/xml/ConeSearch/v1.0',
        'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance',
      },
      [
        ...VOSI_ENDPOINTS.map(([name, standardId]) => vosiCapability(`${root}/${name}`, standardId)),
        ...endpoints.flatMap((endpoint) => [coneSearchCapability(endpoint, limits), mocCapability(endpoint)]),
      ],
    )
  );
}

const VOSI_ENDPOINTS = [
  ['capabilities', 'ivo://ivoa.net/std/VOSI#capabilities'],
  ['availability', 'ivo://ivoa.net/std/VOSI#availability'],
  ['tables', 'ivo://ivoa.net/std/VOSI#tables-1.1'],
] as const;

function vosiCapability(url: string, standardId: string): string {
  return element('capability', { standardID: standardId }, [
    element('interface', { 'xsi:type': 'vs:ParamHTTP', role: 'std' }, [
      textElement('accessURL', url, { use: 'full' }),
      textElement('queryType', 'GET'),
      textElement('resultType', 'text/xml'),
    ]),
  ]);
}

function coneSearchCapability({ url, description, test }: ConeSearchEndpoint, limits: Limits): string {
  return element('capability', { 'xsi:type': 'cs:ConeSearch', standardID: STANDARD_ID }, [
    textElement('description', description),
    element('interface', { 'xsi:type': 'vs:ParamHTTP', role: 'std', version: '1.03' }, [
      textElement('accessURL', `${url}?`, { use: 'base' }),
      textElement('queryType', 'GET'),
      textElement('queryType', 'POST'),
      textElement('resultType', 'text/xml;content=x-votable'),
      ...inputParams(limits),
      ...(test ? [textElement('testQuery', testQuery(test))] : []),
    ]),
    textElement('maxSR', limits.maxRadius),
    textElement('maxRecords', limits.maxRecords),
    textElement('verbosity', 'true'),
    ...(test ? [testQueryElement(test)] : []),
  ]);
}

/** No standard has an identifier for it: a capability of the service's own (VOResource 1.1 §2.2.2). */
function mocCapability({ url }: ConeSearchEndpoint): string {
  return element('capability', {}, [
    textElement('description', 'Where on the sky the rows lie, as a MOC (MOC 2.0).'),
    element('interface', { 'xsi:type': 'vs:ParamHTTP' }, [
      textElement('accessURL', `${url}/moc`, { use: 'full' }),
      textElement('queryType', 'GET'),
      textElement('resultType', MOC_MEDIA_TYPES[0]!),
      element('param', { use: 'optional', std: 'true' }, [
        textElement('name', 'RESPONSEFORMAT'),
        textElement(
          'description',
          `Format of the MOC: fits (default), json or ascii, or one of ${MOC_MEDIA_TYPES.join(', ')}.`,
        ),
        textElement('dataType', 'string'),
      ]),
    ]),
  ]);
}

function testQuery({ lon, lat, radius }: Cone): string {
  return `RA=${lon}&DEC=${lat}&SR=${radius}`;
}

function testQueryElement({ lon, lat, radius }: Cone): string {
  return element('testQuery', {}, [
    textElement('ra', lon),
    textElement('dec', lat),
    textElement('sr', radius),
  ]);
}

interface InputParam {
  readonly name: string;
  readonly description: string;
  readonly dataType: 'real' | 'integer' | 'string';
  readonly unit?: string;
  readonly ucd?: string;
  readonly use?: 'required';
  /** Whether SCS 1.03 has it. */
  readonly std?: boolean;
}

function inputParams({ maxRadius, maxRecords, defaultRecords }: Limits): string[] {
  const params: readonly InputParam[] = [
    {
      name: 'RA',
      description: 'Right ascension of the centre, ICRS, from 0 to 360.',
      dataType: 'real',
      unit: 'deg',
      ucd: 'pos.eq.ra',
      use: 'required',
      std: true,
    },
    {
      name: 'DEC',
      description: 'Declination of the centre, ICRS, from -90 to 90.',
      dataType: 'real',
      unit: 'deg',
      ucd: 'pos.eq.dec',
      use: 'required',
      std: true,
    },
    {
      name: 'SR',
      description: `Radius of the cone, up to ${maxRadius}; 0 asks for the columns only.`,
      dataType: 'real',
      unit: 'deg',
      ucd: 'phys.angSize',
      use: 'required',
      std: true,
    },
    {
      name: 'VERB',
      description: 'Columns: 1 for identifier and position, 2 (default) for the principal ones, 3 for all.',
      dataType: 'integer',
      std: true,
    },
    {
      name: 'MAXREC',
      description: `Most rows of the answer, ${defaultRecords} if not given, up to ${maxRecords}; 0 asks for the columns only.`,
      dataType: 'integer',
    },
    {
      name: 'RESPONSEFORMAT',
      description: `Format of the answer: ${SHORT_NAMES} or one of ${OFFERED.join(', ')}; votable if not given.`,
      dataType: 'string',
    },
    {
      name: 'SORT',
      description: 'separation for the nearest first, none (default) for the order of storage.',
      dataType: 'string',
    },
    {
      name: 'NEAREST',
      description: `Only so many rows, the nearest, nearest first, from 1 to ${MAX_NEAREST}; SR may then be left out, and is ${maxRadius}.`,
      dataType: 'integer',
    },
  ];
  return params.map(({ name, description, dataType, unit, ucd, use, std }) =>
    element('param', { use: use ?? 'optional', std: String(std ?? false) }, [
      textElement('name', name),
      textElement('description', description),
      textElement('unit', unit ?? null),
      textElement('ucd', ucd ?? null),
      textElement('dataType', dataType),
    ]),
  );
}
