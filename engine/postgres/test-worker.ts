import { answer, columnOf } from './test-queries.ts';

// Waits for rows that do not come, until it is killed.
const sql =
  'SELECT n FROM (SELECT generate_series(1, 1000000000) AS n) AS s WHERE pg_sleep(0.01)::text IS NULL';
await answer(JSON.parse(process.argv[2]!), sql, [columnOf('int')], { seconds: 100 });
