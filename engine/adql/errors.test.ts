import assert from 'node:assert/strict';
import test from 'node:test';
import { AdqlSyntaxError } from './errors.ts';
import { parseAdql } from './parse.ts';

/** Faulty queries, what is said of them, and where: line and column. */
const FAULTS: readonly (readonly [text: string, problem: string, place: string])[] = [
  ['', 'The query is empty: it begins with SELECT or WITH', '1:1'],
  ['   ', 'The query is empty: it begins with SELECT or WITH', '1:1'],
  [
    'selec a from b',
    'Expected SELECT or “(” but found “selec”. “selec” reads as a name: is SELECT meant?',
    '1:1',
  ],
  [
    'select a form b where c=1',
    'Expected FROM or “,” but found “b”. “form” reads as a name: is FROM meant?',
    '1:15',
  ],
  ['select a frm b', 'Expected FROM or “,” but found “b”. “frm” reads as a name: is FROM meant?', '1:14'],
  [
    'select a from b limit 10',
    'There is no LIMIT: the number of rows stands at the beginning, as in SELECT TOP 10 …',
    '1:23',
  ],
  [
    'select a from b where c=1 limit 10',
    'There is no LIMIT: the number of rows stands at the beginning, as in SELECT TOP 10 …',
    '1:27',
  ],
  ['select a from b where c==1', '== is no comparison: there are =, <>, !=, <, >, <= and >=', '1:25'],
  ['select a from b where c=>1', '=> is no comparison: there are =, <>, !=, <, >, <= and >=', '1:25'],
  ['delete from b', 'ADQL only reads: a query begins with SELECT or WITH, not DELETE', '1:1'],
  ['select a from b; drop table b', 'One query at a time: nothing may follow the semicolon', '1:18'],
  ['select a from b;;', 'One query at a time: nothing may follow the semicolon', '1:17'],
  ['select top 10 distinct a from b', 'DISTINCT stands before TOP: SELECT DISTINCT TOP n …', '1:15'],
  ['select `a` from b', 'Names are quoted by ", not by `', '1:8'],
  ['select a from b where c = “x”', 'Quotes are straight, as in \'text\' and "name", not “', '1:27'],
  [
    "select a from b where c='x",
    "The text that begins here is never closed: it ends with ', and a quote in it is doubled ('')",
    '1:25',
  ],
  ['select a /* x */ from b', 'Comments begin with -- and end with the line; there is no /* … */', '1:11'],
  ['select a::int from b', 'There is no :: for types: write CAST(value AS type)', '1:9'],
  [
    'select size from b',
    'SIZE is a reserved word: as a name it stands in double quotes, as in "size"',
    '1:8',
  ],
  [
    'select a as position from b',
    'POSITION is a reserved word: as a name it stands in double quotes, as in "position"',
    '1:13',
  ],
  ['select a from b group a', 'Expected BY but found “a”', '1:23'],
  ['select a from b where a between 1, 2', 'Expected an operator or AND but found “,”', '1:34'],
  ['select a from b where a in 5', 'Expected “(” but found “5”', '1:28'],
  ['select a from b where a is 5', 'Expected NULL but found “5”', '1:28'],
  ['select a from b order a', 'Expected BY but found “a”', '1:23'],
  [
    'select (a from b',
    'Expected “)”, a comparison, an operator, AND, OR, “(”, IN … but found “from”. Is the ( in line 1, column 8 never closed?',
    '1:11',
  ],
  [
    'select case when a=1 then 2 from b',
    'Expected WHEN, ELSE, END, a comparison, an operator, AND, OR … but found “from”. Is the CASE in line 1, column 8 never closed?',
    '1:29',
  ],
  [
    'select 2mass from b',
    '“2mass” is not a name: names begin with a letter, others stand in double quotes, as in "2mass"',
    '1:8',
  ],
  ['select a.b.c.d.e from b', 'A table has at most three names: catalog.schema.table', '1:8'],
  ['select a from (select 1 from c)', 'A subquery in FROM needs a name: (SELECT …) AS name', '1:16'],
  [
    'select a from b where a',
    'Expected a condition but found a value: compare it with something, as in value = 1',
    '1:23',
  ],
  ['select a, from b', 'Expected a value or “*” but found “from”', '1:11'],
  ['select a b c from d', 'Expected FROM or “,” but found “c”', '1:12'],
  ['select count(*, 1) from b', 'Expected “)” but found “,”', '1:15'],
  ['select sin(*) from b', 'Only COUNT takes *, sin does not', '1:8'],
  ['select sin(distinct a) from b', 'DISTINCT stands only in AVG, COUNT, MAX, MIN and SUM', '1:8'],
  ['select a from b where not', 'Expected a value but found the end of the query', '1:26'],
  ['select a from b union', 'Expected SELECT or “(” but found the end of the query', '1:22'],
  ['select a from b, where c', 'Expected a name or “(” but found “where”', '1:18'],
  [
    'select a from b join c',
    'This JOIN needs a condition: ON …, USING (column, …), or NATURAL before JOIN',
    '1:22',
  ],
  ['select a from b join c on', 'Expected a value but found the end of the query', '1:26'],
  ['select a from b on c=1', 'This ON belongs to no JOIN: each JOIN takes one ON or USING', '1:17'],
  ['select a[ from b', 'Expected an unsigned integer or a name but found “from”', '1:11'],
  ['select a[1:] from b', 'Expected an unsigned integer but found “]”', '1:12'],
  ['select a[x] from b', 'Expected “::” but found “]”', '1:11'],
  [
    'select a where b=1',
    'Expected FROM, “,”, AS, a name, a comparison, an operator, AND … but found “where”',
    '1:10',
  ],
  [
    'select a from b where (a=1',
    'Expected “)”, an operator, AND or OR but found the end of the query. Is the ( in line 1, column 23 never closed?',
    '1:27',
  ],
  [
    'select a from b wehre c = 1',
    'Expected “,”, WHERE, GROUP BY, ORDER BY, OFFSET, JOIN, HAVING … but found “c”. “wehre” reads as a name: is WHERE meant?',
    '1:23',
  ],
  ['select "" from b', '"" is an empty name', '1:8'],
  [
    'select é from b',
    'A name with letters other than a to z, such as é, stands in double quotes ("…")',
    '1:8',
  ],
  ['select a from b where a=1 and', 'Expected a value but found the end of the query', '1:30'],
  ['select a from b where a like', 'Expected a value but found the end of the query', '1:29'],
  ['select $a from b', '“$” is no part of ADQL', '1:8'],
  [
    'select a from survey.stars@2026-11-20',
    'The name of a release stands in double quotes, as in survey."stars@2026-11-20"',
    '1:27',
  ],
  ['select a from b where x = 0x', '“0x” is not a hexadecimal number', '1:27'],
  ['insert into b values (1)', 'ADQL only reads: a query begins with SELECT or WITH, not INSERT', '1:1'],
  ['select a from b as select', 'Expected a name but found “select”', '1:20'],
  ['select top from b', 'Expected an unsigned integer but found “from”', '1:12'],
  ['select a b from c right', 'Expected JOIN but found the end of the query', '1:24'],
  ['select max(a) from b having', 'Expected a value but found the end of the query', '1:28'],
  ['with a as (select 1 from b), select 2 from c', 'Expected a name but found “select”', '1:30'],
  [
    'select a from b where ((a=1) and (b=2)',
    'Expected “)”, a comparison, an operator, AND, OR, IN or BETWEEN but found the end of the query. Is the ( in line 1, column 23 never closed?',
    '1:39',
  ],
  [
    'select a from b where a=1) and b=2',
    'Expected GROUP BY, ORDER BY, an operator, AND, OR, OFFSET, HAVING … but found “)”',
    '1:26',
  ],
  ['select point(1) from b', "POINT is called as POINT(['system',] longitude, latitude)", '1:8'],
  ['select a+ from b', 'Expected a value but found “from”', '1:11'],
  [
    "select 'a' 'b' from c",
    "Expected FROM, “,”, AS, a name, a comparison, an operator, AND … but found “'b'”",
    '1:12',
  ],
  [
    'select a from b order by 1 limit 5 offset 3',
    'There is no LIMIT: the number of rows stands at the beginning, as in SELECT TOP 10 …',
    '1:28',
  ],
  [
    "select a from b where x > '2020'::timestamp",
    'There is no :: for types: write CAST(value AS type)',
    '1:33',
  ],
  [
    'select cross from b',
    'CROSS is a reserved word: as a name it stands in double quotes, as in "cross"',
    '1:8',
  ],
  ['select a from b natural cross join c', 'NATURAL and CROSS exclude each other', '1:17'],
  [
    'SELECT a\nFROM t\nWHERE a = 1 AND\n  b >< 2',
    '>< is no comparison: there are =, <>, !=, <, >, <= and >=',
    '4:6',
  ],
  ['SELECT a\r\nFROM t\rWHERE', 'Expected a value but found the end of the query', '3:6'],
  ['SELECT CAST(a AS NULL) FROM t', 'Expected a type but found “NULL”', '1:18'],
  ['SELECT CAST(a AS INTEGER(3)) FROM t', 'INTEGER takes no length', '1:18'],
  [
    'SELECT CAST(a AS geometry) FROM t',
    'CAST does not convert to GEOMETRY, only to SMALLINT, INTEGER, BIGINT, REAL, DOUBLE PRECISION, CHAR, VARCHAR, TIMESTAMP, POINT, CIRCLE, POLYGON',
    '1:18',
  ],
  [
    'SELECT POLYGON(1, 2, 3, 4, 5) FROM t',
    "POLYGON is called as POLYGON(['system',] longitude, latitude, longitude, latitude, longitude, latitude, …) or POLYGON(['system',] point, point, point, …)",
    '1:8',
  ],
  ['SELECT REGION(a) FROM t', "REGION is called as REGION('STC-S')", '1:8'],
  [
    'SELECT DISTANCE(1, 2) FROM t',
    'DISTANCE is called as DISTANCE(point, point) or DISTANCE(longitude, latitude, longitude, latitude)',
    '1:8',
  ],
  [
    'SELECT a FROM t WHERE CONTAINS(a, b)',
    'CONTAINS gives 1 or 0, not a condition: write 1 = CONTAINS(…)',
    '1:23',
  ],
  [
    'SELECT a = 1 FROM t',
    'Expected a value but found a condition: CASE WHEN … THEN 1 ELSE 0 END makes a value of it',
    '1:8',
  ],
  [
    'SELECT COUNT() FROM t',
    'COUNT takes one argument, not 0: COUNT(*), COUNT(value) or COUNT(DISTINCT value)',
    '1:8',
  ],
  ['SELECT SUM(*) FROM t', '* is an argument of COUNT alone, as COUNT(*)', '1:8'],
  ['SELECT COALESCE() FROM t', 'COALESCE takes at least one argument', '1:8'],
  [
    'SELECT IN_UNIT(a, b) FROM t',
    "IN_UNIT takes a number and a unit in quotes, as IN_UNIT(ra, 'rad')",
    '1:8',
  ],
  [
    'SELECT a FROM t WHERE b IN (SELECT 1 FROM t',
    'Expected “,”, “)”, AS, WHERE, GROUP BY, ORDER BY, a name … but found the end of the query. Is the ( in line 1, column 28 never closed?',
    '1:44',
  ],
  ["SELECT a FROM t WHERE b lik 'x%'", 'Expected a comparison but found “lik”', '1:25'],
];

for (const [text, problem, place] of FAULTS) {
  test(`fault: ${text}`, () => {
    assert.throws(
      () => parseAdql(text),
      (error) => {
        assert.ok(error instanceof AdqlSyntaxError);
        assert.equal(error.problem, problem);
        assert.equal(`${error.line}:${error.column}`, place);
        assert.equal(error.message, `${problem} (line ${error.line}, column ${error.column})`);
        return true;
      },
    );
  });
}

test('the offset of a fault counts from the beginning of the query', () => {
  const text = 'SELECT a\r\nFROM t WHERE limit = 1 limit';
  assert.throws(() => parseAdql(text), { offset: text.lastIndexOf('limit'), line: 2 });
  assert.throws(() => parseAdql('SELECT a FROM  '), { offset: 'SELECT a FROM'.length });
});
