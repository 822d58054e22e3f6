import { E_TERMS, MATRICES } from '../../adql/regions/frames.ts';

/**
 * Reference systems that `almagest.transform` knows, as the IVOA's vocabulary refframe names them: FK5 and ECLIPTIC at J2000,
 * FK4 at B1950.
 */
export const FRAMES: readonly string[] = Object.keys(MATRICES);

const matrices = Object.entries(MATRICES).map(
  ([frame, numbers]) =>
    `WHEN '${frame}' THEN [${numbers.map((number) => number.toExponential()).join(', ')}]`,
);

const [E1, E2, E3] = E_TERMS.map((term) => term.toExponential());
const dot = (v: string) => `(${E1} * ${v}[1] + ${E2} * ${v}[2] + ${E3} * ${v}[3])`;
const step = (v: string) =>
  `[(w[1] + ${E1}) / (1 + ${dot(v)}), (w[2] + ${E2}) / (1 + ${dot(v)}), (w[3] + ${E3}) / (1 + ${dot(v)})]`;
const named = (name: string, value: string, body: string) =>
  `list_transform([${value}], lambda ${name}: ${body})[1]`;

export const TRANSFORM: readonly string[] = [
  `CREATE MACRO almagest.frame_matrix(frame) AS CASE frame ${matrices.join(' ')} END`,
  `CREATE MACRO almagest.turned(m, v) AS [m[1] * v[1] + m[2] * v[2] + m[3] * v[3],
     m[4] * v[1] + m[5] * v[2] + m[6] * v[3], m[7] * v[1] + m[8] * v[2] + m[9] * v[3]]`,
  `CREATE MACRO almagest.turned_back(m, v) AS [m[1] * v[1] + m[4] * v[2] + m[7] * v[3],
     m[2] * v[1] + m[5] * v[2] + m[8] * v[3], m[3] * v[1] + m[6] * v[2] + m[9] * v[3]]`,
  `CREATE MACRO almagest.without_e_terms(v) AS
   [v[1] - (${E1}) + ${dot('v')} * v[1], v[2] - (${E2}) + ${dot('v')} * v[2], v[3] - (${E3}) + ${dot('v')} * v[3]]`,
  // The terms are 2e-6: after two steps of the iteration nothing changes.
  `CREATE MACRO almagest.with_e_terms(v) AS ${named(
    'w',
    `list_transform(v, lambda c: c / sqrt(v[1] * v[1] + v[2] * v[2] + v[3] * v[3]))`,
    named('first', step('w'), named('second', step('first'), step('second'))),
  )}`,
  `CREATE MACRO almagest.transformed(from_frame, to_frame, lon, lat) AS
   ${named(
     'given',
     '[cos(radians(lat)) * cos(radians(lon)), cos(radians(lat)) * sin(radians(lon)), sin(radians(lat))]',
     named(
       'v',
       `CASE from_frame WHEN 'FK4' THEN almagest.without_e_terms(given) ELSE given END`,
       named(
         'icrs',
         'almagest.turned_back(almagest.frame_matrix(from_frame), v)',
         named(
           'u',
           'almagest.turned(almagest.frame_matrix(to_frame), icrs)',
           named(
             'p',
             `CASE to_frame WHEN 'FK4' THEN almagest.with_e_terms(u) ELSE u END`,
             '[almagest.longitude(57.29577951308232e0 * atan2(p[2], p[1])), 57.29577951308232e0 * atan2(p[3], sqrt(p[1] * p[1] + p[2] * p[2]))]',
           ),
         ),
       ),
     ),
   )}`,
  `CREATE MACRO almagest.transform(from_frame, to_frame, shape DOUBLE[]) AS ${named(
    's',
    'shape',
    `CASE WHEN s IS NULL OR almagest.frame_matrix(from_frame) IS NULL OR almagest.frame_matrix(to_frame) IS NULL THEN NULL
       WHEN from_frame = to_frame THEN s
       WHEN len(list_filter(s, lambda number, i: len(s) <> 3 AND i % 2 = 0 AND coalesce(NOT abs(number) <= 90, true))) > 0
         OR len(list_filter(s, lambda number: coalesce(NOT abs(number) < 1e6, true))) > 0 OR (len(s) = 3 AND NOT abs(s[2]) <= 90) THEN NULL
       ELSE flatten(list_transform(range(1, CASE len(s) WHEN 3 THEN 2 ELSE len(s) END, 2),
         lambda i: almagest.transformed(from_frame, to_frame, s[i], s[i + 1]))) || CASE len(s) WHEN 3 THEN [s[3]] ELSE [] END END`,
  )}`,
];
