const CAPITALS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const small = (text: string) => `translate(${text}, '${CAPITALS}', '${CAPITALS.toLowerCase()}')`;

/** 10ⁿ; what is not below 2⁵³ / 10ⁿ has no nth decimal place. */
const TEN = `('1e' || n)::DOUBLE`;
const TENTH = `('1e' || -n)::DOUBLE`;
const WHOLE = `n > 300 OR NOT abs(x) < 9007199254740992 / ('1e' || greatest(n, -292))::DOUBLE`;
const rounded = (x: string) => `(floor(${x}) + (${x} - floor(${x}) >= 0.5e0)::INTEGER)`;

/** User-defined functions and rounding: catalog-export/database/migrations/0008-functions.sql in DuckDB's SQL. */
export const FUNCTIONS: readonly string[] = [
  `CREATE MACRO almagest.hashlist_has(hashlist, item) AS
   (strpos(item, '#') = 0 AND strpos('#' || ${small('hashlist')} || '#', '#' || ${small('item')} || '#') > 0)::INTEGER`,
  `CREATE MACRO almagest.words(phrase) AS
   list_filter(string_split_regex(${small('phrase')}, '[\\x01-/:-@\\[-\`{-\\x7f]+'), lambda word: word <> '')`,
  `CREATE MACRO almagest.hasword(haystack, needle) AS
   (len(almagest.words(needle)) > 0 AND list_has_all(almagest.words(haystack), almagest.words(needle)))::INTEGER`,
  `CREATE MACRO almagest.nocasematch(value, pattern) AS (${small('value')} LIKE ${small('pattern')})::INTEGER`,
  `CREATE MACRO almagest.interval_overlaps(a1 DOUBLE, b1 DOUBLE, a2 DOUBLE, b2 DOUBLE) AS
   (a1 <= b1 AND a2 <= b2 AND b1 >= a2 AND b2 >= a1 AND b1 < 'NaN'::DOUBLE AND b2 < 'NaN'::DOUBLE)::INTEGER`,
  `CREATE MACRO almagest.to_jd(instant) AS epoch(instant::TIMESTAMP) / 86400 + 2440587.5e0`,
  `CREATE MACRO almagest.to_mjd(instant) AS epoch(instant::TIMESTAMP) / 86400 + 40587`,
  `CREATE MACRO almagest.round(x DOUBLE, n INTEGER) AS CASE
     WHEN ${WHOLE} THEN x
     WHEN n >= 0 THEN sign(x) * ${rounded(`(abs(x) * ${TEN})`)} / ${TEN}
     WHEN n < -308 THEN 0 * x
     ELSE sign(x) * ${rounded(`(abs(x) / ${TENTH})`)} * ${TENTH} END`,
  `CREATE MACRO almagest.truncate(x DOUBLE, n INTEGER) AS CASE
     WHEN ${WHOLE} THEN x
     WHEN n >= 0 THEN sign(x) * floor(abs(x) * ${TEN}) / ${TEN}
     WHEN n < -308 THEN 0 * x
     ELSE sign(x) * floor(abs(x) / ${TENTH}) * ${TENTH} END`,
  `CREATE MACRO almagest.mod(x DOUBLE, y DOUBLE) AS
   CASE WHEN y = 0 AND x IS NOT NULL THEN error('division by zero') ELSE x - y * trunc(x / y) END`,
];
