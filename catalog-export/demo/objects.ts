import type { Table } from '../../engine/catalog/table.ts';
import type { CopyValue } from '../database/copy.ts';
import { column } from './columns.ts';
import {
  type Feature,
  type FeatureCollection,
  numberOrNull,
  readCelestial,
  rightAscension,
  textOrNull,
} from './source.ts';

export const OBJECTS_SCHEMA = 'Deep-sky objects';

/** `dso.objects` */
export const OBJECTS: Table = {
  schema: 'dso',
  name: 'objects',
  description:
    'Galaxies, clusters and nebulae to magnitude 14, from the Saguaro Astronomy Club database 8.1 as packed by the npm package ' +
    'd3-celestial. Positions are J2000. Three supernova remnants whose right ascension the source has lost have no position.',
  utype: null,
  columns: [
    column({
      name: 'id',
      datatype: 'char',
      ucd: 'meta.id;meta.main',
      description: 'Catalogue designation, such as NGC 224',
      indexed: true,
    }),
    column({
      name: 'ra',
      datatype: 'double',
      unit: 'deg',
      ucd: 'pos.eq.ra;meta.main',
      description: 'Right ascension, J2000',
    }),
    column({
      name: 'dec',
      datatype: 'double',
      unit: 'deg',
      ucd: 'pos.eq.dec;meta.main',
      description: 'Declination, J2000',
    }),
    column({
      name: 'type',
      datatype: 'char',
      ucd: 'src.class',
      description:
        'gg galaxy cluster, g galaxy, s spiral, s0 lenticular, sd dwarf spheroidal, i irregular, e elliptical galaxy, oc open ' +
        'cluster, gc globular cluster, dn dark, bn bright, rn reflection, en emission, pn planetary nebula, sfr star forming ' +
        'region, snr supernova remnant',
    }),
    column({
      name: 'magnitude',
      datatype: 'double',
      unit: 'mag',
      ucd: 'phot.mag;em.opt',
      description: 'Integrated magnitude in visible light; bands vary with the source',
    }),
    column({
      name: 'dimensions',
      datatype: 'char',
      ucd: 'phys.angSize',
      description: 'Apparent diameters in arcmin as the source gives them: 189.1x61.7',
    }),
    column({
      name: 'major_axis',
      datatype: 'double',
      unit: 'arcmin',
      ucd: 'phys.angSize',
      description: 'Larger of the apparent diameters',
      principal: false,
    }),
    column({
      name: 'minor_axis',
      datatype: 'double',
      unit: 'arcmin',
      ucd: 'phys.angSize',
      description: 'Smaller of the apparent diameters, null where one is given',
      principal: false,
    }),
    column({
      name: 'morphology',
      datatype: 'char',
      ucd: 'src.morph.type',
      description: 'Morphological class, in the system usual for the type',
      principal: false,
    }),
    column({ name: 'name', datatype: 'unicodeChar', ucd: 'meta.id', description: 'Proper name' }),
    column({
      name: 'designation',
      datatype: 'char',
      ucd: 'meta.id.cross',
      description: 'Best known designation, such as M 31',
      principal: false,
    }),
    column({
      name: 'bv',
      datatype: 'double',
      unit: 'mag',
      ucd: 'phot.color;em.opt.B;em.opt.V',
      description: 'B-V colour as the source gives it',
      principal: false,
    }),
  ],
};

interface Properties {
  readonly desig: string;
  readonly type: string;
  readonly morph: string;
  readonly mag: string;
  readonly dim: string;
  readonly bv: string | number;
}

const UNKNOWN_MAGNITUDE = 999;

/** The rows of `dso.objects`, in the order of its columns. */
export async function readObjects(): Promise<CopyValue[][]> {
  const objects = await readCelestial<FeatureCollection<string, Properties>>('dsos.14.json');
  const names = await readCelestial<Record<string, { name?: string }>>('dsonames.json');
  return objects.features.map((feature) => {
    const { id, properties } = feature;
    const [ra, dec] = position(feature);
    const magnitude = numberOrNull(properties.mag);
    const axes = properties.dim === '' ? [] : properties.dim.split('x').map(Number);
    return [
      id,
      ra,
      dec,
      properties.type,
      magnitude === UNKNOWN_MAGNITUDE ? null : magnitude,
      textOrNull(properties.dim),
      axes.length === 0 ? null : Math.max(...axes),
      axes.length < 2 ? null : Math.min(...axes),
      textOrNull(properties.morph),
      textOrNull((names[id] ?? names[properties.desig])?.name),
      properties.desig,
      numberOrNull(properties.bv),
    ];
  });
}

/**
 * In three rows the source's columns have slipped: the declination stands for the right ascension, and the
 * diameter for the declination (SNR G 192.8-01.1, 263.9-03.0, 266.2-01.2).
 */
function position({ id, properties, geometry }: Feature<string, Properties>): [number | null, number | null] {
  const [lon, lat] = geometry.coordinates;
  const slipped = id.startsWith('SNR G') && properties.dim.startsWith(`${lat}x`);
  return slipped ? [null, null] : [rightAscension(lon), lat];
}
