import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { Hono } from 'hono';
import { folderStorage } from '../../../engine/storage/folder.ts';
import { appOver } from '../../../test/app.ts';
import { demoBucket } from '../../../test/demo-release.ts';
import { parseVotable } from '../../../test/votable.ts';

const CONES = '/scs/hipparcos.stars/cones';
const CSV = { 'content-type': 'text/csv' };
const JSON_TYPE = { 'content-type': 'application/json' };

/** Sirius, a place where no star is near, Vega. */
const LIST = 'RA,DEC\n101.2885,-16.7131\n0.1,0.1\n279.2341,38.783\n';

describe('cone searches around a list of positions', () => {
  let app: Hono;
  before(async () => {
    app = appOver(folderStorage(await demoBucket()));
  });

  async function csvRows(query: string, init: RequestInit): Promise<Record<string, string>[]> {
    const response = await app.request(`${CONES}?RESPONSEFORMAT=csv&${query}`, { method: 'POST', ...init });
    const text = await response.text();
    assert.equal(response.status, 200, text);
    const [header, ...rows] = text
      .trimEnd()
      .split('\r\n')
      .map((line) => line.split(','));
    return rows.map((row) => Object.fromEntries(header!.map((name, at) => [name, row[at]!])));
  }
  const pairs = async (query: string, init: RequestInit) =>
    (await csvRows(query, init)).map(({ position, source_id }) => [position, source_id]);

  const FOUND = [
    ['1', '32349'],
    ['3', '91262'],
  ];

  test('the list as CSV', async () => {
    assert.deepEqual(await pairs('SR=0.01', { body: LIST, headers: CSV }), FOUND);
    const variants = [
      LIST.replaceAll('\n', '\r\n'),
      `\ufeff${LIST.trimEnd()}`,
      LIST.replace('RA,DEC', '"Ra", dec'),
      LIST.replaceAll('\n', '\n\n').replace('279.2341,38.783', ' 279.2341 , +3.8783e1'),
      'name,dec,ra\n"α\n""CMa""",-16.7131,101.2885\n,0.1,0.1\n"a,b",38.783,279.2341',
    ];
    for (const body of variants)
      assert.deepEqual(await pairs('SR=0.01', { body, headers: CSV }), FOUND, body);
  });

  test('the list as JSON: objects, or lists', async () => {
    const records = [
      { ra: 101.2885, dec: -16.7131 },
      { RA: 0.1, DEC: 0.1 },
      { ra: '279.2341', dec: 38.783, note: null },
    ];
    const lists = { ra: [101.2885, 0.1, 279.2341], dec: [-16.7131, 0.1, 38.783], other: [1, 2, 3] };
    const faulty = await app.request(`${CONES}?SR=0.01`, {
      method: 'POST',
      body: JSON.stringify(records),
      headers: JSON_TYPE,
    });
    assert.match(await faulty.text(), /RA is there twice/);
    records[1] = { ra: 0.1, dec: 0.1 };
    for (const value of [records, lists]) {
      assert.deepEqual(await pairs('SR=0.01', { body: JSON.stringify(value), headers: JSON_TYPE }), FOUND);
    }
  });

  test('the list in a form, with parameters beside it', async () => {
    for (const list of [
      LIST,
      JSON.stringify([
        { ra: 101.2885, dec: -16.7131 },
        { ra: 1, dec: 1 },
        { ra: 279.2341, dec: 38.783 },
      ]),
    ]) {
      const form = new FormData();
      form.set('sr', '0.01');
      form.set('positions', new File([list], 'mine.csv'));
      assert.deepEqual(await pairs('', { body: form }), FOUND);
      assert.deepEqual(
        await pairs('', { body: new URLSearchParams({ SR: '0.01', POSITIONS: list }) }),
        FOUND,
      );
    }
  });

  test('a list that is compressed', async () => {
    const headers = { ...CSV, 'content-encoding': 'gzip' };
    assert.deepEqual(await pairs('SR=0.01', { body: gzipSync(LIST), headers }), FOUND);
  });

  test('each position has its own radius and identifier', async () => {
    const body =
      'id,ra,dec,sr\nSirius,101.2885,-16.7131,0.01\nnowhere,0.1,0.1,1e-6\n"Vega, α Lyr",279.2341,38.783,\n';
    const headers = CSV;
    const response = await app.request(`${CONES}?SR=0.01&UNMATCHED=keep`, { method: 'POST', body, headers });
    const { fields, rows } = parseVotable(await response.text());
    assert.deepEqual(
      fields.slice(0, 2).map(({ name, datatype, ucd }) => ({ name, datatype, ucd })),
      [
        { name: 'position', datatype: 'unicodeChar', ucd: 'meta.id' },
        { name: 'source_id', datatype: 'char', ucd: 'ID_MAIN' },
      ],
    );
    assert.deepEqual(
      rows.map((row) => row.slice(0, 2)),
      [
        ['Sirius', '32349'],
        ['nowhere', ''],
        ['Vega, α Lyr', '91262'],
      ],
    );
    assert.equal(fields.at(-1)!.name, 'separation');
    assert.equal(rows[1]!.at(-1), '');
    assert.ok(Number(rows[2]!.at(-1)) < 0.01);
    const numbered = await app.request(`${CONES}?SR=0.01`, {
      method: 'POST',
      body: 'ID,RA,DEC\n-7,279.2341,38.783',
      headers,
    });
    const { fields: typed, rows: numbers } = parseVotable(await numbered.text());
    assert.equal(typed[0]!.datatype, 'long');
    assert.equal(numbers[0]![0], '-7');
  });

  test('NEAREST, in the radius or as far as the service searches', async () => {
    assert.deepEqual(await pairs('SR=0.01&NEAREST=1', { body: LIST, headers: CSV }), FOUND);
    const far = await csvRows('NEAREST=2', { body: LIST, headers: CSV });
    assert.deepEqual(
      far.map(({ position }) => position),
      ['1', '1', '2', '2', '3', '3'],
    );
    for (let at = 0; at < far.length; at += 2)
      assert.ok(Number(far[at]!.separation) < Number(far[at + 1]!.separation));
  });

  test('an answer says what it is, and where it was cut', async () => {
    const ask = (query: string) =>
      app.request(`${CONES}?${query}`, { method: 'POST', body: LIST, headers: CSV });
    const whole = await ask('NEAREST=2&SR=20&MAXREC=6&VERB=1');
    assert.equal(whole.headers.get('cache-control'), 'no-store');
    assert.equal(whole.headers.get('almagest-engine'), 'edge');
    const { infos, rows, fields } = parseVotable(await whole.text());
    assert.equal(rows.length, 6);
    assert.deepEqual(
      fields.map(({ name }) => name),
      ['position', 'source_id', 'ra', 'dec', 'separation'],
    );
    const said = ['QUERY_STATUS', 'POSITIONS', 'SR', 'NEAREST', 'UNMATCHED', 'VERB', 'MAXREC'];
    assert.deepEqual(
      said.map((name) => infos.get(name)),
      ['OK', '3', '20', '2', 'drop', '1', '6'],
    );
    assert.equal(infos.get('release'), whole.headers.get('almagest-release'));
    const cut = parseVotable(await (await ask('NEAREST=2&MAXREC=5')).text());
    assert.equal(cut.rows.length, 5);
    assert.equal(cut.infos.get('QUERY_STATUS'), 'OVERFLOW');
    const columns = parseVotable(await (await ask('SR=1&MAXREC=0')).text());
    assert.equal(columns.rows.length, 0);
    assert.equal(columns.infos.get('QUERY_STATUS'), 'OVERFLOW');
    const none = parseVotable(await (await ask('SR=1e-7')).text());
    assert.deepEqual([none.rows.length, none.infos.get('QUERY_STATUS')], [0, 'OK']);
  });

  test('a dated release, and none', async () => {
    const latest = await app.request(`${CONES}?SR=1`, { method: 'POST', body: LIST, headers: CSV });
    const release = latest.headers.get('almagest-release')!;
    const dated = CONES.replace('/cones', `@${release}/cones`);
    const again = await app.request(`${dated}?SR=1`, { method: 'POST', body: LIST, headers: CSV });
    assert.equal(await again.text(), await latest.text());
    const address = CONES.replace('/cones', '@1999-01-01/cones');
    const none = await app.request(`${address}?SR=1`, { method: 'POST', body: LIST, headers: CSV });
    assert.equal(none.status, 404);
    assert.match(await none.text(), /has no release &quot;1999-01-01&quot;/);
  });

  describe('that cannot be', () => {
    async function refusal(status: number, query: string, init: RequestInit): Promise<string> {
      const response = await app.request(`${CONES}?${query}`, { method: 'POST', ...init });
      const text = await response.text();
      assert.equal(response.status, status, text.slice(0, 300));
      assert.equal(response.headers.get('content-type'), 'text/xml;content=x-votable');
      const { infos, message } = parseVotable(text);
      assert.equal(infos.get('QUERY_STATUS'), 'ERROR');
      assert.doesNotMatch(text, /\bat .*\.ts|node_modules/, 'no stack trace');
      return message;
    }

    const LISTS: readonly [what: string, list: string, message: RegExp][] = [
      [
        'no RA',
        'RAJ2000,DEC\n1,2',
        /^The columns are "RAJ2000,DEC": RA is missing\. The first line of CSV names the columns/,
      ],
      ['no header', '10.5,-20\n11,-21', /^The columns are "10.5,-20": RA and DEC are missing/],
      ['semicolons', 'RA;DEC\n1;2', /RA and DEC are missing.* separated by commas/],
      ['RA twice', 'RA,DEC,ra\n1,2,3', /RA is there twice/],
      ['a header alone', 'RA,DEC\n', /^The list has no position/],
      ['too few values', 'RA,DEC\n1,2\n\n3\n', /^Line 4 has 1 value, the header has 2 \("RA,DEC"\)/],
      ['too many values', 'RA,DEC\n1,2,3\n', /^Line 2 has 3 values, the header has 2/],
      [
        'a quote that is not closed',
        'RA,DEC,x\n1,2,"a\nb"\n3,4,"b\n',
        /^Line 4 is not valid CSV: a quote is not closed/,
      ],
      ['NaN', 'RA,DEC\n1,2\nNaN,2', /^Line 3, column RA "NaN" is not a decimal number; it must be finite\.$/],
      ['infinity', 'RA,DEC\n1,-inf', /^Line 2, column DEC "-inf" .* finite/],
      [
        'sexagesimal',
        'RA,DEC\n1,2\n12:30:00,5',
        /^Line 3, column RA "12:30:00" .* give degrees as a decimal number/,
      ],
      ['an empty value', 'RA,DEC\n1,', /^Line 2, column DEC is empty/],
      [
        'RA out of range',
        'ra,dec\n-1,2',
        /^Line 2, column ra "-1" is out of range; right ascension runs from 0 to 360/,
      ],
      [
        'swapped',
        'RA,DEC\n-16.7,101.3',
        /Line 2, column DEC "101.3" is out of range; .* \(are RA and DEC in each other’s place\?\)/,
      ],
      [
        'SR 0',
        'RA,DEC,SR\n1,2,0',
        /^Line 2, column SR "0" is out of range; radii here are above 0 and up to 20 degrees/,
      ],
      ['SR too large', 'RA,DEC,SR\n1,2,21', /^Line 2, column SR "21" is out of range/],
      [
        'an ID twice',
        'ID,RA,DEC\nM31,1,2\nM32,1,2\nM31,3,4',
        /^Line 4 has the ID "M31" of line 2: they must differ/,
      ],
      [
        'no ID',
        'ID,RA,DEC\nM31,1,2\n,1,2',
        /^Line 3 has no ID: give each position one, or leave the column out/,
      ],
      [
        'a long ID',
        `ID,RA,DEC\n${'x'.repeat(300)},1,2`,
        /^Line 2 has an ID of 300 characters; 256 are the most/,
      ],
      [
        'a line of 1 MB',
        `RA,DEC\n1,2\n${'1'.repeat(1_000_000)},2`,
        /^Line 3 has 1000002 characters, more than 65536/,
      ],
    ];
    for (const [what, body, message] of LISTS) {
      test(what, async () => assert.match(await refusal(400, 'SR=1', { body, headers: CSV }), message));
    }

    test('many faults: the first of them, and how many more', async () => {
      const body = `RA,DEC\n${'x,y\n'.repeat(100)}`;
      const message = await refusal(400, 'SR=1', { body, headers: CSV });
      assert.match(
        message,
        /^Line 2, column RA "x" .*\. Line 2, column DEC "y" .*\. Line 3, column RA .*\. 195 more faults are not named here\.$/,
      );
    });

    const JSONS: readonly [list: string, message: RegExp][] = [
      ['[{"ra":1,"dec":NaN}]', /^The body is not valid JSON: .* JSON has no NaN/],
      ['[{"ra":1', /^The body is not valid JSON/],
      ['3', /^The JSON is neither a list nor an object/],
      ['null', /^The JSON is neither a list nor an object/],
      ['[]', /RA and DEC are missing.* Send a list of objects/],
      ['{}', /RA and DEC are missing/],
      ['[[1,2],[3,4]]', /^Position 1 is "\[1,2\]", not an object\. Send a list of objects/],
      ['{"ra":[1,2],"dec":[1]}', /^The lists are not of equal length: "dec" has 1 values, "ra" has 2/],
      ['{"ra":1,"dec":2}', /^"ra" is not a list/],
      ['[{"ra":1,"dec":2},{"ra":1,"dec":[2]}]', /^Position 2, column dec "\[2\]" is not a decimal number/],
      ['[{"ra":1,"dec":2},{"ra":1}]', /^Position 2, column dec is empty/],
      ['[{"ra":1,"dec":2,"id":"a"},{"ra":1,"dec":3,"id":"a"}]', /^Position 2 has the ID "a" of position 1/],
    ];
    for (const [body, message] of JSONS) {
      test(`JSON ${body}`, async () =>
        assert.match(await refusal(400, 'SR=1', { body, headers: JSON_TYPE }), message));
    }

    test('parameters', async () => {
      const list = { body: LIST, headers: CSV };
      assert.match(
        await refusal(400, '', list),
        /^SR is missing: .* as the parameter SR for all positions or as a column SR/,
      );
      assert.match(
        await refusal(400, 'SR=-1&NEAREST=0&UNMATCHED=yes&VERB=9&MAXREC=x&RESPONSEFORMAT=pdf', list),
        /^NEAREST "0" .*\. SR "-1" .*\. UNMATCHED "yes" is none of drop, keep\. VERB .*\. MAXREC .*\. RESPONSEFORMAT /,
      );
      assert.match(await refusal(400, 'SR=1&sr=2', list), /^SR is given 2 times/);
      assert.match(await refusal(414, `SR=1&X=${'x'.repeat(9000)}`, list), /8192/);
    });

    test('bodies that are no list', async () => {
      assert.match(
        await refusal(400, 'SR=1', {}),
        /^The request has no body\. Send the positions as text\/csv/,
      );
      for (const type of ['text/plain', 'application/x-votable+xml', 'application/octet-stream']) {
        const init = { body: LIST, headers: { 'content-type': type } };
        assert.match(
          await refusal(415, 'SR=1', init),
          new RegExp(`^The body is ${type.replace('+', '\\+')}\\. Send .*ofmt=csv`),
        );
      }
      const form = { body: LIST, headers: { 'content-type': 'application/x-www-form-urlencoded' } };
      assert.match(
        await refusal(400, 'SR=1', form),
        /no field POSITIONS.*curl: -H 'Content-Type: text\/csv' --data-binary/,
      );
      const two = new URLSearchParams([
        ['POSITIONS', LIST],
        ['positions', LIST],
      ]);
      assert.match(await refusal(400, 'SR=1', { body: two }), /^The form has 2 fields POSITIONS/);
      const multipart = { body: 'x', headers: { 'content-type': 'multipart/form-data; boundary=y' } };
      assert.match(await refusal(400, 'SR=1', multipart), /not valid multipart\/form-data/);
      const latin = { body: Uint8Array.of(0x52, 0x41, 0xe9), headers: CSV };
      assert.match(await refusal(400, 'SR=1', latin), /not text in UTF-8/);
      assert.match(
        await refusal(400, 'SR=1', { body: gzipSync(LIST), headers: CSV }),
        /looks like gzip: say so by Content-Encoding/,
      );
      const not = { body: LIST, headers: { ...CSV, 'content-encoding': 'gzip' } };
      assert.match(await refusal(400, 'SR=1', not), /not valid gzip/);
      const brotli = { body: LIST, headers: { ...CSV, 'content-encoding': 'br' } };
      assert.match(await refusal(415, 'SR=1', brotli), /encoded as br: send it as it is, or by gzip/);
    });

    test('more than there may be', async () => {
      const many = `RA,DEC\n${'1,2\n'.repeat(50_000)}`;
      assert.deepEqual((await pairs('SR=1e-9', { body: many, headers: CSV })).length, 0);
      for (const body of [`${many}3,4`, `${many}${'3,4\n'.repeat(10_000)}`]) {
        assert.match(
          await refusal(413, 'SR=1', { body, headers: CSV }),
          /^There are more than 50000 positions: send them in several/,
        );
      }
      const records = JSON.stringify(Array(50_001).fill({ ra: 1, dec: 2 }));
      assert.match(
        await refusal(413, 'SR=1', { body: records, headers: JSON_TYPE }),
        /more than 50000 positions/,
      );
      const long = `RA,DEC,x\n${`1,2,${'x'.repeat(100)}\n`.repeat(45_000)}`;
      assert.match(await refusal(413, 'SR=1', { body: long, headers: CSV }), /longer than 4194304 bytes/);
      const bomb = { body: gzipSync(long.repeat(10)), headers: { ...CSV, 'content-encoding': 'gzip' } };
      assert.match(await refusal(413, 'SR=1', bomb), /longer than 4194304 bytes/);
    });

    test('a catalogue that is not there, and a method', async () => {
      const response = await app.request('/scs/hiparcos.stars/cones?SR=1', {
        method: 'POST',
        body: LIST,
        headers: CSV,
      });
      assert.equal(response.status, 404);
      assert.match(await response.text(), /Did you mean hipparcos\.stars/);
      const got = await app.request(`${CONES}?RA=1&DEC=2&SR=1`);
      assert.equal(got.status, 405);
      assert.equal(got.headers.get('allow'), 'POST, OPTIONS');
    });
  });
});
