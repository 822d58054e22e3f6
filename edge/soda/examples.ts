import type { ImageDataset } from '../../engine/images/dataset.ts';
import { DATASETS_FOLDER } from '../../engine/images/keys.ts';
import { readDatasetOf } from '../../engine/images/read-dataset.ts';
import { listFolder } from '../../engine/storage/reading.ts';
import type { Storage } from '../../engine/storage/storage.ts';

/** A cutout that there is. */
export interface CutoutExample {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly parameters: readonly (readonly [name: string, value: string])[];
}

/** Share of an image's diameter that is the radius of an example. */
const SHARE = 0.05;

/** Small cutouts of the first image that is published; none where there is no image. */
export async function exampleCutouts(storage: Storage): Promise<CutoutExample[]> {
  const dataset = await anyDataset(storage);
  if (dataset === null) return [];
  const { did, observation } = dataset;
  const { s_ra, s_dec, s_fov, obs_title } = observation;
  const circle = [s_ra, s_dec, s_fov * SHARE].map((number) => Number(number.toFixed(5))).join(' ');
  const id = ['ID', did] as const;
  return [
    {
      id: 'circle',
      name: 'A circle',
      description: `The middle of “${obs_title}”, as FITS`,
      parameters: [id, ['CIRCLE', circle]],
    },
    {
      id: 'picture',
      name: 'A picture',
      description: 'The same as PNG',
      parameters: [id, ['POS', `CIRCLE ${circle}`], ['FORMAT', 'image/png']],
    },
    {
      id: 'section',
      name: 'Pixels',
      description: 'Its first pixels, by their numbers',
      parameters: [id, ['SECTION', '1:20,1:10']],
    },
  ];
}

async function anyDataset(storage: Storage): Promise<ImageDataset | null> {
  for (const folder of await listFolder(storage, DATASETS_FOLDER)) {
    for (const name of await listFolder(storage, `${DATASETS_FOLDER}/${folder}`)) {
      const dataset = await readDatasetOf(storage, name.replace(/\.json$/, ''));
      if (dataset !== null) return dataset;
    }
  }
  return null;
}
