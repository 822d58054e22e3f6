import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { plainColumn, scalar, TIMESTAMP } from '../../engine/upload/plain-column.ts';
import { readMetadataFile, withMetadata } from './metadata-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'almagest-test-'));
after(() => rmSync(folder, { recursive: true }));

function read(text: string) {
  const path = join(folder, 'metadata.csv');
  writeFileSync(path, text);
  return readMetadataFile(path);
}

test('cells become metadata, empty ones say nothing', async () => {
  const metadata = await read(
    'name,unit,ucd,description,principal\nvmag,mag,phot.mag;em.opt.V,"Magnitude, V",0\nname,,,,\n',
  );
  assert.deepEqual(metadata.get('vmag'), {
    unit: 'mag',
    ucd: 'phot.mag;em.opt.V',
    description: 'Magnitude, V',
    principal: false,
  });
  assert.deepEqual(metadata.get('name'), {});
  const [column] = withMetadata(
    [plainColumn('VMAG', scalar('float'))],
    new Map([['vmag', metadata.get('vmag')!]]),
  );
  assert.equal(column!.unit, 'mag');
  assert.equal(column!.datatype, 'float');
});

test('the FIELDs of a VOTable become metadata, without their types', async () => {
  const path = join(folder, 'metadata.vot');
  writeFileSync(
    path,
    `<VOTABLE><RESOURCE><TABLE><DESCRIPTION>Stars</DESCRIPTION>
    <FIELD name="vmag" datatype="double" unit="mag" ucd="phot.mag"><DESCRIPTION>Magnitude,
      V</DESCRIPTION></FIELD>
    <FIELD name="mag" datatype="float" arraysize="8x12" utype="a.b"/>
    <FIELD name="place" datatype="double" arraysize="2" xtype="point"/>
    <FIELD name="seen" datatype="char" arraysize="19" xtype="timestamp"/>
    </TABLE></RESOURCE></VOTABLE>`,
  );
  assert.deepEqual(Object.fromEntries(await readMetadataFile(path)), {
    vmag: { unit: 'mag', ucd: 'phot.mag', description: 'Magnitude, V' },
    mag: { utype: 'a.b', arraysize: '8x12' },
    place: { arraysize: '2', xtype: 'point' },
    seen: {},
  });
  writeFileSync(path, '<VOTABLE><RESOURCE/></VOTABLE>');
  await assert.rejects(readMetadataFile(path), /metadata\.vot: the document has no TABLE with FIELDs/);
});

const FAULTS: [string, RegExp][] = [
  ['name,colour\nra,red\n', /metadata\.csv: "colour" is not one of its columns: name, unit/],
  ['unit\ndeg\n', /must be a header with the column "name"/],
  ['name,unit\nra,deg\nra,rad\n', /column ra is described twice/],
  ['name,ucd\nra,position of it\n', /"position of it" is not a UCD/],
  ['name,arraysize\nra,many\n', /"many" is not an arraysize, such as 8, 8x12 or 2x\*/],
  ['name,principal\nra,perhaps\n', /principal is "perhaps": write 1 or 0/],
  ['name,unit\nra\n', /Invalid Record Length/],
];
for (const [text, message] of FAULTS) {
  test(`${JSON.stringify(text)} is refused`, () => assert.rejects(read(text), message));
}

test('a file that is not there is named', () =>
  assert.rejects(readMetadataFile(join(folder, 'nope.csv')), /nope\.csv: ENOENT/));

test('a column that is not there is named, with those that are', () => {
  assert.throws(
    () => withMetadata([plainColumn('ra', scalar('double'))], new Map([['rad', {}]])),
    /describe a column "rad" that is not there: the columns are ra/,
  );
});

test('an xtype cannot turn text into times, nor times into text', () => {
  const columns = [plainColumn('t', TIMESTAMP), plainColumn('x', scalar('double'))];
  assert.throws(
    () => withMetadata(columns, new Map([['x', { xtype: 'timestamp' }]])),
    /cannot have the xtype/,
  );
  assert.throws(() => withMetadata(columns, new Map([['t', { xtype: 'uri' }]])), /its values are timestamp/);
});
