import type { Position } from '../../engine/healpix-wasm/kernel.ts';
import type { ServiceParameter } from '../../engine/table/service-descriptor.ts';
import type { Limits } from '../service.ts';
import { capabilitiesOf, vosiCapability } from '../vosi/capabilities.ts';
import { element, textElement } from '../vosi/xml.ts';
import { SIA_NAMESPACES, SIA1_ID, SIA2_ID } from './standard.ts';
import { MAX_IMAGES, PARAMETERS as PARAMETERS_OF_SIA1 } from './v1/parameters.ts';
import { PARAMETERS as PARAMETERS_OF_SIA2 } from './v2/descriptor.ts';

/**
 * SIA 2.0 as capabilities describe it.
 * @param url without a trailing slash.
 * @param example a position that an image covers; null where there is none.
 */
export function sia2Capability(url: string, { maxRecords }: Limits, example: Position | null): string {
  return element('capability', { 'xsi:type': 'sia:SimpleImageAccess', standardID: SIA2_ID }, [
    textElement('description', 'Images by where, when and how they were taken.'),
    element('interface', { 'xsi:type': 'vs:ParamHTTP', role: 'std', version: '2.0' }, [
      textElement('accessURL', `${url}/query`, { use: 'base' }),
      ...requestElements(PARAMETERS_OF_SIA2),
      textElement('testQuery', example && `POS=CIRCLE+${example.lon}+${example.lat}+0.1`),
    ]),
    ...imageElements(maxRecords, example),
  ]);
}

/** The same for SIA 1.0. */
export function sia1Capability(url: string, { maxRecords }: Limits, example: Position | null): string {
  return element('capability', { 'xsi:type': 'sia:SimpleImageAccess', standardID: SIA1_ID }, [
    textElement('description', 'Images by position, for the programs that know only SIA 1.0.'),
    element('interface', { 'xsi:type': 'vs:ParamHTTP', role: 'std', version: '1.0' }, [
      textElement('accessURL', `${url}?`, { use: 'base' }),
      ...requestElements(PARAMETERS_OF_SIA1),
      textElement('testQuery', example && `POS=${example.lon},${example.lat}&SIZE=0.1`),
    ]),
    ...imageElements(Math.min(maxRecords, MAX_IMAGES), example),
  ]);
}

/** VOSI 1.1 §3.1 for SIA 2.0 alone. @param url without a trailing slash. */
export function sia2Capabilities(url: string, limits: Limits, example: Position | null): string {
  return capabilitiesOf(SIA_NAMESPACES, [sia2Capability(url, limits, example), ...vosi(url)]);
}

/** VOSI 1.1 §3.1 for SIA 1.0 alone. @param url without a trailing slash. */
export function sia1Capabilities(url: string, limits: Limits, example: Position | null): string {
  return capabilitiesOf(SIA_NAMESPACES, [sia1Capability(url, limits, example), ...vosi(url)]);
}

function vosi(url: string): string[] {
  return [
    vosiCapability(`${url}/capabilities`, 'ivo://ivoa.net/std/VOSI#capabilities'),
    vosiCapability(`${url}/availability`, 'ivo://ivoa.net/std/VOSI#availability'),
  ];
}

function requestElements(parameters: readonly ServiceParameter[]): string[] {
  return [
    textElement('queryType', 'GET'),
    textElement('queryType', 'POST'),
    textElement('resultType', 'application/x-votable+xml'),
    ...parameters.map(({ name, description, unit, ucd, datatype }) =>
      element('param', { use: 'optional', std: 'true' }, [
        textElement('name', name),
        textElement('description', description),
        textElement('unit', unit),
        textElement('ucd', ucd),
        textElement('dataType', DATA_TYPES[datatype] ?? 'string'),
      ]),
    ),
  ];
}

/** VODataService 1.2 §3.2.3. */
const DATA_TYPES: Readonly<Record<string, string>> = { int: 'integer', char: 'string' };

/** What SimpleDALRegExt asks of image services; images are given as they are, and are of any size. */
function imageElements(maxRecords: number, example: Position | null): string[] {
  return [
    textElement('imageServiceType', 'Pointed'),
    textElement('maxRecords', maxRecords),
    ...(example === null
      ? []
      : [
          element('testQuery', {}, [
            element('pos', {}, [textElement('long', example.lon), textElement('lat', example.lat)]),
            element('size', {}, [textElement('long', 0.1), textElement('lat', 0.1)]),
          ]),
        ]),
  ];
}
