import type { Column } from '../../catalog/column.ts';
import type { Enumeration, Table } from '../../catalog/table.ts';

function column(name: string, datatype: Column['datatype'], more: Partial<Column> = {}): Column {
  return {
    name,
    datatype,
    arraysize: datatype === 'char' || datatype === 'unicodeChar' ? '*' : null,
    xtype: null,
    unit: null,
    ucd: null,
    utype: null,
    description: null,
    principal: true,
    indexed: false,
    std: false,
    ...more,
  };
}

function table(schema: string, name: string, columns: readonly Column[]): Table {
  return { schema, name, description: null, utype: null, columns };
}

const ra = column('ra', 'double', { unit: 'deg', ucd: 'pos.eq.ra;meta.main' });
const dec = column('dec', 'double', { unit: 'deg', ucd: 'pos.eq.dec;meta.main' });
const bv = column('bv', 'double', { unit: 'mag', ucd: 'phot.color;em.opt.B;em.opt.V' });
const name = column('name', 'unicodeChar', { ucd: 'meta.id' });
const designation = column('designation', 'char', { ucd: 'meta.id' });

const jplus: Enumeration = {
  name: 'jplus',
  members: ['rSDSS', 'gSDSS', 'iSDSS', 'zSDSS', 'uJAVA'].map((filter) => ({
    name: filter,
    description: null,
  })),
};

/** The demo's tables, without their descriptions, and one with arrays, times and geometries. */
export const TEST_TABLES: readonly Table[] = [
  table('hipparcos', 'stars', [
    column('source_id', 'long', {
      ucd: 'meta.id;meta.main',
      indexed: true,
      description: 'Hipparcos number (HIP)',
    }),
    ra,
    dec,
    column('vmag', 'double', { unit: 'mag', ucd: 'phot.mag;em.opt.V', description: 'Johnson V magnitude' }),
    bv,
    name,
    designation,
    column('hd', 'int'),
    column('constellation', 'char'),
  ]),
  table('dso', 'objects', [
    column('id', 'char', { ucd: 'meta.id;meta.main' }),
    ra,
    dec,
    column('type', 'char'),
    column('magnitude', 'double', { unit: 'mag' }),
    column('dimensions', 'char'),
    column('major_axis', 'double', { unit: 'arcmin' }),
    column('minor_axis', 'double', { unit: 'arcmin' }),
    column('morphology', 'char'),
    name,
    designation,
    bv,
  ]),
  {
    ...table('survey', 'sources', [
      column('id', 'long'),
      column('mag_auto', 'float', { arraysize: '12', unit: 'mag' }),
      column('covariance', 'double', { arraysize: '3x2' }),
      column('spectrum', 'float', { arraysize: '*' }),
      column('observed', 'char', { xtype: 'timestamp' }),
      column('position', 'double', { arraysize: '2', xtype: 'point', unit: 'deg' }),
      column('footprint', 'double', { arraysize: '*', xtype: 'polygon', unit: 'deg' }),
      column('flag', 'boolean'),
      column('2mass', 'char'),
      column('select', 'short'),
      column('flux', 'float', { unit: 'Jy' }),
      column('pm_ra', 'double', { unit: 'mas/yr' }),
      column('pm_dec', 'double', { unit: 'mas/yr' }),
    ]),
    enumerations: [jplus],
  },
  table('other', 'stars', [column('ra', 'float'), column('Mixed', 'int'), column('MIXED', 'int')]),
];
