import type { Release } from '../../../engine/catalog/release.ts';
import type { ServiceParameter } from '../../../engine/table/service-descriptor.ts';
import {
  coosysElement,
  fieldElement,
  infoElement,
  RESOURCE_CLOSE,
  TABLE_CLOSE,
  VOTABLE_CLOSE,
  VOTABLE_OPEN,
} from '../../../engine/table/votable-header.ts';
import { attributes, escapeXml } from '../../../engine/table/xml.ts';
import { serviceInfos } from '../catalog.ts';
import { SIA1_ID } from '../standard.ts';
import { PROTOCOL } from './answer.ts';
import { COLUMNS } from './columns.ts';
import { PARAMETERS } from './parameters.ts';

/** The answer to FORMAT=METADATA (SIA 1.0 §6.1): a parameter for each that a request may have, and the columns of answers. */
export function metadataDocument(title: string, release: Release | null): string {
  return [
    VOTABLE_OPEN,
    '<RESOURCE type="results">\n',
    `<DESCRIPTION>${escapeXml(`Images of ${title}`)}</DESCRIPTION>\n`,
    infoElement({ name: 'QUERY_STATUS', value: 'OK' }),
    ...[PROTOCOL, ...serviceInfos(SIA1_ID, release)].map(infoElement),
    coosysElement(COLUMNS),
    ...PARAMETERS.map(inputElement),
    '<TABLE name="images">\n',
    ...COLUMNS.map((column) => fieldElement(column)),
    TABLE_CLOSE,
    RESOURCE_CLOSE,
    VOTABLE_CLOSE,
  ].join('');
}

function inputElement({
  name,
  datatype,
  arraysize,
  unit,
  ucd,
  value,
  options = [],
  description,
}: ServiceParameter) {
  const about = { name: `INPUT:${name}`, datatype, arraysize, unit, ucd, value: String(value ?? '') };
  const values =
    options.length === 0
      ? ''
      : `<VALUES>\n${options.map((option) => `<OPTION${attributes({ value: option })}/>\n`).join('')}</VALUES>\n`;
  return `<PARAM${attributes(about)}>\n<DESCRIPTION>${escapeXml(description)}</DESCRIPTION>\n${values}</PARAM>\n`;
}
