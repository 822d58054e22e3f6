import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { XMLParser } from 'fast-xml-parser';
import type { Column } from '../catalog/column.ts';
import { checkQuery } from './check/check.ts';
import { AdqlCheckError, AdqlSyntaxError } from './errors.ts';
import { FUNCTIONS } from './functions/functions.ts';
import { parseAdql } from './parse.ts';
import type { Statement } from './syntax-tree.ts';
import { writeAdql } from './write.ts';

/** The IVOA's validation queries (github.com/ivoa/lyonetia), files of `<adql valid="true">query</adql>`. */
const folder = process.env.ALMAGEST_TEST_DATA && join(process.env.ALMAGEST_TEST_DATA, 'adql');
const skip = folder ? false : 'set ALMAGEST_TEST_DATA to a folder with the validation queries in adql/';

interface ValidationQuery {
  readonly text: string;
  readonly valid: boolean;
}

function validationQueries(folder: string): ValidationQuery[] {
  const parser = new XMLParser({
    ignoreAttributes: false,
    trimValues: false,
    isArray: (name) => name === 'query',
  });
  return readdirSync(folder)
    .sort()
    .flatMap((file) => parser.parse(readFileSync(join(folder, file), 'utf8')).queries.query)
    .map(({ adql }) => ({ text: adql['#text'], valid: adql['@_valid'] === 'true' }));
}

test("the IVOA's validation queries parse or fail as they are marked", { skip }, () => {
  const queries = validationQueries(folder as string);
  assert.equal(queries.filter(({ valid }) => valid).length, 128);
  assert.equal(queries.filter(({ valid }) => !valid).length, 24);
  for (const { text, valid } of queries) {
    if (valid) assert.equal(canonical(canonical(text)), canonical(text), text);
    else assert.throws(() => checkNames(parseAdql(text)), isFault, text);
  }
});

function canonical(text: string): string {
  return writeAdql(parseAdql(text));
}

const COLUMN: Omit<Column, 'name'> = {
  datatype: 'double',
  arraysize: null,
  xtype: null,
  unit: 'deg',
  ucd: null,
  utype: null,
  description: null,
  principal: true,
  indexed: false,
  std: false,
};

/** One of the invalid queries calls an unknown function, which no grammar knows of. */
function isFault(error: unknown): boolean {
  if (error instanceof AdqlSyntaxError) return true;
  return (
    error instanceof AdqlCheckError &&
    error.problem.startsWith('There is no function “my_undefined_function”')
  );
}

function checkNames(statement: Statement): void {
  const columns = ['id', 'ra', 'dec'].map((name) => ({ ...COLUMN, name }));
  const table = { schema: 'public', name: 'atable', description: null, utype: null, columns };
  checkQuery(statement, [table], FUNCTIONS);
}
