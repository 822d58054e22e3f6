import { capabilitiesOf, vosiCapability } from '../vosi/capabilities.ts';
import { element, textElement } from '../vosi/xml.ts';
import { DATALINK_TYPE, LINKS_ID } from './standard.ts';

/** `{links}` as capabilities describe it (DataLink 1.1 §2.2). @param url of DataLink, without a trailing slash. */
export function linksCapability(url: string): string {
  return element('capability', { standardID: LINKS_ID }, [
    textElement('description', 'Links to the files of images, previews, cutouts and related files.'),
    element('interface', { 'xsi:type': 'vs:ParamHTTP', role: 'std', version: '1.1' }, [
      textElement('accessURL', `${url}/links`, { use: 'base' }),
      textElement('queryType', 'GET'),
      textElement('queryType', 'POST'),
      textElement('resultType', DATALINK_TYPE),
      parameter('required', 'ID', 'Identifier of a dataset; may be given several times', 'meta.id;meta.main'),
      parameter('optional', 'RESPONSEFORMAT', 'Format of the list of links', null),
      parameter('optional', 'MAXREC', 'Rows at most; links of one dataset are never parted', null),
    ]),
  ]);
}

/** VOSI 1.1 §3.1 for DataLink alone. @param url without a trailing slash. */
export function datalinkCapabilities(url: string): string {
  return capabilitiesOf({}, [
    linksCapability(url),
    vosiCapability(`${url}/capabilities`, 'ivo://ivoa.net/std/VOSI#capabilities'),
    vosiCapability(`${url}/availability`, 'ivo://ivoa.net/std/VOSI#availability'),
  ]);
}

function parameter(use: string, name: string, description: string, ucd: string | null): string {
  return element('param', { std: 'true', use }, [
    textElement('name', name),
    textElement('description', description),
    textElement('ucd', ucd),
    textElement('dataType', 'string'),
  ]);
}
