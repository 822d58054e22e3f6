import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readSettings } from '../../settings.ts';
import { MAX_IMAGES, parsePositionQuery } from './parameters.ts';

const { limits } = readSettings({});

const parse = (parameters: Record<string, string>) =>
  parsePositionQuery(new Map(Object.entries(parameters).map(([name, value]) => [name, [value]])), limits);

function images(parameters: Record<string, string>) {
  const query = parse({ POS: '10,20', SIZE: '1', ...parameters });
  assert.ok(query.kind === 'images');
  return query;
}

describe('a search of SIA 1.0', () => {
  test('is for a box, or for a point', () => {
    const box = { kind: 'box', lon: 10, lat: 20, width: 1, height: 1 };
    assert.deepEqual(images({}).sky, { regions: [box], test: 'overlaps' });
    assert.deepEqual(images({ POS: ' 10.0 , 2e1 ;ICRS', SIZE: '1,0.5' }).sky?.regions, [
      { ...box, height: 0.5 },
    ]);
    const point = { lon: 10, lat: 20, radius: 0 };
    assert.deepEqual(images({ SIZE: '0' }).sky, { regions: [point], test: 'overlaps' });
    assert.equal(images({ SIZE: '180' }).sky, null);
    assert.equal(images({ SIZE: '360,180' }).sky, null);
  });

  test('asks how the image lies to the box', () => {
    assert.equal(images({ INTERSECT: 'covers' }).sky?.test, 'covers');
    assert.equal(images({ INTERSECT: 'ENCLOSED' }).sky?.test, 'enclosed');
    assert.equal(images({ INTERSECT: 'CENTER' }).sky?.test, 'position');
    assert.equal(images({ INTERSECT: 'ENCLOSED', SIZE: '0' }).sky?.test, 'overlaps');
    assert.deepEqual(images({ INTERSECT: 'COVERS', SIZE: '360' }).sky?.regions, [
      { lon: 10, lat: 20, radius: 180 },
    ]);
  });

  test('asks for formats', () => {
    const formats = (text: string) => images({ FORMAT: text }).formats;
    assert.deepEqual(images({}).formats, { fits: true, pictures: null });
    assert.deepEqual(formats('all'), { fits: true, pictures: null });
    assert.deepEqual(formats('image/fits'), { fits: true, pictures: ['image/fits'] });
    assert.deepEqual(formats('image/jpg,image/fits'), { fits: true, pictures: ['image/jpeg', 'image/fits'] });
    assert.deepEqual(formats('image/gif'), { fits: false, pictures: ['image/gif'] });
    assert.deepEqual(formats('GRAPHIC'), { fits: false, pictures: null });
    assert.deepEqual(formats('GRAPHIC-ALL'), { fits: false, pictures: null });
    assert.deepEqual(formats('GRAPHIC-jpeg,png'), {
      fits: false,
      pictures: ['image/jpeg', 'image/png'],
    });
    assert.deepEqual(parse({ FORMAT: 'METADATA' }), { kind: 'metadata' });
    assert.deepEqual(parse({ FORMAT: 'metadata', POS: '1,1', SIZE: '0' }), { kind: 'metadata' });
  });

  test('ignores what is for images that are made for the request', () => {
    assert.deepEqual(
      images({ NAXIS: '100,100', CFRAME: 'GAL', EQUINOX: 'x', ROTANG: '1', PROJ: 'TAN', VERB: '2' }),
      images({}),
    );
    assert.equal(images({ MAXREC: '7' }).limit, 7);
    assert.equal(images({}).limit, MAX_IMAGES);
  });

  test('is refused with all that is wrong, and what would be right', () => {
    const refuses = (parameters: Record<string, string>, message: RegExp) =>
      assert.throws(() => parse(parameters), { name: 'RequestError', message });
    refuses({}, /^POS and SIZE are missing: POS=ra,dec and SIZE=degrees are needed, or FORMAT=METADATA\.$/);
    refuses({ POS: '1,1' }, /^SIZE is missing/);
    const right = { POS: '1,1', SIZE: '1' };
    refuses({ ...right, POS: '1' }, /POS "1" is not ra,dec/);
    refuses({ ...right, POS: '1 1' }, /POS "1 1" is not a decimal number/);
    refuses({ ...right, POS: '361,0' }, /POS "361,0" is out of range/);
    refuses({ ...right, POS: '1,91' }, /out of range/);
    refuses({ ...right, POS: '1,1;GALACTIC' }, /positions are ICRS/);
    refuses({ ...right, SIZE: '-1' }, /SIZE "-1" is not one angle or two/);
    refuses({ ...right, SIZE: '1,2,3' }, /SIZE "1,2,3" is not one angle or two/);
    refuses({ ...right, SIZE: '200,1' }, /below 180 degrees, or none of them/);
    refuses({ ...right, INTERSECT: 'near' }, /INTERSECT "near" is none of overlaps, covers/);
    refuses({ ...right, FORMAT: 'fits' }, /FORMAT "fits" is none of ALL, GRAPHIC/);
    refuses({ ...right, VERB: '9' }, /VERB "9" is none of 0, 1, 2, 3/);
  });
});
