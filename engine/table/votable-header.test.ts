import assert from 'node:assert/strict';
import test from 'node:test';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import type { Column } from '../catalog/column.ts';
import type { ServiceDescriptor } from './service-descriptor.ts';
import { votableError } from './votable-error.ts';
import { fieldElement, votableWithoutData } from './votable-header.ts';

const column: Column = {
  name: 'ra',
  datatype: 'double',
  arraysize: null,
  xtype: null,
  unit: 'deg',
  ucd: 'pos.eq.ra;meta.main',
  utype: null,
  description: null,
  principal: true,
  indexed: false,
  std: false,
};
const parser = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '@' });

test('a column that holds a position refers to the coordinate system', () => {
  assert.equal(
    fieldElement(column),
    '<FIELD name="ra" datatype="double" unit="deg" ucd="pos.eq.ra;meta.main" ref="ICRS"/>\n',
  );
});

test('metadata with the characters XML reserves comes back as it was', () => {
  const odd = { ...column, name: 'a"<b>&\u00e9', ucd: null, unit: "'", description: 'x < y & "z" ]]>' };
  const document = votableWithoutData({ name: 'a.b', description: 'R&D', columns: [odd], infos: [] });
  assert.equal(XMLValidator.validate(document), true);
  const { TABLE } = parser.parse(document).VOTABLE.RESOURCE;
  assert.equal(TABLE.DESCRIPTION, 'R&D');
  assert.equal(TABLE.FIELD['@name'], odd.name);
  assert.equal(TABLE.FIELD['@unit'], odd.unit);
  assert.equal(TABLE.FIELD.DESCRIPTION, odd.description);
  assert.ok(!document.includes('COOSYS'), 'no coordinate system without positions');
});

test('services come after the table, and the column that one refers to has an ID', () => {
  const did = { ...column, name: 'obs_publisher_did', datatype: 'char', arraysize: '*', ucd: null } as const;
  const odd = { ...did, name: 'ICRS' };
  const parameter = { datatype: 'char', arraysize: '*', xtype: null, unit: null, ucd: null } as const;
  const service: ServiceDescriptor = {
    id: 'soda',
    name: 'cut<out',
    description: 'R&D',
    standardId: 'ivo://ivoa.net/std/SODA#sync-1.0',
    accessUrl: 'http://vo.example/soda/sync?a=1&b',
    contentType: null,
    parameters: [
      { ...parameter, name: 'ID', description: '', value: { column: 'obs_publisher_did' } },
      { ...parameter, name: 'ID2', description: '', value: { column: 'ICRS' } },
      { ...parameter, name: 'POL', description: '', value: null, options: ['I', 'Q'] },
      { ...parameter, name: 'BAND', description: '', value: '"', unit: 'm', min: '1e-7', max: '2e-7' },
    ],
  };
  const table = { name: 'a', description: null, infos: [], columns: [column, did, did, odd] };
  const document = votableWithoutData({ ...table, services: [service] });
  assert.equal(XMLValidator.validate(document), true);
  const [{ TABLE }, described] = parser.parse(document).VOTABLE.RESOURCE;
  assert.deepEqual(
    TABLE.FIELD.map((field: Record<string, string>) => field['@ID']),
    [undefined, 'obs_publisher_did', undefined, 'column_4'],
  );
  assert.equal(described['@utype'], 'adhoc:service');
  assert.equal(described['@ID'], 'soda');
  assert.equal(described['@name'], 'cut<out');
  assert.deepEqual(
    described.PARAM.map((param: Record<string, string>) => param['@value']),
    [service.standardId, service.accessUrl],
  );
  const [id, second, pol, band] = described.GROUP.PARAM;
  assert.equal(id['@ref'], 'obs_publisher_did');
  assert.equal(second['@ref'], 'column_4');
  assert.deepEqual(pol.VALUES.OPTION, [{ '@value': 'I' }, { '@value': 'Q' }]);
  assert.equal(band['@value'], '"');
  assert.deepEqual(band.VALUES, { MIN: { '@value': '1e-7' }, MAX: { '@value': '2e-7' } });
  assert.throws(
    () => votableWithoutData({ ...table, columns: [], services: [service] }),
    /no column obs_publisher_did for the parameter ID/,
  );
});

test('characters that XML cannot carry are replaced', () => {
  const document = votableError('a\u0000b\u001fc\ud800d\uffff');
  assert.equal(XMLValidator.validate(document), true);
  const { INFO, RESOURCE } = parser.parse(document).VOTABLE;
  assert.deepEqual(RESOURCE.INFO, {
    '@name': 'QUERY_STATUS',
    '@value': 'ERROR',
    '#text': 'a\ufffdb\ufffdc\ufffdd\ufffd',
  });
  assert.deepEqual(INFO, { '@name': 'Error', '@value': 'a\ufffdb\ufffdc\ufffdd\ufffd' });
});
