import type pg from 'pg';
import { qualifiedName } from '../../engine/catalog/table.ts';
import { tableQueryName } from '../../engine/tap-schema/query-name.ts';
import { unmarkChanges } from '../database/change-marks.ts';
import { grantPublished } from '../database/reader-grants.ts';
import { dropHistory } from '../database/row-history.ts';
import { publishedTables } from '../database/tap-schema.ts';
import { inTransaction } from '../database/transaction.ts';

/** How long others wait for us at most while we wait for the locks to drop triggers. */
const LOCK_TIMEOUT = '5s';
const LOCK_NOT_AVAILABLE = '55P03';

/**
 * Takes a table out of what is published: its description, the triggers that note its changes, its history, and the readers' rights. Its rows stay
 * as they are, and so do its indexes and its releases.
 * @param name `schema.table`, which may not be there any more.
 * @returns SQL that somebody who owns the table must run to be rid of triggers, where this user may not.
 * @throws Error when it is not published, or somebody works with it for long.
 */
export async function unpublishTable(client: pg.Client, name: string): Promise<string[]> {
  return inTransaction(client, async () => {
    const published = await publishedTables(client);
    const table = published.find((each) => qualifiedName(each) === name);
    if (table === undefined) {
      const names = published.map(qualifiedName).sort().join(', ');
      throw new Error(`${name} is not published; ${names ? `published are ${names}` : 'nothing is'}`);
    }
    await client.query(`SET LOCAL lock_timeout = '${LOCK_TIMEOUT}'`);
    await dropHistory(client, table);
    const others = published.filter((each) => each !== table);
    const missing = await unmarkChanges(client, table, others);
    await client.query('DELETE FROM tap_schema.tables WHERE table_name = $1', [tableQueryName(table)]);
    await grantPublished(client);
    return missing;
  }).catch((error) => {
    if (error.code !== LOCK_NOT_AVAILABLE) throw error;
    throw new Error(`${name} cannot be unpublished while somebody works with it for long: try again`, {
      cause: error,
    });
  });
}
