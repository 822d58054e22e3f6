import type { Section } from '../../engine/fits/index.ts';
import { SOFTWARE } from '../service.ts';
import type { Cutout } from './cutout.ts';
import type { CutoutRequest } from './request.ts';

/** Characters of a parameter in the history. */
const LONGEST_VALUE = 500;

/** The section as FITS tools write it. */
export function sectionText({ first, last }: Section): string {
  return first.map((from, axis) => `${from}:${last[axis]}`).join(',');
}

/** Lines of HISTORY that say what a cutout was made of. */
export function provenance({ dataset, section }: Cutout, { asked }: CutoutRequest): string[] {
  const { did, file, hdu } = dataset;
  return [
    `Cut out by ${SOFTWARE}, IVOA SODA 1.0`,
    `Dataset: ${did}`,
    `Of the file ${file.name}, HDU ${hdu.index}, SHA-256`,
    file.sha256,
    `Pixels [${sectionText(section)}]`,
    ...(asked.length === 0 ? [] : [`Asked for by ${asked.map(shortened).join(', ')}`]),
  ];
}

/** A polygon may have thousands of vertices. */
function shortened(text: string): string {
  return text.length <= LONGEST_VALUE ? text : `${text.slice(0, LONGEST_VALUE)}...`;
}

/** The name under which a client may save a cutout, without its extension. */
export function cutoutName({ dataset, section }: Cutout): string {
  const stem = dataset.file.name.replace(/(\.(fits?|fts))?(\.(fz|gz))?$/i, '');
  return `${stem}_${sectionText(section).replaceAll(':', '-').replaceAll(',', '_')}`;
}
