import assert from 'node:assert/strict';
import test from 'node:test';
import { votableWithoutData } from '../../engine/table/votable-header.ts';
import { STARS } from '../demo/stars.ts';
import { readVoparquet } from './voparquet.ts';

test('what the export writes into a footer is read back', () => {
  const { name, description, columns } = STARS;
  const read = readVoparquet(votableWithoutData({ name, description, columns, infos: [] }))!;
  assert.equal(read.description, description);
  for (const { name, unit, ucd, utype, description } of columns) {
    assert.deepEqual(read.columns.get(name), { unit, ucd, utype, description });
  }
});

test('nested resources, prefixes and entities are understood', () => {
  const read = readVoparquet(
    `<v:VOTABLE xmlns:v="http://www.ivoa.net/xml/VOTable/v1.3"><v:RESOURCE><v:RESOURCE><v:TABLE>
       <v:DESCRIPTION>Stars &amp;
         dust</v:DESCRIPTION><v:FIELD name="a&lt;b" unit="mag"/></v:TABLE></v:RESOURCE></v:RESOURCE></v:VOTABLE>`,
  )!;
  assert.equal(read.description, 'Stars & dust');
  assert.equal(read.columns.get('a<b')!.unit, 'mag');
});

for (const footer of ['', 'not XML <', '<VOTABLE/>']) {
  test(`a footer of ${JSON.stringify(footer)} says nothing`, () => assert.equal(readVoparquet(footer), null));
}
