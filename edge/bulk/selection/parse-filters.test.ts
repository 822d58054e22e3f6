import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Bool, Field, Float32, Float64, Int32, Int64, List, TimestampMicrosecond, Utf8 } from 'apache-arrow';
import fc from 'fast-check';
import type { StoredColumn } from '../../../engine/catalog/release.ts';
import type { Condition } from '../../../engine/selection/conditions.ts';
import { parseFilters } from './parse-filters.ts';

const types = {
  _healpix_29: new Int64(),
  id: new Int64(),
  vmag: new Float64(),
  vmag_error: new Float32(),
  count: new Int32(),
  name: new Utf8(),
  'kind of thing': new Utf8(),
  flag: new Bool(),
  seen: new TimestampMicrosecond(),
  fluxes: new List(new Field('item', new Float32(), true)),
};
const columns: ReadonlyMap<string, StoredColumn> = new Map(
  Object.entries(types).map(([name, type], at) => [name, { at, type, nullable: true }]),
);

/** Texts as such again. */
function shown(condition: Condition) {
  const text = (value: unknown) => (value instanceof Uint8Array ? new TextDecoder().decode(value) : value);
  const { column, operator } = condition;
  return 'value' in condition
    ? [column, operator, text(condition.value)]
    : [column, operator, condition.values.map(text)];
}
const parsed = (text: string) => parseFilters(text, columns).map((all) => all.map(shown));

test('what LSDB sends', () => {
  // f"{column}{operator}{value}", joined by "," (AND) and ";" (OR): lsdb 0.11, HatsLoadingConfig.make_query_url_params.
  assert.deepEqual(
    parsed('_healpix_29>=1152921504606846976,_healpix_29<1152921504606846980;_healpix_29>=5,_healpix_29<7'),
    [
      [
        ['_healpix_29', '>=', 1152921504606846976n],
        ['_healpix_29', '<', 1152921504606846980n],
      ],
      [
        ['_healpix_29', '>=', 5n],
        ['_healpix_29', '<', 7n],
      ],
    ],
  );
  assert.deepEqual(parsed('vmag<5.5,vmag_error<=1e-05'), [
    [
      ['vmag', '<', 5.5],
      ['vmag_error', '<=', 1e-5],
    ],
  ]);
  assert.deepEqual(parsed("name==Barnard's star"), [[['name', '==', "Barnard's star"]]]);
  assert.deepEqual(parsed('name== x '), [[['name', '==', ' x ']]]);
  assert.deepEqual(parsed("namein['a', 'b, c; d', \"it's\"],count>3"), [
    [
      ['name', 'in', ['a', 'b, c; d', "it's"]],
      ['count', '>', 3],
    ],
  ]);
  assert.deepEqual(parsed('countnot in(1, 2)'), [[['count', 'not in', [1, 2]]]]);
  assert.deepEqual(parsed('count not in {np.int64(1), np.int64(2)}'), [[['count', 'not in', [1, 2]]]]);
  assert.deepEqual(parsed("namein[np.str_('a')]"), [[['name', 'in', ['a']]]]);
  assert.deepEqual(parsed("namein('a',)"), [[['name', 'in', ['a']]]]);
  assert.deepEqual(parsed('flag==True'), [[['flag', '==', true]]]);
  assert.deepEqual(parsed('seen>=2020-02-29 12:00:00.25'), [[['seen', '>=', 1582977600250000n]]]);
});

test('what people write', () => {
  assert.deepEqual(parsed(' vmag < 5 , name = Sirius ; kind of thing != "a, b" '), [
    [
      ['vmag', '<', 5],
      ['name', '==', 'Sirius'],
    ],
    [['kind of thing', '!=', 'a, b']],
  ]);
  assert.deepEqual(parsed("name='it\\'s'"), [[['name', '==', "it's"]]]);
  assert.deepEqual(parsed('id in []'), [[['id', 'in', []]]]);
  assert.deepEqual(parsed('vmag>-inf,vmag!=nan'), [
    [
      ['vmag', '>', Number.NEGATIVE_INFINITY],
      ['vmag', '!=', Number.NaN],
    ],
  ]);
  assert.deepEqual(parsed('id==9007199254740993.0;id>-9007199254740993.'), [
    [['id', '==', 9007199254740993n]],
    [['id', '>', -9007199254740993n]],
  ]);
  assert.throws(() => parsed('id==+-5'), /id, which is a whole number, but "\+-5" is none/);
  assert.deepEqual(parsed('id>1.5,id<=+9007199254740993'), [
    [
      ['id', '>', 1.5],
      ['id', '<=', 9007199254740993n],
    ],
  ]);
  assert.deepEqual(parsed('seen<2020-01-01;seen>2021-01-01T10:30Z'), [
    [['seen', '<', 1577836800000000n]],
    [['seen', '>', 1609497000000000n]],
  ]);
});

test('what is wrong, and what would be right', () => {
  const faults: [string, RegExp][] = [
    ['', /filters has "": a condition is a column, one of = == != /],
    ['vmag', /has "vmag": a condition is/],
    ['vmag<', /has a condition on vmag without a value/],
    ['vmag<5,', /filters has ""/],
    ['vmag<5;;name=x', /filters has ";name=x"/],
    ['vmagg<5', /has a condition on "vmagg", which is no column: did you mean vmag\?/],
    ['brightness<5', /"brightness", which is no column: the columns are _healpix_29, id, vmag/],
    ['vmag<bright', /condition on vmag, which is a number, but "bright" is none/],
    ['vmag<0x10', /vmag, which is a number, but "0x10"/],
    ['vmag<1,000', /filters has "000": a condition is/],
    ['count==one', /count, which is a whole number/],
    ['id==None', /id, which is a whole number, but "None"/],
    ['flag==1', /flag, which is a boolean \(true or false\), but "1" is none/],
    ['seen>yesterday', /seen, which is a time \(such as 2026-11-20T21:30:00\), but "yesterday"/],
    ['seen>2020-02-30', /seen, which is a time/],
    ['seen>2020-01-01T00:00:00.1234567', /seen, which is a time/],
    ['fluxes>1', /fluxes, which holds arrays, which cannot be compared/],
    ['vmag<>5', /has "vmag<>5": a condition is/],
    ['vmag=<5', /has "vmag=<5": a condition is/],
    ['vmag===5', /has "vmag===5"/],
    ['vmag~5', /has "vmag~5"/],
    ['vmag like 5', /has "vmag like 5"/],
    ['name in a, b', /has "name in a, b"/],
    ["name in ['a' 'b']", /list on name that is none/],
    ["name in ['a'", /list on name that is none/],
    ["name in ['a", /list on name that is none/],
    ['count in [1, , 2]', /list on count that is none/],
    ['count in [1] and vmag<5', /has "and vmag<5" after a list/],
    ['count in [x]', /count, which is a whole number, but "x"/],
    [Array(201).fill('id=1').join(';'), /more than 200 conditions/],
    ['1=1; DROP TABLE x', /"1", which is no column/],
  ];
  for (const [text, message] of faults) {
    assert.throws(() => parseFilters(text, columns), { name: 'RequestError', status: 400, message }, text);
  }
});

test('any text is understood or refused with words', () => {
  const piece = fc.oneof(
    fc.constantFrom(...columns.keys()),
    fc.constantFrom(
      '==',
      '=',
      '!=',
      '<',
      '<=',
      '>',
      '>=',
      'in',
      'not in',
      ',',
      ';',
      '[',
      ']',
      '(',
      ')',
      "'",
      '"',
      '\\',
      ' ',
      '1',
      '-2.5',
      'np.int64(3)',
    ),
    fc.string({ unit: 'binary', maxLength: 5 }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      try {
        assert.ok(parseFilters(pieces.join(''), columns).length > 0);
      } catch (error) {
        assert.equal((error as Error).name, 'RequestError', `${(error as Error).stack}`);
      }
    }),
    { numRuns: 5000 },
  );
});
