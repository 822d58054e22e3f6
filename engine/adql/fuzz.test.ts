import assert from 'node:assert/strict';
import test from 'node:test';
import { EOF } from 'chevrotain';
import fc from 'fast-check';
import { checkQuery } from './check/check.ts';
import { TEST_TABLES } from './check/test-tables.ts';
import { AdqlCheckError, AdqlSyntaxError } from './errors.ts';
import { DEMO_QUERIES, SURVEY_QUERIES } from './example-queries.ts';
import { refuseFaultyTokens } from './faulty-tokens.ts';
import { FUNCTIONS } from './functions/functions.ts';
import { limitDepth, limitNesting } from './nesting.ts';
import { positionOf } from './nodes.ts';
import { parseAdql } from './parse.ts';
import { positionIn } from './position.ts';
import { recognise } from './recognise.ts';
import type { Statement } from './syntax-tree.ts';
import { tokenize } from './tokens.ts';
import { writeAdql } from './write.ts';

const EXAMPLES = [...DEMO_QUERIES, ...SURVEY_QUERIES];
/** A CI run makes them all; a seed that fast-check reports repeats one. */
const MUTATIONS = 100_000;

/** As `parseAdql`, but does not say what would be right: that takes ten times as long as to find what is wrong. */
function parseTersely(text: string): Statement {
  const tokens = tokenize(text);
  refuseFaultyTokens(tokens);
  limitNesting(tokens);
  const result = recognise(tokens);
  if ('fault' in result) {
    const last = tokens.at(-1);
    const token = result.fault.tokenType === EOF ? last : result.fault;
    throw new AdqlSyntaxError(
      'out of place',
      token === undefined ? positionIn(text, 0, 0) : positionOf(token),
    );
  }
  limitDepth(result.statement);
  return result.statement;
}

/**
 * Parses, writes and checks a text, which may fail in the two proper ways only, at a place in the text.
 * @returns whether it is a query that makes sense
 */
function attempt(text: string, parse: (text: string) => Statement): boolean {
  try {
    const statement = parse(text);
    const written = writeAdql(statement);
    assert.equal(writeAdql(parse(written)), written);
    checkQuery(statement, TEST_TABLES, FUNCTIONS);
    return true;
  } catch (error) {
    if (!(error instanceof AdqlSyntaxError) && !(error instanceof AdqlCheckError)) throw error;
    assert.ok(error.offset >= 0 && error.offset <= text.length, error.message);
    assert.ok(error.line >= 1 && error.column >= 1, error.message);
    assert.ok(error.problem.length < 1000, error.message);
    return false;
  }
}

/** Words, names, numbers, signs and single characters, white space among them. */
const PIECE = /[A-Za-z_][A-Za-z0-9_]*|\d+|'[^']*'|"[^"]*"|[\s\S]/g;
const PIECES = [...new Set(EXAMPLES.flatMap((text) => text.match(PIECE)!))];
const STRANGE = [
  "'",
  '"',
  '`',
  ';',
  '--',
  '/*',
  '\0',
  '\\',
  '\u2028',
  '😀',
  '\ud800',
  'é',
  '%',
  '1e999',
  '0x',
  '$$',
  '::',
  'LIMIT',
  '((((',
  '))))',
];

interface Mutation {
  readonly place: number;
  readonly removed: number;
  readonly inserted: string;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  place: fc.nat({ max: 400 }),
  removed: fc.nat({ max: 3 }),
  inserted: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...PIECES).map((piece) => ` ${piece} `) },
    { weight: 3, arbitrary: fc.constant('') },
    { weight: 2, arbitrary: fc.constantFrom(...STRANGE) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 5 }) },
  ),
});

function mutate(text: string, mutations: readonly Mutation[]): string {
  const pieces = text.match(PIECE)!;
  for (const { place, removed, inserted } of mutations) {
    pieces.splice(place % (pieces.length + 1), removed, inserted);
  }
  return pieces.join('');
}

const mutated = fc
  .tuple(fc.constantFrom(...EXAMPLES), fc.array(mutation, { minLength: 1, maxLength: 4 }))
  .map(([text, mutations]) => mutate(text, mutations));

test('mutations of queries are answered or refused, never worse', () => {
  let valid = 0;
  const property = fc.property(mutated, (text) => {
    if (attempt(text, parseTersely)) valid++;
  });
  fc.assert(property, { numRuns: MUTATIONS });
  assert.ok(valid > MUTATIONS / 100, `only ${valid} make sense: the mutations are too wild to test anything`);
});

test('what is said of mutations is said without fail', () => {
  fc.assert(
    fc.property(mutated, (text) => {
      attempt(text, parseAdql);
    }),
    { numRuns: 1000 },
  );
});

test('any text is answered or refused', () => {
  const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 60 }), fc.string({ maxLength: 60 }));
  fc.assert(
    fc.property(text, fc.boolean(), (text, begins) => {
      attempt(begins ? `SELECT ${text}` : text, parseAdql);
    }),
    { numRuns: 1000 },
  );
});

// ---- Queries from the grammar ------------------------------------------------------------------------------------

const name = fc.constantFrom(
  'ra',
  'dec',
  'vmag',
  'name',
  '"Mixed ""Case"""',
  's.ra',
  'hipparcos.stars.dec',
  'mag_auto[jplus::rSDSS]',
  'a[1:3]',
);
const literal = fc.constantFrom(
  '0',
  '1',
  '42',
  '.5',
  '1.5e-3',
  '0xFF',
  "'it''s'",
  "''",
  'NULL',
  'TRUE',
  '9223372036854775807',
);

const { query } = fc.letrec<{ value: string; condition: string; query: string; table: string }>((tie) => {
  const list = (item: fc.Arbitrary<string>, maxLength = 3) =>
    fc.array(item, { minLength: 1, maxLength }).map((items) => items.join(', '));
  const form = (strings: TemplateStringsArray, ...parts: fc.Arbitrary<string>[]) =>
    fc.tuple(...parts).map((values) => String.raw({ raw: strings }, ...values));
  const one = (...words: string[]) => fc.constantFrom(...words);
  const v = tie('value');
  const c = tie('condition');
  const q = tie('query');
  const number = fc.oneof(one('ra', 's.dec', '1.5', '-2'), form`(${v} + ${v})`);
  const point = form`POINT(${number}, ${number})`;
  const shape = fc.oneof(
    point,
    form`CIRCLE(${point}, ${number})`,
    form`BOX('ICRS', ${number}, ${number}, 1, 2)`,
  );
  return {
    value: fc.oneof(
      { maxDepth: 4, depthIdentifier: 'adql' },
      name,
      literal,
      form`${v} ${one('+', '-', '*', '/', '%', '||', '&', '|', '^')} ${v}`,
      form`(${v})`,
      form`${one('-', '+', '~')}(${v})`,
      form`${one('SQRT', 'abs', 'ivo_nocasematch', 'COALESCE')}(${list(v)})`,
      form`${one('COUNT', 'Max', 'SUM')}(${one('', 'DISTINCT ', 'ALL ')}${v})`,
      form`CASE WHEN ${c} THEN ${v} ELSE ${v} END`,
      form`CASE ${v} WHEN ${v} THEN ${v} END`,
      form`CAST(${v} AS ${one('INTEGER', 'VARCHAR(3)', 'DOUBLE PRECISION', 'TIMESTAMP')})`,
      form`IN_UNIT(${v}, 'deg')`,
      form`(${q})`,
      form`${one('CONTAINS', 'INTERSECTS')}(${shape}, ${shape})`,
      form`DISTANCE(${point}, ${point})`,
      shape,
    ),
    condition: fc.oneof(
      { maxDepth: 4, depthIdentifier: 'adql' },
      form`${v} ${one('=', '<>', '!=', '<', '>=')} ${v}`,
      form`${v} ${one('', 'NOT ')}BETWEEN ${v} AND ${v}`,
      form`${v} ${one('', 'NOT ')}IN (${list(v)})`,
      form`${v} IN (${q})`,
      form`${v} ${one('LIKE', 'NOT ILIKE')} ${v}`,
      form`${v} IS ${one('', 'NOT ')}NULL`,
      form`EXISTS (${q})`,
      form`(${c})`,
      form`(${c}) ${one('AND', 'OR')} (${c})`,
      form`${c} ${one('AND', 'OR')} ${v} = ${v}`,
      form`NOT (${c})`,
    ),
    table: fc.oneof(
      { maxDepth: 3, depthIdentifier: 'adql' },
      one('hipparcos.stars', 'hipparcos.stars AS s', 'dso.objects o', '"survey"."sources"'),
      form`(${q}) AS q`,
      form`${tie('table')} ${one('', 'LEFT ', 'FULL OUTER ', 'INNER ')}JOIN dso.objects AS p ON ${c}`,
      form`${tie('table')} NATURAL JOIN ${one('dso.objects', 'survey.sources x')}`,
      form`(${tie('table')} JOIN dso.objects USING (ra))`,
    ),
    query: fc.oneof(
      { maxDepth: 3, depthIdentifier: 'adql' },
      form`SELECT ${list(v)} FROM ${tie('table')}`,
      form`SELECT ${one('', 'DISTINCT ', 'TOP 3 ', 'ALL TOP 0 ')}${v} AS x, s.* FROM ${tie('table')} WHERE ${c}`,
      form`SELECT ${v} FROM ${tie('table')} GROUP BY ${list(v)} HAVING ${c}`,
      form`SELECT * FROM ${tie('table')} ORDER BY ${v} DESC, 1 OFFSET 3`,
      form`(${q}) ${one('UNION', 'EXCEPT ALL', 'INTERSECT')} (${q}) ORDER BY 1`,
    ),
  };
});

test('what the grammar makes is parsed, and written as it was meant', () => {
  fc.assert(
    fc.property(query, (text) => {
      const statement = parseAdql(text);
      const written = parseAdql(writeAdql(statement));
      assert.deepEqual(shapeOf(written), shapeOf(statement));
      attempt(text, parseAdql);
    }),
    { numRuns: 1500 },
  );
});

function shapeOf(statement: Statement): unknown {
  return JSON.parse(JSON.stringify(statement, (key, value) => (key === 'position' ? undefined : value)));
}
