import type pg from 'pg';
import { qualifiedName, type Table } from '../../engine/catalog/table.ts';
import { quoted, quotedTable } from '../database/identifier.ts';
import type { MainNames } from './main-columns.ts';

/** What one reading of a table's rows shows. */
export interface CatalogFacts {
  readonly rows: number;
  /** Rows whose position is null or NaN: they are kept, but no cone finds them. */
  readonly rowsWithoutPosition: number;
  /** Text columns that hold more than ASCII: `unicodeChar` rather than `char` (VOTable 1.4 §2.1). */
  readonly unicodeColumns: ReadonlySet<string>;
}

const EXAMPLES = 3;

/**
 * Reads the rows of a table that is about to be published.
 * @param uniqueId whether an index guarantees that identifiers are unique.
 * @throws Error with example rows when an identifier is null or given twice, a position is outside the sky, or a time is infinite.
 */
export async function checkCatalog(
  client: pg.Client,
  table: Table,
  main: MainNames,
  uniqueId: boolean,
): Promise<CatalogFacts> {
  const name = qualifiedName(table);
  const noId = main.id === null ? 'false' : `${quoted(main.id)} IS NULL`;
  const { noPosition, outside } = positionConditions(main);
  const texts = table.columns.filter(({ datatype, xtype }) => datatype === 'char' && xtype !== 'timestamp');
  const unicode = texts.map(({ name }, i) => {
    const text = `${quoted(name)}::text`;
    return `, coalesce(bool_or(octet_length(${text}) <> length(${text})), false) AS unicode_${i}`;
  });

  const times = table.columns.filter(({ xtype }) => xtype === 'timestamp').map(({ name }) => name);
  const infinite = times.map(
    (time, i) => `, count(*) FILTER (WHERE NOT isfinite(${quoted(time)})) AS infinite_${i}`,
  );

  const { rows } = await client.query(
    `SELECT count(*) AS rows, count(*) FILTER (WHERE ${noId}) AS null_ids,
            count(*) FILTER (WHERE ${noPosition}) AS no_position, count(*) FILTER (WHERE ${outside}) AS outside
            ${unicode.join('')} ${infinite.join('')}
     FROM ${quotedTable(table)}`,
  );
  const facts = rows[0]!;
  const shown = [main.id, main.ra, main.dec].filter((column) => column !== null).map(quoted);
  const examples = async (condition: string) => {
    const found = await client.query(
      `SELECT to_jsonb(r)::text AS example FROM (SELECT ${shown.join(', ')} FROM ${quotedTable(table)} WHERE ${condition} LIMIT ${EXAMPLES}) r`,
    );
    return found.rows.map((row) => row.example).join(', ');
  };
  if (facts.null_ids !== '0') {
    throw new Error(
      `${plural(facts.null_ids, 'row')} of ${name} without identifier (${main.id} is null), such as ${await examples(noId)}. ` +
        `Fill it in, ${otherId(main)}`,
    );
  }
  if (facts.outside !== '0') {
    throw new Error(
      `${plural(facts.outside, 'row')} of ${name} with a position outside the sky, such as ${await examples(outside)}. ` +
        `${main.ra} must be 0 to 360 and ${main.dec} -90 to 90 degrees`,
    );
  }
  for (const [i, time] of times.entries()) {
    const count = facts[`infinite_${i}`];
    if (count === '0') continue;
    throw new Error(
      `${plural(count, 'row')} of ${name} with an infinite time in ${time}, such as ${await examples(`NOT isfinite(${quoted(time)})`)}. ` +
        'The Virtual Observatory has none: make it null, or publish a view that does',
    );
  }
  if (main.id !== null && !uniqueId) await checkUnique(client, table, main.id, otherId(main));
  return {
    rows: Number(facts.rows),
    rowsWithoutPosition: Number(facts.no_position),
    unicodeColumns: new Set(texts.filter((_, i) => facts[`unicode_${i}`]).map((column) => column.name)),
  };
}

/** Which rows have no position, and which one that is none; none does where there are no columns for it. */
function positionConditions({ ra, dec }: MainNames): { noPosition: string; outside: string } {
  if (ra === null || dec === null) return { noPosition: 'false', outside: 'false' };
  const [lon, lat] = [ra, dec].map((name) => `${quoted(name)}::double precision`);
  // NaN is above all numbers in PostgreSQL's order.
  const noPosition = `${lon} IS NULL OR ${lat} IS NULL OR ${lon} = 'NaN' OR ${lat} = 'NaN'`;
  const outside = `NOT (${noPosition}) AND NOT (${lon} BETWEEN 0 AND 360 AND ${lat} BETWEEN -90 AND 90)`;
  return { noPosition, outside };
}

function otherId({ ra }: MainNames): string {
  return ra === null
    ? 'choose another column with --id, or say with --no-id that there is no identifier'
    : 'or choose another column with --id';
}

async function checkUnique(client: pg.Client, table: Table, id: string, otherwise: string): Promise<void> {
  const { rows } = await client.query<{ id: string; n: string }>(
    `SELECT ${quoted(id)}::text AS id, count(*) AS n FROM ${quotedTable(table)}
     GROUP BY ${quoted(id)} HAVING count(*) > 1 LIMIT ${EXAMPLES}`,
  );
  if (rows.length === 0) return;
  const list = rows.map((row) => `${row.id} (${plural(row.n, 'row')})`).join(', ');
  throw new Error(
    `the identifier ${id} of ${qualifiedName(table)} is not unique: ${list}. ` + `Make it so, ${otherwise}`,
  );
}

function plural(count: string, noun: string): string {
  return count === '1' ? `1 ${noun}` : `${Number(count).toLocaleString('en')} ${noun}s`;
}
