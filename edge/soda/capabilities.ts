import { capabilitiesOf, examplesCapability, vosiCapability } from '../vosi/capabilities.ts';
import { element, textElement } from '../vosi/xml.ts';
import { SODA_IDS } from './standard.ts';

/** SODA as capabilities describe it. @param url of SODA, without a trailing slash. */
export function sodaCapabilityElements(url: string): string[] {
  return [
    sodaCapability(SODA_IDS.sync, `${url}/sync`, 'Cutouts of images and cubes, answered at once.'),
    sodaCapability(SODA_IDS.async, `${url}/async`, 'The same as jobs.'),
  ];
}

/** VOSI 1.1 §3.1 for SODA alone. @param url without a trailing slash. */
export function sodaCapabilities(url: string): string {
  return capabilitiesOf({}, [
    ...sodaCapabilityElements(url),
    vosiCapability(`${url}/capabilities`, 'ivo://ivoa.net/std/VOSI#capabilities'),
    vosiCapability(`${url}/availability`, 'ivo://ivoa.net/std/VOSI#availability'),
    examplesCapability(`${url}/examples`),
  ]);
}

function sodaCapability(standardId: string, url: string, description: string): string {
  return element('capability', { standardID: standardId }, [
    textElement('description', description),
    element('interface', { 'xsi:type': 'vs:ParamHTTP', role: 'std', version: '1.0' }, [
      textElement('accessURL', url, { use: 'base' }),
      textElement('queryType', 'GET'),
      textElement('queryType', 'POST'),
    ]),
  ]);
}
