import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { closedHeader, writeCard, writeCommentary } from './card.ts';
import { FitsError } from './errors.ts';
import {
  headerText,
  integerOf,
  logicalOf,
  numberOf,
  parseHeader,
  requiredInteger,
  textOf,
} from './header.ts';

const header = (...cards: string[]) => parseHeader(cards.map((card) => card.padEnd(80)).join(''));

test('reads values of every kind', () => {
  const read = header(
    "OBJECT  = 'M 31    '           / galaxy",
    'EXPTIME =               3.5E+2 / seconds',
    'GAIN    =              1.5D-01',
    'NAXIS   =                    2',
    'EXTEND  =                    T',
    'UNDEF   =                      / nobody knows',
    "QUOTED  = 'O''Hara / not a comment' / a comment",
    'HIERARCH ESO  DET CHIP1 ID = 42 / of ESO',
    'COMMENT = not a value',
    'tight   =-1.5/close',
    'NOSPACE ='.concat("'text'"),
  );
  assert.equal(textOf(read, 'OBJECT'), 'M 31');
  assert.equal(numberOf(read, 'EXPTIME'), 350);
  assert.equal(numberOf(read, 'GAIN'), 0.15);
  assert.equal(integerOf(read, 'NAXIS'), 2);
  assert.equal(logicalOf(read, 'EXTEND'), true);
  assert.equal(read.values.get('UNDEF'), null);
  assert.equal(textOf(read, 'QUOTED'), "O'Hara / not a comment");
  assert.equal(read.cards[6]!.comment, 'a comment');
  assert.equal(numberOf(read, 'ESO DET CHIP1 ID'), 42);
  assert.equal(read.values.get('COMMENT'), null);
  assert.equal(numberOf(read, 'TIGHT'), -1.5);
  assert.equal(textOf(read, 'NOSPACE'), 'text');
});

test('what is no number is none', () => {
  const read = header(
    'A       = NaN',
    'B       = Infinity',
    "C       = 'twelve'",
    "D       = '12.5'",
    'E       = 0x10',
  );
  assert.deepEqual(
    ['A', 'B', 'C', 'D', 'E', 'MISSING'].map((keyword) => numberOf(read, keyword)),
    [null, null, null, 12.5, null, null],
  );
});

test('a repeated keyword has its first value, and all cards stay', () => {
  const read = header('A       = 1', 'A       = 2');
  assert.equal(numberOf(read, 'A'), 1);
  assert.equal(read.cards.length, 2);
});

test('a long text goes on in CONTINUE', () => {
  const read = header(
    "LONG    = 'begins &'",
    "CONTINUE  'goes on &' / half",
    "CONTINUE  'ends' / whole",
    "NEXT    = 'no & in the end'",
  );
  assert.equal(textOf(read, 'LONG'), 'begins goes on ends');
  assert.equal(read.cards[0]!.comment, 'half whole');
  assert.equal(read.cards.length, 2);
});

test('ends at END', () => {
  assert.equal(header('A       = 1', 'END', 'B       = 2').cards.length, 1);
});

test('writes what it reads', () => {
  const plain = fc.string({
    unit: fc.integer({ min: 32, max: 126 }).map((code) => String.fromCharCode(code)),
    maxLength: 200,
  });
  const value = fc.oneof(
    plain.map((text) => text.trimEnd()).filter((text) => !text.endsWith('&')),
    fc.boolean(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer(),
    fc.constant(null),
  );
  fc.assert(
    fc.property(value, (value) => {
      const card = writeCard('KEYWORD', value, 'comment');
      assert.equal(card.length % 80, 0);
      const read = parseHeader(card);
      assert.equal(read.cards.length, 1);
      const found = read.values.get('KEYWORD');
      assert.ok(found === value || (value === 0 && found === 0), `${card} is ${String(found)}`);
    }),
    { seed: 3 },
  );
});

test('any text is a header that can be written again', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 500 }), (text) => {
      const read = parseHeader(text);
      for (const card of read.cards) assert.equal(card.text.length % 80, 0);
      assert.deepEqual(parseHeader(headerText(read)), read);
    }),
    { seed: 4 },
  );
});

test('commentary has no more than FITS allows', () => {
  const cards = writeCommentary('HISTORY', `${'x'.repeat(100)}\u2033\n`);
  assert.equal(cards.length, 160);
  assert.match(cards, /^[\x20-\x7e]*$/);
  assert.equal(closedHeader(cards).length, 2880);
});

test('says what a needed keyword should be', () => {
  const fault = (card: string) => {
    try {
      return requiredInteger(header(card), 'NAXIS1', 0, Number.MAX_SAFE_INTEGER, 3);
    } catch (error) {
      assert.ok(error instanceof FitsError);
      assert.equal(error.code, 'bad-header');
      return error.message;
    }
  };
  assert.equal(fault('NAXIS1  = 5'), 5);
  assert.match(
    String(fault('NAXIS1  = -1')),
    /^HDU 3: NAXIS1 is -1: it must be a whole number of at least 0$/,
  );
  assert.match(String(fault('NAXIS1  = 1.5')), /NAXIS1 is 1.5/);
  assert.match(String(fault("NAXIS1  = '5'")), /NAXIS1 is '5'/);
  assert.match(String(fault('NAXIS1  = many')), /NAXIS1 is many/);
  assert.match(String(fault('NAXIS1  =')), /NAXIS1 is undefined/);
  assert.match(String(fault('OTHER   = 1')), /NAXIS1 is missing/);
});
