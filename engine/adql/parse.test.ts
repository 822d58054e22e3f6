import assert from 'node:assert/strict';
import test from 'node:test';
import { AdqlSyntaxError } from './errors.ts';
import { DEMO_QUERIES, SURVEY_QUERIES } from './example-queries.ts';
import { AdqlGrammar } from './grammar.ts';
import { parseAdql } from './parse.ts';
import type { Condition, Expression, QueryBody, Select } from './syntax-tree.ts';
import { createLexer } from './tokens.ts';
import { writeAdql } from './write.ts';

/** A tree without its positions, for comparison. */
function shape(node: unknown): unknown {
  return JSON.parse(JSON.stringify(node, (key, value) => (key === 'position' ? undefined : value)));
}

function select(text: string): Select {
  const { body } = parseAdql(text).query;
  assert.equal(body.kind, 'select');
  return body as Select;
}

function expression(text: string): Expression {
  const [item] = select(`SELECT ${text} FROM t`).columns;
  assert.equal(item!.kind, 'derived-column');
  return (item as { expression: Expression }).expression;
}

function condition(text: string): Condition {
  return select(`SELECT a FROM t WHERE ${text}`).where!;
}

/** A tree of operators in prefix form. */
function prefix(node: Expression | Condition | QueryBody): string {
  switch (node.kind) {
    case 'operation':
    case 'comparison':
      return `(${node.operator} ${prefix(node.left)} ${prefix(node.right)})`;
    case 'set-operation':
      return `(${node.operator.toLowerCase()} ${prefix(node.left)} ${prefix(node.right)})`;
    case 'and':
    case 'or':
      return `(${node.kind} ${node.operands.map(prefix).join(' ')})`;
    case 'not':
      return `(not ${prefix(node.operand)})`;
    case 'sign':
      return `(${node.operator} ${prefix(node.operand)})`;
    case 'select':
      return node.columns
        .map((item) => (item.kind === 'derived-column' ? prefix(item.expression) : '*'))
        .join();
    case 'column':
      return node.name.name;
    case 'number':
      return node.text;
    default:
      return node.kind;
  }
}

test('no pattern is hidden or slow, and the grammar is unambiguous', () => {
  assert.doesNotThrow(() => createLexer({ validate: true }));
  assert.doesNotThrow(() => new AdqlGrammar({ validate: true }));
});

test('every example parses, and its canonical form has the same tree', () => {
  assert.ok(DEMO_QUERIES.length + SURVEY_QUERIES.length >= 150);
  for (const text of [...DEMO_QUERIES, ...SURVEY_QUERIES]) {
    const tree = parseAdql(text);
    const written = writeAdql(tree);
    assert.deepEqual(shape(parseAdql(written)), shape(tree), `${text}\n${written}`);
    assert.equal(writeAdql(parseAdql(written)), written);
  }
});

test('operators bind as the standard says', () => {
  assert.equal(prefix(expression('a + b * c - d / e')), '(- (+ a (* b c)) (/ d e))');
  assert.equal(prefix(expression('(a + b) * -c')), '(* (+ a b) (- c))');
  assert.equal(prefix(expression('a & b + c | d')), '(| (& a (+ b c)) d)');
  assert.equal(prefix(condition('a = 1 OR b = 2 AND NOT c = 3')), '(or (= a 1) (and (= b 2) (not (= c 3))))');
  assert.equal(prefix(condition('a = 1 AND b = 2 AND c = 3')), '(and (= a 1) (= b 2) (= c 3))');
  assert.equal(prefix(condition('a != 1 AND (b < 2 OR c = 3)')), '(and (<> a 1) (or (< b 2) (= c 3)))');
});

test('INTERSECT binds tighter than UNION and EXCEPT, which go from left to right', () => {
  const body = (text: string) =>
    prefix(
      parseAdql(text.replaceAll(/\w\b/g, (c) => (/[a-z]/.test(c) ? `SELECT ${c} FROM t` : c))).query.body,
    );
  assert.equal(body('a UNION b INTERSECT c EXCEPT d'), '(except (union a (intersect b c)) d)');
  assert.equal(body('(a UNION b) INTERSECT c'), '(intersect (union a b) c)');
  assert.equal(body('a EXCEPT (b EXCEPT c)'), '(except a (except b c))');
});

test('coordinates gather to points, whatever the form', () => {
  const same = (one: string, other: string) =>
    assert.deepEqual(shape(expression(one)), shape(expression(other)));
  same('CIRCLE(a, b, 1)', 'CIRCLE(POINT(a, b), 1)');
  same("CIRCLE('ICRS', a, b, 1)", "CIRCLE('ICRS', POINT(a, b), 1)");
  same('BOX(a, b, 1, 2)', 'BOX(POINT(a, b), 1, 2)');
  same('DISTANCE(a, b, c, d)', 'DISTANCE(POINT(a, b), POINT(c, d))');
  same('POINT(NULL, a, b)', 'POINT(a, b)');
});

test('names keep their case and their quotes', () => {
  const [item] = select('SELECT "a ""b"" c".Dd FROM t').columns;
  const { name, table } = (item as { expression: Extract<Expression, { kind: 'column' }> }).expression;
  assert.deepEqual([name.name, name.delimited], ['Dd', false]);
  assert.deepEqual([table!.parts[0]!.name, table!.parts[0]!.delimited], ['a "b" c', true]);
});

test('positions count lines, columns and offsets', () => {
  const text = "SELECT a,\r\n  'x\ny' AS b\nFROM t WHERE\tc + d = 1";
  const { columns, where, position } = select(text);
  assert.deepEqual(position, { start: 0, end: text.length, line: 1, column: 1 });
  assert.deepEqual(columns[1]!.position, { start: 13, end: 23, line: 2, column: 3 });
  assert.deepEqual(where!.position, { start: 37, end: text.length, line: 4, column: 14 });
  assert.equal(text.slice(where!.position.start, where!.position.end), 'c + d = 1');
});

test('long chains of conditions and lists do not nest', () => {
  const many = Array.from({ length: 50_000 }, (_, i) => `a = ${i}`).join(' OR ');
  assert.equal((condition(many) as Extract<Condition, { operands: unknown }>).operands.length, 50_000);
  const list = condition(`a IN (${Array.from({ length: 100_000 }, (_, i) => i).join()})`);
  assert.ok(list.kind === 'in' && Array.isArray(list.values) && list.values.length === 100_000);
});

test('what nests too deeply is refused, at a place', () => {
  const nested = (open: string, close: string, n: number) =>
    `SELECT ${open.repeat(n)}a${close.repeat(n)} FROM t`;
  for (const [open, close] of [
    ['(', ')'],
    ['sin(', ')'],
    ['(SELECT ', ' FROM t)'],
    ['CASE WHEN a = 1 THEN ', ' END'],
  ]) {
    assert.equal(parseAdql(nested(open!, close!, 100)).kind, 'statement');
    assert.throws(
      () => parseAdql(nested(open!, close!, 10_000)),
      /More than 100 parentheses.*line 1, column/,
    );
  }
  const chain = (n: number) => `SELECT a${' + a'.repeat(n)} FROM t`;
  assert.equal(writeAdql(parseAdql(chain(900))), chain(900));
  assert.throws(() => parseAdql(chain(100_000)), /More than 1000 operations.*line 1, column 8/);
});

test('a query has so many words that they fit into memory', () => {
  const list = (n: number) =>
    `SELECT a FROM t WHERE a IN (${Array.from({ length: n }, () => "'b c'").join()})`;
  assert.equal(parseAdql(list(149_000)).kind, 'statement');
  assert.throws(() => parseAdql(list(151_000)), /More than 300000 words and signs.*line 1, column \d+/);
});

test('a megabyte of anything ends soon', () => {
  const long = 1_000_000;
  const valid = ["SELECT '", "' FROM t"].join('x'.repeat(long));
  assert.equal(writeAdql(parseAdql(valid)), valid);
  assert.equal(writeAdql(parseAdql(`SELECT a --${'-'.repeat(long)}\nFROM t`)), 'SELECT a FROM t');
  assert.equal(writeAdql(parseAdql(`SELECT${' '.repeat(long)}a FROM t`)), 'SELECT a FROM t');
  const digits = `SELECT ${'1'.repeat(long)} FROM t`;
  assert.equal(writeAdql(parseAdql(digits)), digits);
  for (const piece of ['(', "'", 'a.', 'SELECT ', '[1', '-- ', '\0']) {
    const text = `SELECT a FROM t WHERE ${piece.repeat(long / piece.length)}`;
    assert.throws(() => parseAdql(text), AdqlSyntaxError);
  }
});
