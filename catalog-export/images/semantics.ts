import { nearestName } from '../../engine/nearest-name.ts';

/** Terms of the IVOA's vocabulary datalink/core that a related file may have; #this, #cutout and #proc are the service's own. */
const TERMS = [
  '#progenitor',
  '#derivation',
  '#documentation',
  '#auxiliary',
  '#weight',
  '#error',
  '#noise',
  '#calibration',
  '#bias',
  '#dark',
  '#flat',
  '#counterpart',
  '#coderived',
  '#detached-header',
  '#package',
  '#preview',
  '#preview-image',
  '#preview-plot',
  '#thumbnail',
];

/**
 * A term of the core vocabulary as DataLink 1.1 §3.2.6 writes it, with or without its `#`, or the address of another
 * vocabulary's.
 * @throws Error for what is neither.
 */
export function checkSemantics(text: string): string {
  if (/^https?:\/\/[^\s#]+#\S+$/.test(text)) return text;
  const term = text.startsWith('#') ? text : `#${text}`;
  if (TERMS.includes(term)) return term;
  const near = nearestName(term, TERMS);
  throw new Error(
    `"${text}" is no term for a related file${near === null ? '' : `; ${near}?`} There are ${TERMS.join(', ')}, and addresses of other vocabularies' terms`,
  );
}
