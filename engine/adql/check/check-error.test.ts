import assert from 'node:assert/strict';
import test from 'node:test';
import { AdqlCheckError } from '../errors.ts';
import { FUNCTIONS } from '../functions/functions.ts';
import { parseAdql } from '../parse.ts';
import { checkQuery } from './check.ts';
import { TEST_TABLES } from './test-tables.ts';

/** Queries that make no sense, what is said of them, and where: line and column. */
const FAULTS: readonly (readonly [text: string, problem: string, place: string])[] = [
  [
    'SELECT ra FROM hipparcos.star',
    'There is no table “hipparcos.star”: is “hipparcos.stars” meant?',
    '1:16',
  ],
  [
    'SELECT ra FROM hiparcos.stars',
    'There is no table “hiparcos.stars”: is “hipparcos.stars” meant?',
    '1:16',
  ],
  [
    'SELECT ra FROM nowhere',
    'There is no table “nowhere”: there are hipparcos.stars, dso.objects, survey.sources, other.stars',
    '1:16',
  ],
  [
    'SELECT ra FROM a.b.c',
    'There is no table “a.b.c”: there are hipparcos.stars, dso.objects, survey.sources, other.stars',
    '1:16',
  ],
  ['SELECT ra FROM stars', '“stars” may mean hipparcos.stars, other.stars: name its schema', '1:16'],
  [
    'SELECT ra FROM pg_catalog.pg_class',
    'There is no table “pg_catalog.pg_class”: there are hipparcos.stars, dso.objects, survey.sources, other.stars',
    '1:16',
  ],
  [
    'SELECT ra FROM "Hipparcos"."stars"',
    'There is no table “"Hipparcos"."stars"”: is “hipparcos.stars” meant?',
    '1:16',
  ],
  [
    'SELECT raa FROM hipparcos.stars',
    'There is no column “raa” in hipparcos.stars: there are source_id, ra, dec, vmag, bv and 4 more',
    '1:8',
  ],
  [
    'SELECT "RA" FROM hipparcos.stars',
    'There is no column “RA” in hipparcos.stars: double quotes keep the case, the column is “ra”',
    '1:8',
  ],
  [
    'SELECT ra FROM hipparcos.stars WHERE name = "Sirius"',
    "There is no column “Sirius” in hipparcos.stars: if it is a text, it stands in single quotes, as in 'text'",
    '1:45',
  ],
  ['SELECT t.ra FROM hipparcos.stars', 'FROM has no table “t”, only hipparcos.stars', '1:8'],
  [
    'SELECT stars.xyz FROM hipparcos.stars',
    'There is no column “xyz” in “hipparcos.stars”, which has source_id, ra, dec, vmag, bv and 4 more',
    '1:14',
  ],
  ['SELECT s.ra FROM hipparcos.stars AS q', 'FROM has no table “s”, only q', '1:8'],
  [
    'SELECT hipparcos.stars.ra FROM hipparcos.stars AS q',
    'FROM has no table “hipparcos.stars”, only q',
    '1:8',
  ],
  ['SELECT t.* FROM hipparcos.stars', 'FROM has no table “t”, only hipparcos.stars', '1:8'],
  [
    'SELECT ra FROM hipparcos.stars, dso.objects',
    '“ra” may mean several columns: write one of stars.ra, objects.ra',
    '1:8',
  ],
  [
    'SELECT ra FROM hipparcos.stars JOIN dso.objects USING (name)',
    '“ra” may mean several columns: write one of stars.ra, objects.ra',
    '1:8',
  ],
  [
    'SELECT stars.ra FROM hipparcos.stars, other.stars',
    '“stars” may mean hipparcos.stars, other.stars: name its schema or give it an alias',
    '1:8',
  ],
  [
    'SELECT a.ra FROM hipparcos.stars a, dso.objects A',
    'FROM has two tables called “A”: give one another name with AS',
    '1:37',
  ],
  [
    'SELECT 1 FROM hipparcos.stars, hipparcos.stars',
    'FROM has two tables called “hipparcos.stars”: give one another name with AS',
    '1:32',
  ],
  [
    'SELECT ra FROM hipparcos.stars JOIN dso.objects USING (vmag)',
    'There is no column “vmag” in dso.objects',
    '1:56',
  ],
  ['SELECT mixed FROM other.stars', '“mixed” may mean several columns: write the table before it', '1:8'],
  [
    'SELECT 1 FROM hipparcos.stars JOIN survey.sources ON source_id = nix',
    'There is no column “nix” in hipparcos.stars, survey.sources: there are source_id, ra, dec, vmag, bv and 17 more',
    '1:66',
  ],
  [
    'SELECT 1 FROM hipparcos.stars JOIN survey.sources USING (position_)',
    'There is no column “position_” in hipparcos.stars',
    '1:58',
  ],
  [
    'SELECT 1 FROM hipparcos.stars NATURAL JOIN (SELECT vmag AS name FROM hipparcos.stars) q',
    '“name” is a text in one table and a number in the other',
    '1:15',
  ],
  ['SELECT sqroot(ra) FROM hipparcos.stars', 'There is no function “sqroot”', '1:8'],
  [
    'SELECT my_undefined_function(ra, dec) FROM hipparcos.stars',
    'There is no function “my_undefined_function”',
    '1:8',
  ],
  [
    'SELECT SQRT() FROM hipparcos.stars',
    'SQRT does not take 0 argument(s): it is called as SQRT(x DOUBLE PRECISION) -> DOUBLE PRECISION',
    '1:8',
  ],
  [
    'SELECT SQRT(ra, dec) FROM hipparcos.stars',
    'SQRT does not take 2 argument(s): it is called as SQRT(x DOUBLE PRECISION) -> DOUBLE PRECISION',
    '1:8',
  ],
  ['SELECT SQRT(name) FROM hipparcos.stars', 'SQRT takes a number here, not a text', '1:13'],
  ['SELECT ROUND(ra, 1.5) FROM hipparcos.stars', 'ROUND takes an integer here, not a number', '1:18'],
  ['SELECT LOWER(ra) FROM hipparcos.stars', 'LOWER takes a text here, not a number', '1:14'],
  [
    'SELECT ivo_healpix_index(6, name) FROM hipparcos.stars',
    'ivo_healpix_index takes a point here, not a text',
    '1:29',
  ],
  [
    'SELECT ivo_healpix_index(ra, dec, 3) FROM hipparcos.stars',
    'ivo_healpix_index takes an integer here, not a number',
    '1:26',
  ],
  ['SELECT name + 1 FROM hipparcos.stars', '“+” takes numbers, and this is a text', '1:8'],
  [
    'SELECT ra || name FROM hipparcos.stars',
    '“||” joins texts: CAST(… AS VARCHAR) makes a text of another value, and this is a number',
    '1:8',
  ],
  ['SELECT ra & 1 FROM hipparcos.stars', '“&” takes integers, and this is a number', '1:8'],
  ['SELECT -name FROM hipparcos.stars', '“-” takes a number, and this is a text', '1:9'],
  ['SELECT ~ra FROM hipparcos.stars', '“~” takes an integer, and this is a number', '1:9'],
  [
    'SELECT 9223372036854775808 FROM hipparcos.stars',
    'This integer does not fit into 64 bits: written with e0 it is a real number',
    '1:8',
  ],
  ['SELECT 1e400 FROM hipparcos.stars', 'This number does not fit into 64 bits', '1:8'],
  [
    'SELECT 99999999999999999999999 FROM hipparcos.stars',
    'This integer does not fit into 64 bits: written with e0 it is a real number',
    '1:8',
  ],
  [
    'SELECT -9223372036854775809 FROM hipparcos.stars',
    'This integer does not fit into 64 bits: written with e0 it is a real number',
    '1:9',
  ],
  [
    'SELECT ra FROM hipparcos.stars WHERE name > 5',
    'A text does not compare with an integer: a text stands in single quotes, a number does not; CAST converts',
    '1:38',
  ],
  [
    "SELECT ra FROM hipparcos.stars WHERE ra = 'x'",
    'A number does not compare with a text: a text stands in single quotes, a number does not; CAST converts',
    '1:38',
  ],
  [
    "SELECT ra FROM hipparcos.stars WHERE ra BETWEEN 'a' AND 2",
    'A number does not compare with a text: a text stands in single quotes, a number does not; CAST converts',
    '1:49',
  ],
  [
    "SELECT ra FROM hipparcos.stars WHERE ra IN (1, 'a')",
    'A number does not compare with a text: a text stands in single quotes, a number does not; CAST converts',
    '1:48',
  ],
  ["SELECT ra FROM hipparcos.stars WHERE ra LIKE '1%'", 'LIKE takes texts, not a number', '1:38'],
  [
    'SELECT ra FROM hipparcos.stars WHERE POINT(ra, dec) < POINT(1, 2)',
    'A point compares with nothing: use CONTAINS, INTERSECTS or DISTANCE',
    '1:38',
  ],
  [
    'SELECT ra FROM hipparcos.stars WHERE ra IN (SELECT id FROM dso.objects)',
    'A number does not compare with a text: a text stands in single quotes, a number does not; CAST converts',
    '1:38',
  ],
  [
    'SELECT ra FROM hipparcos.stars WHERE ra IN (SELECT ra, dec FROM dso.objects)',
    'A subquery gives one column here, not 2',
    '1:45',
  ],
  [
    'SELECT ra FROM hipparcos.stars WHERE ra > (SELECT * FROM dso.objects)',
    'A subquery gives one column here, not 12',
    '1:44',
  ],
  [
    'SELECT id FROM survey.sources WHERE flag = 1',
    'A boolean does not compare with an integer: compare it with TRUE or FALSE',
    '1:37',
  ],
  [
    'SELECT id FROM survey.sources WHERE mag_auto < 3',
    'An array compares with nothing: compare its elements, as in column[1]',
    '1:37',
  ],
  [
    'SELECT id FROM survey.sources WHERE observed > 55000',
    'A timestamp does not compare with an integer: CAST converts',
    '1:37',
  ],
  [
    'SELECT ra FROM hipparcos.stars WHERE COUNT(*) > 1',
    'COUNT may not stand in WHERE: conditions on groups stand in HAVING',
    '1:38',
  ],
  ['SELECT ra FROM hipparcos.stars GROUP BY MAX(ra)', 'MAX may not stand in GROUP BY', '1:41'],
  ['SELECT MAX(MIN(ra)) FROM hipparcos.stars', 'MIN may not stand within another aggregate', '1:12'],
  [
    'SELECT ra, COUNT(*) FROM hipparcos.stars',
    '“ra” has many values in a group: GROUP BY it, or take its MIN, MAX, AVG …',
    '1:8',
  ],
  [
    'SELECT ra, COUNT(*) FROM hipparcos.stars GROUP BY dec',
    '“ra” has many values in a group: GROUP BY it, or take its MIN, MAX, AVG …',
    '1:8',
  ],
  [
    'SELECT ra + dec FROM hipparcos.stars GROUP BY ra',
    '“dec” has many values in a group: GROUP BY it, or take its MIN, MAX, AVG …',
    '1:13',
  ],
  [
    'SELECT constellation FROM hipparcos.stars GROUP BY constellation HAVING vmag > 3',
    '“vmag” has many values in a group: GROUP BY it, or take its MIN, MAX, AVG …',
    '1:73',
  ],
  [
    'SELECT constellation FROM hipparcos.stars GROUP BY constellation ORDER BY vmag',
    '“vmag” has many values in a group: GROUP BY it, or take its MIN, MAX, AVG …',
    '1:75',
  ],
  [
    'SELECT * FROM hipparcos.stars GROUP BY ra',
    '* has columns that the query does not group by, such as “source_id”: name those that it groups by',
    '1:8',
  ],
  [
    'SELECT COUNT(*) AS n FROM hipparcos.stars GROUP BY n',
    'GROUP BY takes no result of an aggregate',
    '1:52',
  ],
  ['SELECT 1 FROM hipparcos.stars JOIN dso.objects ON COUNT(*) = 1', 'COUNT may not stand in ON', '1:51'],
  ['SELECT SUM(name) FROM hipparcos.stars', 'SUM takes numbers, not a text', '1:12'],
  ['SELECT AVG(constellation) FROM hipparcos.stars', 'AVG takes numbers, not a text', '1:12'],
  [
    'SELECT MAX(POINT(ra, dec)) FROM hipparcos.stars',
    'A point compares with nothing: use CONTAINS, INTERSECTS or DISTANCE',
    '1:12',
  ],
  [
    'SELECT constellation, (SELECT COUNT(*) FROM dso.objects o WHERE o.ra > stars.ra) FROM hipparcos.stars GROUP BY constellation',
    '“ra” has many values in a group: GROUP BY it, or take its MIN, MAX, AVG …',
    '1:72',
  ],
  [
    'SELECT ra FROM hipparcos.stars ORDER BY 2',
    'There is no column 2 in the result: it has 1, counted from 1',
    '1:41',
  ],
  [
    'SELECT ra FROM hipparcos.stars ORDER BY 0',
    'There is no column 0 in the result: it has 1, counted from 1',
    '1:41',
  ],
  [
    'SELECT ra AS x, dec AS x FROM hipparcos.stars ORDER BY x',
    'Several columns of the result are called “x”: give one an alias, or order by its number',
    '1:56',
  ],
  [
    'SELECT DISTINCT ra FROM hipparcos.stars ORDER BY dec',
    'With DISTINCT, ORDER BY takes only what is selected',
    '1:50',
  ],
  [
    'SELECT POINT(ra, dec) AS p FROM hipparcos.stars ORDER BY p',
    'ORDER BY does not take a point: it has no order',
    '1:58',
  ],
  [
    'SELECT ra FROM hipparcos.stars UNION SELECT ra FROM dso.objects ORDER BY dec',
    'After UNION, EXCEPT and INTERSECT, ORDER BY takes names or numbers of result columns only',
    '1:74',
  ],
  [
    'SELECT ra FROM hipparcos.stars UNION SELECT ra FROM dso.objects ORDER BY ra + 1',
    'After UNION, EXCEPT and INTERSECT, ORDER BY takes names or numbers of result columns only',
    '1:74',
  ],
  [
    'SELECT ra FROM hipparcos.stars UNION SELECT ra, dec FROM dso.objects',
    'Both sides of UNION must have as many columns: there are 1 on the left and 2 on the right',
    '1:38',
  ],
  [
    'SELECT ra FROM hipparcos.stars UNION SELECT id FROM dso.objects',
    'Column 1 is a number on the left of UNION and a text on the right',
    '1:38',
  ],
  [
    'SELECT TOP 99999999999999999999 ra FROM hipparcos.stars',
    'TOP takes a number of rows below 2 to the power of 63',
    '1:1',
  ],
  [
    'SELECT ra FROM hipparcos.stars OFFSET 99999999999999999999',
    'OFFSET takes a number of rows below 2 to the power of 63',
    '1:1',
  ],
  [
    'WITH a AS (SELECT ra FROM hipparcos.stars), a AS (SELECT 1 FROM hipparcos.stars) SELECT ra FROM a',
    'WITH has two tables called “a”',
    '1:45',
  ],
  [
    'WITH a AS (SELECT ra FROM a) SELECT ra FROM a',
    'There is no table “a”: there are hipparcos.stars, dso.objects, survey.sources, other.stars',
    '1:27',
  ],
  [
    'WITH bright AS (SELECT ra FROM hipparcos.stars) SELECT ra FROM brihgt',
    'There is no table “brihgt”: is “bright” meant?',
    '1:64',
  ],
  [
    'SELECT COALESCE(ra, name) FROM hipparcos.stars',
    'COALESCE gives a number before, but a text here',
    '1:21',
  ],
  [
    "SELECT CASE WHEN ra > 1 THEN 1 ELSE 'a' END FROM hipparcos.stars",
    'CASE gives an integer before, but a text here',
    '1:37',
  ],
  [
    "SELECT CASE ra WHEN 'a' THEN 1 END FROM hipparcos.stars",
    'A number does not compare with a text: a text stands in single quotes, a number does not; CAST converts',
    '1:21',
  ],
  ['SELECT CAST(POINT(ra, dec) AS INTEGER) FROM hipparcos.stars', 'CAST makes no INTEGER of a point', '1:8'],
  ['SELECT CAST(ra AS POINT) FROM hipparcos.stars', 'CAST makes no POINT of a number', '1:8'],
  ['SELECT CAST(ra AS TIMESTAMP) FROM hipparcos.stars', 'CAST makes no TIMESTAMP of a number', '1:8'],
  [
    "SELECT IN_UNIT(ra, '') FROM hipparcos.stars",
    '“” is no unit of VOUnits, such as deg, mas/yr or erg.s**-1',
    '1:20',
  ],
  [
    "SELECT IN_UNIT(source_id, 'deg') FROM hipparcos.stars",
    'This has no unit that could be converted',
    '1:16',
  ],
  [
    "SELECT IN_UNIT(ra, 'foo') FROM hipparcos.stars",
    '“foo” is no unit of VOUnits, such as deg, mas/yr or erg.s**-1',
    '1:20',
  ],
  ["SELECT IN_UNIT(ra, 'kg') FROM hipparcos.stars", 'deg does not convert to kg', '1:20'],
  ["SELECT IN_UNIT(42, 'kg') FROM hipparcos.stars", 'This has no unit that could be converted', '1:16'],
  [
    "SELECT IN_UNIT(sqrt(42), 'deg') FROM hipparcos.stars",
    'This has no unit that could be converted',
    '1:16',
  ],
  ["SELECT IN_UNIT(name, 'deg') FROM hipparcos.stars", 'IN_UNIT converts numbers, not a text', '1:16'],
  ['SELECT POINT(name, dec) FROM hipparcos.stars', 'POINT takes a number here, not a text', '1:14'],
  [
    'SELECT POINT(dec, 123) FROM hipparcos.stars',
    'A latitude lies between -90 and 90 degrees: is it given before the longitude?',
    '1:19',
  ],
  [
    'SELECT POINT(10, -90.5) FROM hipparcos.stars',
    'A latitude lies between -90 and 90 degrees: is it given before the longitude?',
    '1:18',
  ],
  ['SELECT CIRCLE(ra, 1) FROM hipparcos.stars', 'CIRCLE takes a point here, not a number', '1:15'],
  ['SELECT CIRCLE(ra, dec, -1) FROM hipparcos.stars', 'A radius lies between 0 and 180 degrees', '1:24'],
  ['SELECT CIRCLE(ra, dec, 181) FROM hipparcos.stars', 'A radius lies between 0 and 180 degrees', '1:24'],
  [
    'SELECT BOX(ra, dec, 180, 1) FROM hipparcos.stars',
    'A width is less than 180 degrees, and not negative',
    '1:21',
  ],
  [
    'SELECT BOX(ra, dec, 1, -2) FROM hipparcos.stars',
    'A height is less than 180 degrees, and not negative',
    '1:24',
  ],
  [
    'SELECT ra FROM hipparcos.stars s WHERE 1 = CONTAINS(POINT(s.dec, s.ra), CIRCLE(1, 2, 3))',
    '“s.dec” is a latitude and “s.ra” a longitude: the longitude comes first',
    '1:59',
  ],
  [
    'SELECT DISTANCE(dec, ra, 10, 20) FROM hipparcos.stars',
    '“dec” is a latitude and “ra” a longitude: the longitude comes first',
    '1:17',
  ],
  [
    'SELECT POLYGON(ra, dec, dec, ra, 1, 2) FROM hipparcos.stars',
    '“dec” is a latitude and “ra” a longitude: the longitude comes first',
    '1:25',
  ],
  [
    "SELECT POINT(CAST('NaN' AS REAL), 1) FROM hipparcos.stars",
    'A longitude is a finite number of degrees',
    '1:14',
  ],
  [
    "SELECT POINT(1, CAST('NaN' AS REAL)) FROM hipparcos.stars",
    'A latitude lies between -90 and 90 degrees: is it given before the longitude?',
    '1:17',
  ],
  ['SELECT ra / 0 FROM hipparcos.stars', 'This divides by zero: a divisor is another number', '1:13'],
  ['SELECT hd % -0 FROM hipparcos.stars', 'This divides by zero: a divisor is another number', '1:13'],
  ['SELECT MOD(hd, 0.0) FROM hipparcos.stars', 'This divides by zero: a divisor is another number', '1:16'],
  [
    'SELECT POLYGON(ra, dec, name, dec, ra, dec) FROM hipparcos.stars',
    'POLYGON takes points, or pairs of numbers, not a text',
    '1:25',
  ],
  [
    'SELECT POLYGON(ra, dec, vmag) FROM hipparcos.stars',
    'POLYGON takes three or more pairs of numbers, longitude before latitude',
    '1:25',
  ],
  [
    'SELECT POLYGON(1, 2, 3, 4, 5, 600) FROM hipparcos.stars',
    'A latitude lies between -90 and 90 degrees: is it given before the longitude?',
    '1:31',
  ],
  ['SELECT DISTANCE(name, hd) FROM hipparcos.stars', 'DISTANCE takes a point here, not a text', '1:17'],
  ['SELECT AREA(ra) FROM hipparcos.stars', 'AREA takes a geometry here, not a number', '1:13'],
  ['SELECT CONTAINS(ra, dec) FROM hipparcos.stars', 'CONTAINS takes a geometry here, not a number', '1:17'],
  ['SELECT COORD1(CIRCLE(1, 2, 3)) FROM hipparcos.stars', 'COORD1 takes a point here, not a circle', '1:15'],
  ['SELECT mag_auto[0] FROM survey.sources', 'Elements are counted from 1', '1:16'],
  ['SELECT mag_auto[13] FROM survey.sources', '“mag_auto” has 12 elements, not 13', '1:16'],
  [
    'SELECT mag_auto[3:2] FROM survey.sources',
    'The first element of a slice comes before the last one',
    '1:16',
  ],
  [
    "SELECT ra FROM hipparcos.stars WHERE 1 = INTERSECTS(CIRCLE(ra, dec, 1), REGION('Intersection (Circle 1 2 3 Box 1 2 3 4)'))",
    'What meets an Intersection, and in what one lies, is told of points only: the shape that its parts have in common is not worked out',
    '1:73',
  ],
  [
    "SELECT ra FROM hipparcos.stars WHERE 1 = CONTAINS(CIRCLE(ra, dec, 1), REGION('Union (Circle 1 2 3 Circle 3 2 3)'))",
    'Whether a shape lies in a Union is told of points only: several parts may hold it together',
    '1:71',
  ],
  [
    "SELECT ra FROM hipparcos.stars WHERE 1 = CONTAINS(REGION('Not (Box 1 2 3 4)'), CIRCLE(ra, dec, 1))",
    'Where all but a polygon or box lies is not worked out',
    '1:51',
  ],
  [
    "SELECT ra FROM hipparcos.stars WHERE 1 = CONTAINS(REGION('Not (Circle 1 2 180)'), CIRCLE(ra, dec, 1))",
    'Not of the whole sky is nothing, which lies nowhere',
    '1:51',
  ],
  [
    `SELECT ra FROM hipparcos.stars WHERE 1 = CONTAINS(REGION('Union (${'Position 1 2 '.repeat(50)})'), REGION('Not (Union (${'Circle 1 2 3 '.repeat(50)}))'))`,
    'These regions make 2500 pairs of shapes, and at most 2000 are compared',
    '1:51',
  ],
  [
    `SELECT ${Array.from({ length: 101 }, () => "CONTAINS(POINT(ra, dec), REGION('Not (Position 1 2)'))").join(' + ')} AS n FROM hipparcos.stars`,
    'A query compares at most 100 regions of several shapes: put shapes into one Union or Intersection',
    '1:5733',
  ],
  [
    "SELECT REGION('Union (Circle 1 2 3') FROM hipparcos.stars",
    "A parenthesis of the region is not closed: 'Union ICRS (Circle 10 20 1 Circle 11 20 1)'",
    '1:15',
  ],
  ['SELECT id[1] FROM survey.sources', '“id” is no array', '1:10'],
  ['SELECT mag_auto[1][2] FROM survey.sources', '“mag_auto” has only 1 dimension(s)', '1:19'],
  ['SELECT covariance[3][1] FROM survey.sources', '“covariance” has 2 elements, not 3', '1:18'],
  [
    'SELECT covariance[1:2] FROM survey.sources',
    'A slice is taken of arrays with one dimension only',
    '1:18',
  ],
  ['SELECT mag_auto[jplus::rSDS] FROM survey.sources', '“jplus” has no “rSDS”: is “rSDSS” meant?', '1:24'],
  [
    'SELECT mag_auto[jpluss::rSDSS] FROM survey.sources',
    'There is no enumeration “jpluss”: is “jplus” meant?',
    '1:17',
  ],
  [
    'SELECT mag_auto[splus::x] FROM survey.sources',
    'There is no enumeration “splus”: is “jplus” meant?',
    '1:17',
  ],
  [
    'SELECT mag_auto[filters::x] FROM survey.sources',
    'There is no enumeration “filters”, only jplus',
    '1:17',
  ],
  ['SELECT mag_auto + 1 FROM survey.sources', '“+” takes numbers, and this is an array', '1:8'],
  ['SELECT "2mass"[1] FROM survey.sources', '“2mass” is no array', '1:15'],
  [
    'SELECT q.ra FROM (SELECT dec FROM hipparcos.stars) q',
    'There is no column “ra” in “q”, which has dec',
    '1:10',
  ],
  [
    'SELECT ra FROM hipparcos.stars s, (SELECT id FROM dso.objects WHERE s.ra = 1) q',
    'FROM has no table “s”, only dso.objects',
    '1:69',
  ],
  [
    'SELECT ra FROM "hipparcos.stars"',
    'There is no table “"hipparcos.stars"”: is “hipparcos.stars” meant?',
    '1:16',
  ],
];

for (const [text, problem, place] of FAULTS) {
  test(`fault: ${text}`, () => {
    const statement = parseAdql(text);
    assert.throws(
      () => checkQuery(statement, TEST_TABLES, FUNCTIONS),
      (error) => {
        assert.ok(error instanceof AdqlCheckError);
        assert.equal(error.problem, problem);
        assert.equal(`${error.line}:${error.column}`, place);
        return true;
      },
    );
  });
}
