import { DuckdbError } from './duckdb-error.ts';
import type { DuckdbParameter } from './query.ts';

/** What the scan tells apart: texts, quoted names, parameters, and what must not stand outside of the former two. */
const TOKENS = /'(?:[^']|'')*'|"(?:[^"]|"")*"|\$\d+|;|--|\/\*|\$|'|"/g;

/**
 * One SELECT with its parameters written in, for DuckDB-WASM has no pending queries with parameters. A text becomes a
 * standard literal, in which only the quote means something (ISO 9075-2 §5.3); what follows a quote that is left open, a
 * second statement or a comment is not let through.
 * @throws DuckdbError 'query'
 */
export function writeStatement(sql: string, parameters: readonly DuckdbParameter[]): string {
  if (!/^[\s(]*(SELECT|WITH)\b/i.test(sql)) throw new DuckdbError('query', 'only a SELECT is answered');
  return sql.replace(TOKENS, (token) => {
    if (token.length > 1 && (token[0] === "'" || token[0] === '"')) return token;
    const parameter = token[0] === '$' && parameters[Number(token.slice(1)) - 1];
    if (parameter) return textLiteral(parameter.value);
    throw new DuckdbError('query', `the statement has a ${token} where none may be`);
  });
}

/** DuckDB's parser takes the character 0 for the end of the statement. */
function textLiteral(value: string): string {
  const pieces = value.split('\0').map((piece) => `'${piece.replaceAll("'", "''")}'`);
  return pieces.length === 1 ? pieces[0]! : `(${pieces.join(' || chr(0) || ')})`;
}
