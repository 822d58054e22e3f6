import { parseCircle, parseInterval, parsePolygon, parsePos } from '../../request/dali-values.ts';
import type { Parsed } from '../../request/values.ts';
import { parseSection } from '../../soda/pixel-section.ts';
import { parseFormat } from '../../soda/request.ts';
import { CUTOUT_TYPES, POLARIZATIONS } from '../../soda/standard.ts';
import type { JobParameters } from '../job.ts';
import type { JobParameter, JobRequest, JobType } from '../job-type.ts';
import { JobFailure } from '../outcome.ts';

/** Of a polygon with some thousand vertices: characters. */
const LONGEST = 2 ** 17;

/** Cutouts of a job at most. */
const MOST_RESULTS = 100;

/** Cutouts of images (SODA 1.0 §2.2): each combination of values is a result (§6), but for those of POL, which belong together. */
export const sodaJobs: JobType = {
  name: 'soda',
  path: 'soda/async',
  title: 'Cutouts of images',
  description: `Cutouts of images and cubes, one for each combination of values, ${MOST_RESULTS} at most (SODA 1.0).`,
  worker: 'SODA',
  files: false,
  parameters: [
    {
      ...text('ID', 'Identifier of a dataset (obs_publisher_did).', () => ({ value: null })),
      required: true,
    },
    text('CIRCLE', 'A circle: longitude, latitude and radius, degrees, ICRS.', parseCircle),
    text('POLYGON', 'A polygon: longitude and latitude of each vertex, degrees, ICRS.', parsePolygon),
    text('POS', 'A region: CIRCLE, RANGE or POLYGON and its numbers, degrees, ICRS.', parsePos),
    text('BAND', 'Wavelengths in vacuum, metres.', parseInterval),
    text('TIME', 'Times, Modified Julian Dates in UTC.', parseInterval),
    {
      name: 'POL',
      type: 'choice',
      description: 'Polarization states; all that are given are in each cutout.',
      values: POLARIZATIONS,
      repeatable: true,
    },
    text('SECTION', 'Pixels: first and last of each axis, such as 101:200,51:150.', parseSection),
    {
      ...text('FORMAT', 'Format of the cutouts.', parseFormat),
      repeatable: false,
      default: CUTOUT_TYPES[0],
      values: CUTOUT_TYPES,
    },
  ],
  requests: ({ parameters }) => cutoutRequests(parameters),
  errorDocument: (message) => {
    const coded = /^(\w*Error|ServiceUnavailable|MultiValuedParamNotSupported)\b/.test(message);
    return { body: `${coded ? '' : 'Error: '}${message}\n`, mediaType: 'text/plain;charset=utf-8' };
  },
};

function text(name: string, description: string, check: (text: string) => Parsed<unknown>): JobParameter {
  return { name, type: 'text', description, check, repeatable: true, longest: LONGEST };
}

/** One for each combination of a dataset, a region, a band and so on. */
function cutoutRequests(parameters: JobParameters): JobRequest[] {
  const named = (names: readonly string[]) =>
    parameters.filter(([name, value]) => names.includes(name) && value.trim() !== '');
  const choices = [['ID'], ['CIRCLE', 'POLYGON', 'POS'], ['BAND'], ['TIME'], ['SECTION']]
    .map(named)
    .filter(({ length }) => length > 0);
  const count = choices.reduce((product, { length }) => product * length, 1);
  if (count > MOST_RESULTS) {
    throw new JobFailure(
      `These values have ${count} combinations, and a job makes ${MOST_RESULTS} cutouts at most.`,
    );
  }
  const combinations = choices.reduce<JobParameters[]>(
    (made, values) => made.flatMap((fields) => values.map((value) => [...fields, value])),
    [named(['POL', 'FORMAT'])],
  );
  return combinations.map((fields, at) => ({
    result: count === 1 ? 'cutout' : `cutout-${at + 1}`,
    path: '/job',
    fields,
  }));
}
