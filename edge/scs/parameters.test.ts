import assert from 'node:assert/strict';
import test from 'node:test';
import { RequestError } from '../request-error.ts';
import { type ConeQuery, parseConeQuery } from './parameters.ts';

const LIMITS = { maxRadius: 20, maxRecords: 1000, defaultRecords: 100, maxIds: 10 };

function parse(query: string, accept?: string): ConeQuery {
  const raw = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(query)) raw.set(name, [...(raw.get(name) ?? []), value]);
  return parseConeQuery(raw, accept, LIMITS);
}

function fault(query: string): string {
  try {
    parse(query);
  } catch (error) {
    assert.ok(error instanceof RequestError);
    assert.equal(error.status, 400);
    return error.message;
  }
  assert.fail(`${query} should be refused`);
}

test('the three parameters and their defaults', () => {
  const query = parse('RA=10.5&DEC=-20&SR=0.1');
  assert.deepEqual(query.cone, { lon: 10.5, lat: -20, radius: 0.1 });
  assert.equal(query.verbosity, 2);
  assert.equal(query.limit, 100);
  assert.equal(query.sorted, false);
  assert.equal(query.format.format, 'votable-tabledata');
});

test('the optional parameters', () => {
  const query = parse('RA=1&DEC=2&SR=3&VERB=3&MAXREC=7&SORT=separation&RESPONSEFORMAT=csv');
  assert.equal(query.verbosity, 3);
  assert.equal(query.limit, 7);
  assert.equal(query.sorted, true);
  assert.equal(query.format.format, 'csv');
});

test('MAXREC cannot lift the limit of the service', () => {
  assert.equal(parse('RA=1&DEC=2&SR=3&MAXREC=5000').limit, 1000);
  assert.equal(parse('RA=1&DEC=2&SR=3&MAXREC=0').limit, 0);
});

test('right ascension 360 is 0', () => {
  assert.equal(parse('RA=360&DEC=0&SR=1').cone.lon, 0);
});

test('a plus sign that was not encoded arrives as a space and does no harm', () => {
  assert.deepEqual(parse('RA=+10.5&DEC=+2&SR=1').cone, { lon: 10.5, lat: 2, radius: 1 });
});

test('an optional parameter without a value counts as not given', () => {
  const query = parse('RA=1&DEC=2&SR=3&VERB=&MAXREC=&SORT=&RESPONSEFORMAT=');
  assert.equal(query.verbosity, 2);
  assert.equal(query.limit, 100);
});

test('parameters that a cone search does not have are ignored', () => {
  assert.equal(parse('RA=1&DEC=2&SR=3&REQUEST=query&VERSION=1.03&RUNID=x&RUNID=y&CATALOG=z').limit, 100);
});

test('all that is missing is named at once', () => {
  assert.match(fault(''), /^RA, DEC, SR are missing: /);
  assert.match(fault('RA=1&SR='), /^DEC, SR are missing: /);
  assert.match(fault('RA=1&DEC=2'), /^SR is missing: /);
});

test('all that is wrong is named at once', () => {
  const message = fault('RA=12:30:00&DEC=91&SR=-1&VERB=4&MAXREC=-5&RESPONSEFORMAT=pdf&SORT=up');
  for (const name of ['RA', 'DEC', 'SR', 'VERB', 'MAXREC', 'RESPONSEFORMAT', 'SORT']) {
    assert.match(message, new RegExp(`(^|\\. )${name} "`), name);
  }
});

test('values out of range, with the range', () => {
  assert.match(
    fault('RA=360.1&DEC=0&SR=1'),
    /RA "360.1" is out of range; right ascension runs from 0 to 360/,
  );
  assert.match(fault('RA=-1&DEC=0&SR=1'), /RA "-1" is out of range/);
  assert.match(fault('RA=0&DEC=90.5&SR=1'), /DEC "90.5" is out of range; declination runs from -90 to 90/);
  assert.match(fault('RA=0&DEC=0&SR=-0.1'), /SR "-0.1" is out of range/);
  assert.match(fault('RA=0&DEC=0&SR=20.01'), /SR "20.01" is out of range; .* to 20 degrees/);
});

test('NEAREST asks for so many rows; without SR, as far as the service searches', () => {
  assert.equal(parse('RA=1&DEC=2&SR=3').nearest, null);
  const query = parse('RA=1&DEC=2&NEAREST=3');
  assert.equal(query.nearest, 3);
  assert.equal(query.cone.radius, 20);
  assert.equal(parse('RA=1&DEC=2&NEAREST=3&SR=0.5').cone.radius, 0.5);
  assert.match(fault('NEAREST=3'), /^RA, DEC are missing/);
  for (const wrong of ['0', '-1', '1.5', 'all', '10001']) {
    const message = fault(`RA=1&DEC=2&SR=3&NEAREST=${wrong}`);
    assert.equal(message, `NEAREST "${wrong}" is not a whole number of rows from 1 to 10000.`);
  }
});

test('a parameter given twice is an error, even with the same value', () => {
  assert.match(fault('RA=1&RA=1&DEC=2&SR=3'), /RA is given 2 times: give it once/);
  assert.match(fault('RA=1&DEC=2&SR=3&MAXREC=1&MAXREC=2&MAXREC=3'), /MAXREC is given 3 times/);
});

test('the Accept header counts where RESPONSEFORMAT is not given', () => {
  assert.equal(parse('RA=1&DEC=2&SR=3', 'text/csv').format.format, 'csv');
  assert.equal(parse('RA=1&DEC=2&SR=3&RESPONSEFORMAT=json', 'text/csv').format.format, 'json');
});
