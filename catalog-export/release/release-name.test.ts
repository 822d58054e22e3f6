import assert from 'node:assert/strict';
import test from 'node:test';
import { checkReleaseName, clockWarning, nextReleaseName } from './release-name.ts';

const date = new Date('2026-11-21T23:59:59.999Z');

test('the first release of a day has its UTC date', () => {
  assert.equal(nextReleaseName([], date), '2026-11-21');
  assert.equal(nextReleaseName(['2026-11-20', '2026-11-20.3'], date), '2026-11-21');
});

test('later ones are numbered after the last, whatever became of those between', () => {
  assert.equal(nextReleaseName(['2026-11-21'], date), '2026-11-21.1');
  assert.equal(nextReleaseName(['2026-11-21', '2026-11-21.9', '2026-11-21.10'], date), '2026-11-21.11');
  assert.equal(nextReleaseName(['2026-11-21.2'], date), '2026-11-21.3');
});

test('names do not go backwards when the clock does, and it is said', () => {
  assert.equal(nextReleaseName(['2026-11-20', '2026-11-22'], date), '2026-11-22.1');
  assert.equal(nextReleaseName(['2027-01-01.4', '2026-11-21'], date), '2027-01-01.5');
  assert.match(
    clockWarning(['2027-01-01.4', '2026-11-21'], date)!,
    /the clock says 2026-11-21, which is before the last release, 2027-01-01\.4/,
  );
  assert.equal(clockWarning([], date), null);
  assert.equal(clockWarning(['2026-11-21.3'], date), null);
});

test('a name that is given has to be a later one', () => {
  const taken = ['2026-11-19', '2026-11-20.2'];
  for (const good of ['2026-11-20.3', '2026-11-20.7', '2026-11-21', '2026-11-22']) {
    checkReleaseName(good, taken, date);
  }
  const bad: [string, RegExp][] = [
    [
      '2026-11-20.2',
      /cannot be named 2026-11-20\.2: there is, or was, a release of that name; 2026-11-21 would do/,
    ],
    ['2026-11-20.1', /releases go forward, and the last is 2026-11-20\.2/],
    ['2026-11-18', /releases go forward/],
    ['2026-11-23', /that day is still to come/],
    ['9999-01-01', /that day is still to come/],
    ['2026-13-45', /a name is a day/],
    ['dr1', /a name is a day and may have a number, such as 2026-11-20 or 2026-11-20\.1/],
    ['../x', /a name is a day/],
    ['', /a name is a day/],
  ];
  for (const [name, message] of bad) {
    assert.throws(() => checkReleaseName(name, taken, date), { message }, name);
  }
});
