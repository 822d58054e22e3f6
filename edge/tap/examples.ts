import type { Release } from '../../engine/catalog/release.ts';
import { hasPositions, isObscore, mainColumns, type Table } from '../../engine/catalog/table.ts';
import type { Cone, HealpixKernel } from '../../engine/healpix-wasm/kernel.ts';
import { queryName, tableQueryName } from '../../engine/tap-schema/query-name.ts';
import { exampleCone } from '../example-cone.ts';

/** A query that a person can start from (DALI 1.1 §2.3). */
export interface Example {
  /** Unique among them, fit to be an anchor. */
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly query: string;
  /** As TAP_SCHEMA has it. */
  readonly table: string;
}

/** Degrees; a cone of an example is small. */
const MOST_RADIUS = 10;

/**
 * Queries of the tables that there are; each runs as it is, and those of a region find rows. They are ADQL 2.0 too, which older
 * clients check what is typed by.
 */
export function exampleQueries(kernel: HealpixKernel, releases: readonly Release[]): Example[] {
  return [
    ...releases.flatMap((release, at) => tableExamples(kernel, release, at + 1)),
    ...matchExamples(releases.filter(({ manifest: { table } }) => hasPositions(table) && !isObscore(table))),
    ...joinExamples(releases),
    {
      id: 'columns',
      name: 'Which columns are there?',
      description: 'All columns of all tables, with their units and meanings.',
      query: `SELECT table_name, column_name, unit, ucd, description
FROM tap_schema.columns
WHERE table_name NOT LIKE 'tap_schema.%'
ORDER BY table_name, column_index`,
      table: 'tap_schema.columns',
    },
    ...enumerationsExample(releases),
  ];
}

/** Where tables have any. */
function enumerationsExample(releases: readonly Release[]): Example[] {
  const [first] = releases.flatMap(({ manifest }) => manifest.table.enumerations ?? []);
  if (first === undefined) return [];
  return [
    {
      id: 'enumerations',
      name: 'What are the elements of arrays called?',
      description: `Names for the elements of array columns: queries say column[${queryName(first.name)}::${queryName(first.members[0]!.name)}].`,
      query: `SELECT table_name, enumeration_name, member_index, member_name, description
FROM tap_schema.enumerations
ORDER BY table_name, enumeration_name, member_index`,
      table: 'tap_schema.enumerations',
    },
  ];
}

function tableExamples(kernel: HealpixKernel, release: Release, number: number): Example[] {
  const { table } = release.manifest;
  const name = tableQueryName(table);
  if (!hasPositions(table)) return [rowsExample(name, number)];
  const cone = exampleCone(kernel, release, MOST_RADIUS);
  if (isObscore(table)) return datasetExamples(name, cone);
  const cell: Example = {
    id: `density-${number}`,
    name: `How dense is ${name}?`,
    description: 'Rows in each HEALPix cell of order 2, the fullest cells first.',
    query: `SELECT ivo_healpix_index(2, ${ra(release)}, ${dec(release)}) AS cell, COUNT(*) AS n
FROM ${name}
GROUP BY cell
ORDER BY n DESC`,
    table: name,
  };
  return cone === null ? [cell] : [coneExample(release, cone, number), cell];
}

/** Of ObsCore's table: what a position has been observed by, and when what was. */
function datasetExamples(name: string, cone: Cone | null): Example[] {
  const when: Example = {
    id: 'collections',
    name: 'What has been observed?',
    description: 'The datasets of each collection and type, their number, times and wavelengths.',
    query: `SELECT obs_collection, dataproduct_type, COUNT(*) AS n, MIN(t_min) AS first_mjd, MAX(t_max) AS last_mjd,
  MIN(em_min) AS shortest, MAX(em_max) AS longest
FROM ${name}
GROUP BY obs_collection, dataproduct_type
ORDER BY n DESC`,
    table: name,
  };
  if (cone === null) return [when];
  const { lon, lat, radius } = cone;
  const images: Example = {
    id: 'footprints',
    name: 'Which images show a part of the sky?',
    description: `Datasets whose footprint meets a circle of ${radius}°, the sharpest first; access_url leads to what can be done with each.`,
    query: `SELECT TOP 100 obs_publisher_did, obs_title, em_min, em_max, t_min, s_pixel_scale, access_url
FROM ${name}
WHERE 1 = INTERSECTS(s_region, CIRCLE('ICRS', ${lon}, ${lat}, ${radius}))
ORDER BY s_pixel_scale`,
    table: name,
  };
  return [images, when];
}

/** Of a table without positions. */
export function rowsExample(name: string, number: number): Example {
  return {
    id: `rows-${number}`,
    name: `What is in ${name}?`,
    description: 'Its first rows, as they are stored.',
    query: `SELECT TOP 10 * FROM ${name}`,
    table: name,
  };
}

/** The first rows of a table around a position, nearest first. */
export function coneExample(release: Release, { lon, lat, radius }: Cone, number: number): Example {
  const name = tableQueryName(release.manifest.table);
  return {
    id: `cone-${number}`,
    name: `${name} around a position`,
    description: `The ten rows of ${name} that are nearest to a position, within ${radius}°, nearest first.`,
    query: `SELECT TOP 10 *, DISTANCE(POINT('ICRS', ${ra(release)}, ${dec(release)}), POINT('ICRS', ${lon}, ${lat})) AS separation
FROM ${name}
WHERE DISTANCE(POINT('ICRS', ${ra(release)}, ${dec(release)}), POINT('ICRS', ${lon}, ${lat})) < ${radius}
ORDER BY separation`,
    table: name,
  };
}

/** What of the second table lies close to what is in the first. */
function matchExamples([first, second]: readonly Release[]): Example[] {
  if (first === undefined || second === undefined) return [];
  const [a, b] = [first.manifest.table, second.manifest.table];
  const id = (release: Release) => queryName(mainColumns(release.manifest.table).id.name);
  return [
    {
      id: 'match',
      name: `Match ${tableQueryName(a)} and ${tableQueryName(b)}`,
      description: 'Pairs of rows of the two tables that are within 1′ of each other.',
      query: `SELECT TOP 100 a.${id(first)} AS first_id, b.${id(second)} AS second_id,
  DISTANCE(POINT('ICRS', a.${ra(first)}, a.${dec(first)}), POINT('ICRS', b.${ra(second)}, b.${dec(second)})) AS separation
FROM ${tableQueryName(a)} AS a
JOIN ${tableQueryName(b)} AS b
  ON DISTANCE(POINT('ICRS', a.${ra(first)}, a.${dec(first)}), POINT('ICRS', b.${ra(second)}, b.${dec(second)})) < 1 / 60.
ORDER BY separation`,
      table: tableQueryName(a),
    },
  ];
}

/** Tables without positions, each joined with the first one whose identifier it names. */
function joinExamples(releases: readonly Release[]): Example[] {
  const tables = releases.map(({ manifest }) => manifest.table);
  const others = tables.filter((table) => !hasPositions(table));
  return others.flatMap((other, at) => {
    const named = tables.filter(hasPositions).find((table) => namesIdentifier(other, table));
    if (named === undefined) return [];
    const [name, key] = [tableQueryName(other), queryName(mainColumns(named).id.name)];
    return [
      {
        id: `join-${at + 1}`,
        name: `Join ${tableQueryName(named)} and ${name}`,
        description: `Rows of ${name}, which have no positions, with those of the rows that they belong to.`,
        query: `SELECT TOP 100 a.${queryName(mainColumns(named).ra.name)}, a.${queryName(mainColumns(named).dec.name)}, b.*
FROM ${tableQueryName(named)} AS a
JOIN ${name} AS b ON b.${key} = a.${key}`,
        table: name,
      },
    ];
  });
}

/** Whether a table has a column of the name and type of another's identifier. */
function namesIdentifier(other: Table, table: Table): boolean {
  const { id } = mainColumns(table);
  return other.columns.some(({ name, datatype }) => name === id.name && datatype === id.datatype);
}

const ra = ({ manifest }: Release): string => queryName(mainColumns(manifest.table).ra.name);
const dec = ({ manifest }: Release): string => queryName(mainColumns(manifest.table).dec.name);
