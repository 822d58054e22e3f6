import { element, textElement, XML_DECLARATION } from './xml.ts';

/** VOSI 1.1 §3.2: whether requests are answered, and what there is to say about it. */
export interface Availability {
  readonly available: boolean;
  readonly notes: readonly string[];
}

export function availabilityDocument({ available, notes }: Availability): string {
  return (
    XML_DECLARATION +
    element('vosi:availability', { 'xmlns:vosi': 'http://www.ivoa.net/xml/VOSIAvailability/v1.0' }, [
      textElement('vosi:available', String(available)),
      ...notes.map((note) => textElement('vosi:note', note)),
    ])
  );
}
