import assert from 'node:assert/strict';
import test from 'node:test';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import type { Column } from '../catalog/column.ts';
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
