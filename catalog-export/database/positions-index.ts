import type pg from 'pg';
import { identifierColumn, positionColumns, qualifiedName, type Table } from '../../engine/catalog/table.ts';
import {
  INDEX_KEYS,
  type IndexKeys,
  type TableIndexes,
  tableIndexes,
} from '../../engine/postgres/table-indexes.ts';
import { firstBytes, quoted, quotedTable } from './identifier.ts';

/** What was done so that queries in PostgreSQL find rows without reading all. */
export interface PositionIndexes {
  /** Names of the indexes that were made, with their schema, quoted where need be. */
  readonly made: readonly string[];
  /** SQL that somebody who owns the table must run, where this user may not. */
  readonly missing: readonly string[];
}

/** Of the table's name in those of its indexes: PostgreSQL's names have 63 bytes at most. */
const NAME_BYTES = 48;

interface Index {
  readonly suffix: string;
  readonly keys: string;
}

/**
 * Makes what is absent of the indexes by position and identifier on a published table. A view has none, and a table that Q3C
 * or pgSphere have indexed needs no other by position.
 * @param concurrently lets others write into the table meanwhile, and cannot run in a transaction.
 */
export async function indexPositions(
  client: pg.Client,
  table: Table,
  { concurrently }: { readonly concurrently: boolean },
): Promise<PositionIndexes> {
  const relation = await readRelation(client, table);
  if (!relation.indexable) return { made: [], missing: [] };
  const wanted = await absent(client, table);
  const option = concurrently && !relation.partitioned ? 'CONCURRENTLY ' : '';
  if (!relation.owned) {
    const missing = wanted.map(({ keys }) => `CREATE INDEX ON ${quotedTable(table)} (${keys})`);
    return { made: [], missing };
  }
  const made: string[] = [];
  for (const { suffix, keys } of wanted) {
    const name = await freeName(client, table, suffix, option);
    await client.query(
      `CREATE INDEX ${option}IF NOT EXISTS ${quoted(name)} ON ${quotedTable(table)} (${keys})`,
    );
    made.push(`${quoted(table.schema)}.${quoted(name)}`);
  }
  // Statistics of an index's expressions are gathered with those of the table.
  if (wanted.length > 0) await client.query(`ANALYZE ${quotedTable(table)}`);
  return { made, missing: [] };
}

async function absent(client: pg.Client, table: Table): Promise<Index[]> {
  const { rows } = await client.query<IndexKeys>(INDEX_KEYS, [[table.schema], [table.name]]);
  const there = tableIndexes(table, rows);
  const id = identifierColumn(table);
  return [
    ...absentOfPositions(table, there),
    ...(id === null || there.identifier ? [] : [{ suffix: 'id', keys: quoted(id.name) }]),
  ];
}

function absentOfPositions(table: Table, { healpix, zones, q3c, pgsphere }: TableIndexes): Index[] {
  const position = positionColumns(table);
  if (position === null || q3c || pgsphere) return [];
  const [lon, lat] = [quoted(position.ra.name), quoted(position.dec.name)];
  return [
    ...(healpix ? [] : [{ suffix: 'healpix_29', keys: `almagest.healpix_index(29, ${lon}, ${lat})` }]),
    ...(zones ? [] : [{ suffix: 'zones', keys: `almagest.zone(${lat}), almagest.longitude(${lon})` }]),
  ];
}

interface Relation {
  readonly indexable: boolean;
  readonly partitioned: boolean;
  readonly owned: boolean;
}

async function readRelation(client: pg.Client, table: Table): Promise<Relation> {
  const { rows } = await client.query<Relation>(
    `SELECT relkind IN ('r', 'p', 'm') AS indexable, relkind = 'p' AS partitioned,
            pg_has_role(relowner, 'USAGE') AS owned
     FROM pg_class WHERE oid = to_regclass($1)`,
    [quotedTable(table)],
  );
  if (rows[0] === undefined) throw new Error(`${qualifiedName(table)} is not in the database any more`);
  return rows[0];
}

/** A name for an index; that of an invalid one, which an interrupted CREATE INDEX CONCURRENTLY leaves, is made free. */
async function freeName(client: pg.Client, table: Table, suffix: string, option: string): Promise<string> {
  for (let number = 1; ; number++) {
    const name = `${firstBytes(table.name, NAME_BYTES)}_${suffix}${number === 1 ? '' : `_${number}`}`;
    const path = `${quoted(table.schema)}.${quoted(name)}`;
    const { rows } = await client.query<{ invalid: boolean }>(
      `SELECT EXISTS (SELECT FROM pg_index WHERE indexrelid = c.oid AND indrelid = to_regclass($2) AND NOT indisvalid) AS invalid
       FROM pg_class c WHERE oid = to_regclass($1)`,
      [path, quotedTable(table)],
    );
    if (rows[0] === undefined) return name;
    if (!rows[0].invalid) continue;
    await client.query(`DROP INDEX ${option}${path}`);
    return name;
  }
}
