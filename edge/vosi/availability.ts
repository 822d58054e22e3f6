import { NOTHING_PUBLISHED, type Opened, releasesOf } from '../catalogs.ts';
import { describeFailure } from '../failure.ts';
import { RequestError } from '../request-error.ts';
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

/** Up while a catalogue can be searched; the notes say what is the matter with the others. */
export async function availability(open: () => Promise<readonly Opened[]>): Promise<Availability> {
  try {
    const catalogs = await open();
    return {
      available: releasesOf(catalogs).length > 0,
      notes: catalogs.length === 0 ? [NOTHING_PUBLISHED] : catalogs.map(note),
    };
  } catch (error) {
    if (error instanceof RequestError) throw error;
    return { available: false, notes: [describeFailure(error).message] };
  }
}

function note(catalog: Opened): string {
  const state =
    'release' in catalog ? `release ${catalog.release.manifest.release}` : catalog.failure.message;
  return `${catalog.name}: ${state}`;
}
