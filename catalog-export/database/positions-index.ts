import type pg from 'pg';
import { mainColumns, qualifiedName, type Table } from '../../engine/catalog/table.ts';
import { INDEX_KEYS, type IndexKeys, tableIndexes } from '../../engine/postgres/table-indexes.ts';
import { quoted, quotedTable } from './identifier.ts';

/** What was done so that queries in PostgreSQL find rows without reading all. */
export interface PositionIndexes {
  /** Names of the indexes that were made, with their schema, quoted where need be. */
  readonly made: readonly string[];
  /** SQL that somebody who owns the table must run, where this user may not. */
  readonly missing: readonly string[];
}

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
  const name = (index: Index) => `${table.name.slice(0, 40)}_${index.suffix}`;
  const option = concurrently && !relation.partitioned ? 'CONCURRENTLY ' : '';
  const statement = (index: Index, how: string) =>
    `CREATE INDEX ${how}IF NOT EXISTS ${quoted(name(index))} ON ${quotedTable(table)} (${index.keys})`;
  if (!relation.owned) return { made: [], missing: wanted.map((index) => statement(index, '')) };
  for (const index of wanted) {
    // What an interrupted CREATE INDEX CONCURRENTLY leaves is of no use, and has the name.
    await dropInvalid(client, table, name(index), option);
    await client.query(statement(index, option));
  }
  // Statistics of an index's expressions are gathered with those of the table.
  if (wanted.length > 0) await client.query(`ANALYZE ${quotedTable(table)}`);
  return { made: wanted.map((index) => `${quoted(table.schema)}.${quoted(name(index))}`), missing: [] };
}

async function absent(client: pg.Client, table: Table): Promise<Index[]> {
  const { rows } = await client.query<IndexKeys>(INDEX_KEYS, [[table.schema], [table.name]]);
  const there = tableIndexes(table, rows);
  const { id, ra, dec } = mainColumns(table);
  const [lon, lat] = [quoted(ra.name), quoted(dec.name)];
  const indexed = there.q3c || there.pgsphere;
  return [
    ...(there.healpix || indexed
      ? []
      : [{ suffix: 'healpix_29', keys: `almagest.healpix_index(29, ${lon}, ${lat})` }]),
    ...(there.zones || indexed
      ? []
      : [{ suffix: 'zones', keys: `almagest.zone(${lat}), almagest.longitude(${lon})` }]),
    ...(there.identifier ? [] : [{ suffix: 'id', keys: quoted(id.name) }]),
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

async function dropInvalid(client: pg.Client, table: Table, name: string, option: string): Promise<void> {
  const index = `${quoted(table.schema)}.${quoted(name)}`;
  const { rowCount } = await client.query(
    `SELECT FROM pg_index WHERE indexrelid = to_regclass($1) AND indrelid = to_regclass($2) AND NOT indisvalid`,
    [index, quotedTable(table)],
  );
  if (rowCount) await client.query(`DROP INDEX ${option}${index}`);
}
