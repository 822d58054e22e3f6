import type { Cone } from '../../engine/healpix-wasm/kernel.ts';
import { MOC_MEDIA_TYPES } from '../moc/moc-format.ts';
import { STANDARD_ID } from '../scs/answer.ts';
import { MAX_POSITIONS } from '../scs/cones/position-table.ts';
import type { Limits } from '../service.ts';
import { SIA_NAMESPACES } from '../sia/standard.ts';
import { TAP_NAMESPACES } from '../tap/capability.ts';
import { coneParams, conesParams, inputParam } from './cone-params.ts';
import { element, textElement, XML_DECLARATION } from './xml.ts';

/** A catalogue's cone search, as capabilities describe it. */
export interface ConeSearchEndpoint {
  /** Address without parameters. */
  readonly url: string;
  readonly description: string | null;
  /** A cone with rows in it; null for a catalogue without rows. */
  readonly test: Cone | null;
}

/**
 * VOSI 1.1 §3.1: the VOSI endpoints below `root`, and the cone searches (SimpleDALRegExt 1.1 §3.1).
 * @param others capabilities of other protocols.
 */
export function capabilitiesDocument(
  root: string,
  endpoints: readonly ConeSearchEndpoint[],
  limits: Limits,
  others: readonly string[],
): string {
  return capabilitiesOf(NAMESPACES, [
    ...VOSI_ENDPOINTS.map(([name, standardId]) => vosiCapability(`${root}/${name}`, standardId)),
    ...others,
    ...endpoints.flatMap((endpoint) => [
      coneSearchCapability(endpoint, limits),
      conesCapability(endpoint, limits),
      mocCapability(endpoint),
    ]),
  ]);
}

const NAMESPACES = {
  'xmlns:cs': 'http://www.ivoa.net/xml/ConeSearch/v1.0',
  ...TAP_NAMESPACES,
  ...SIA_NAMESPACES,
};

/** @param namespaces of the capabilities, beside those of VOSI, VOResource and VODataService. */
export function capabilitiesOf(
  namespaces: Readonly<Record<string, string>>,
  capabilities: readonly string[],
): string {
  const attributes = {
    'xmlns:vosi': 'http://www.ivoa.net/xml/VOSICapabilities/v1.0',
    'xmlns:vr': 'http://www.ivoa.net/xml/VOResource/v1.0',
    'xmlns:vs': 'http://www.ivoa.net/xml/VODataService/v1.1',
    'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance',
    ...namespaces,
  };
  return XML_DECLARATION + element('vosi:capabilities', attributes, capabilities);
}

const VOSI_ENDPOINTS = [
  ['capabilities', 'ivo://ivoa.net/std/VOSI#capabilities'],
  ['availability', 'ivo://ivoa.net/std/VOSI#availability'],
  ['tables', 'ivo://ivoa.net/std/VOSI#tables-1.1'],
] as const;

export function vosiCapability(url: string, standardId: string): string {
  return element('capability', { standardID: standardId }, [
    element('interface', { 'xsi:type': 'vs:ParamHTTP', role: 'std' }, [
      textElement('accessURL', url, { use: 'full' }),
      textElement('queryType', 'GET'),
      textElement('resultType', 'text/xml'),
    ]),
  ]);
}

/** DALI 1.1 §2.3. */
export function examplesCapability(url: string): string {
  return element('capability', { standardID: 'ivo://ivoa.net/std/DALI#examples' }, [
    element('interface', { 'xsi:type': 'vr:WebBrowser' }, [textElement('accessURL', url, { use: 'full' })]),
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
      ...coneParams(limits).map(inputParam),
      ...(test ? [textElement('testQuery', testQuery(test))] : []),
    ]),
    textElement('maxSR', limits.maxRadius),
    textElement('maxRecords', limits.maxRecords),
    textElement('verbosity', 'true'),
    ...(test ? [testQueryElement(test)] : []),
  ]);
}

/** No standard has an identifier for it: a capability of the service's own (VOResource 1.1 §2.2.2). */
function conesCapability({ url }: ConeSearchEndpoint, limits: Limits): string {
  return element('capability', {}, [
    textElement('description', `Cone searches around up to ${MAX_POSITIONS} positions in one request.`),
    element('interface', { 'xsi:type': 'vs:ParamHTTP' }, [
      textElement('accessURL', `${url}/cones`, { use: 'full' }),
      textElement('queryType', 'POST'),
      textElement('resultType', 'text/xml;content=x-votable'),
      ...conesParams(limits).map(inputParam),
    ]),
  ]);
}

/** No standard has an identifier for it either. */
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
