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
 * @throws Error with example rows when an identifier is null or given twice, or a position is outside the sky.
 */
export async function checkCatalog(
  client: pg.Client,
  table: Table,
  main: MainNames,
  uniqueId: boolean,
): Promise<CatalogFacts> {
  const name = qualifiedName(table);
  const [id, ra, dec] = [quoted(main.id), quoted(main.ra), quoted(main.dec)];
  const position = { ra: `${ra}::double precision`, dec: `${dec}::double precision` };
  // NaN is above all numbers in PostgreSQL's order.
  const noPosition = `${ra} IS NULL OR ${dec} IS NULL OR ${position.ra} = 'NaN' OR ${position.dec} = 'NaN'`;
  const outside = `NOT (${noPosition}) AND NOT (${position.ra} BETWEEN 0 AND 360 AND ${position.dec} BETWEEN -90 AND 90)`;
  const texts = table.columns.filter(({ datatype, xtype }) => datatype === 'char' && xtype === null);
  const unicode = texts.map(({ name }, i) => {
    const text = `${quoted(name)}::text`;
    return `, coalesce(bool_or(octet_length(${text}) <> length(${text})), false) AS unicode_${i}`;
  });

  const { rows } = await client.query(
    `SELECT count(*) AS rows, count(*) FILTER (WHERE ${id} IS NULL) AS null_ids,
            count(*) FILTER (WHERE ${noPosition}) AS no_position, count(*) FILTER (WHERE ${outside}) AS outside
            ${unicode.join('')}
     FROM ${quotedTable(table)}`,
  );
  const facts = rows[0]!;
  const examples = async (condition: string) => {
    const found = await client.query(
      `SELECT to_jsonb(r)::text AS example FROM (SELECT ${id}, ${ra}, ${dec} FROM ${quotedTable(table)} WHERE ${condition} LIMIT ${EXAMPLES}) r`,
    );
    return found.rows.map((row) => row.example).join(', ');
  };
  if (facts.null_ids !== '0') {
    throw new Error(
      `${plural(facts.null_ids, 'row')} of ${name} without identifier (${main.id} is null), such as ${await examples(`${id} IS NULL`)}. ` +
        'Fill it in, or choose another column with --id',
    );
  }
  if (facts.outside !== '0') {
    throw new Error(
      `${plural(facts.outside, 'row')} of ${name} with a position outside the sky, such as ${await examples(outside)}. ` +
        `${main.ra} must be 0 to 360 and ${main.dec} -90 to 90 degrees`,
    );
  }
  if (!uniqueId) await checkUnique(client, table, main.id);
  return {
    rows: Number(facts.rows),
    rowsWithoutPosition: Number(facts.no_position),
    unicodeColumns: new Set(texts.filter((_, i) => facts[`unicode_${i}`]).map((column) => column.name)),
  };
}

async function checkUnique(client: pg.Client, table: Table, id: string): Promise<void> {
  const { rows } = await client.query<{ id: string; n: string }>(
    `SELECT ${quoted(id)}::text AS id, count(*) AS n FROM ${quotedTable(table)}
     GROUP BY ${quoted(id)} HAVING count(*) > 1 LIMIT ${EXAMPLES}`,
  );
  if (rows.length === 0) return;
  const list = rows.map((row) => `${row.id} (${plural(row.n, 'row')})`).join(', ');
  throw new Error(
    `the identifier ${id} of ${qualifiedName(table)} is not unique: ${list}. ` +
      'Make it so, or choose another column with --id',
  );
}

function plural(count: string, noun: string): string {
  return count === '1' ? `1 ${noun}` : `${Number(count).toLocaleString('en')} ${noun}s`;
}
