import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { XMLParser } from 'fast-xml-parser';
import { checkQuery } from '../adql/check/check.ts';
import { FUNCTIONS } from '../adql/functions/functions.ts';
import { parseAdql } from '../adql/parse.ts';
import type { ColumnReference, JoinedTable, NamedTable, Select, Statement } from '../adql/syntax-tree.ts';
import type { Column } from '../catalog/column.ts';
import type { Table } from '../catalog/table.ts';
import { nodesOf, relationsOf } from '../plan/tree.ts';
import { translate, untranslatable } from './translate.ts';

/** The IVOA's validation queries (github.com/ivoa/lyonetia), files of `<adql valid="true">query</adql>`. */
const folder = process.env.ALMAGEST_TEST_DATA && join(process.env.ALMAGEST_TEST_DATA, 'adql');
const skip = folder ? false : 'set ALMAGEST_TEST_DATA to a folder with the validation queries in adql/';

function validQueries(): string[] {
  const parser = new XMLParser({
    ignoreAttributes: false,
    trimValues: false,
    isArray: (name) => name === 'query',
  });
  return readdirSync(folder as string)
    .sort()
    .flatMap((file) => parser.parse(readFileSync(join(folder as string, file), 'utf8')).queries.query)
    .filter(({ adql }) => adql['@_valid'] === 'true')
    .map(({ adql }) => adql['#text']);
}

const TEXTS: ReadonlySet<string> = new Set([
  'name',
  'version',
  'flag',
  'type',
  'favorite_name',
  'star_name',
  'oid',
]);
/** What the queries' own test suite has in its tables. */
const KNOWN: Readonly<Record<string, string>> = {
  spatial: 'dist width height ra1 ra2',
  spatial2: 'ra1 ra2 dist dec',
  misc: 'mass mag speed',
  crazy: 'ct wot wotb mjd version flag',
};

/** Where the text alone does not tell which table has what. */
const SPECIAL: readonly (readonly [text: RegExp, tables: Readonly<Record<string, string>>])[] = [
  [/HAVING \(height/, { spatial2: 'dec' }],
  [/select a,\s+b\s/, { x: 'a b' }],
  [/most,\(anything/, { most: 'm', anything: 'a b', else3: 'and7' }],
  [/log10\(z/, { t1: 'x z' }],
  [/alpha_subset/, { stars: 'id ra dec' }],
];

function column(name: string, text: string): Column {
  const plain = { name, xtype: null, ucd: null, utype: null, description: null };
  const flags = { principal: true, indexed: false, std: false };
  if (TEXTS.has(name)) return { ...plain, ...flags, datatype: 'char', arraysize: '*', unit: null };
  const unit = name.startsWith('pm_') ? 'mas/yr' : 'deg';
  const number: Column = { ...plain, ...flags, datatype: 'double', arraysize: null, unit };
  const shape = name === 'x' ? /\b(point|centroid|circle|box|polygon|region)\b/i.exec(text)?.[1] : undefined;
  if (shape === undefined) return number;
  const xtype = { point: 'point', centroid: 'point', circle: 'circle', region: 'circle' }[
    shape.toLowerCase()
  ];
  return { ...number, arraysize: '*', xtype: xtype ?? 'polygon' };
}

/** Tables that have what a query names: a column without a table before it is of the first of its SELECT. */
function tablesFor(statement: Statement, text: string): Table[] {
  const names = new Map<string, { readonly schema: string; readonly columns: Set<string> }>();
  const nodes = [...nodesOf(statement)];
  const known = { ...KNOWN, ...SPECIAL.find(([pattern]) => pattern.test(text))?.[1] };
  const shared = (nodes.filter((node) => node.kind === 'joined-table') as JoinedTable[]).flatMap(
    ({ specification }) =>
      specification?.kind === 'using' ? specification.columns.map(({ name }) => name) : [],
  );
  for (const select of nodes.filter((node) => node.kind === 'select') as Select[]) {
    const all = [...nodesOf(select)];
    const inner = new Set(all.filter(({ kind }) => kind === 'query').flatMap((query) => [...nodesOf(query)]));
    const references = all.filter((node) => node.kind === 'column' && !inner.has(node)) as ColumnReference[];
    const tables = relationsOf(select.from).filter(({ kind }) => kind === 'named-table') as NamedTable[];
    for (const [index, { table, alias }] of tables.entries()) {
      const name = table.parts.at(-1)!.name;
      const schema = table.parts.at(-2)?.name ?? 'public';
      if (!names.has(name)) names.set(name, { schema, columns: new Set(shared) });
      for (const reference of references) {
        const before = reference.table?.parts.at(-1)?.name;
        const isOwn = before === undefined ? index === 0 : before === name || before === alias?.name;
        if (isOwn) names.get(name)!.columns.add(reference.name.name);
      }
    }
  }
  return [...names].map(([name, { schema, columns }]) => {
    const own = known[name.toLowerCase()]?.split(' ') ?? (columns.size === 0 ? ['a'] : [...columns]);
    const shape = { description: null, utype: null, columns: own.map((each) => column(each, text)) };
    return { schema, name, ...shape };
  });
}

/** Valid by the grammar alone: it asks for columns of tables that FROM has not. */
const SENSELESS: readonly (readonly [text: RegExp, problem: RegExp])[] = [
  [/usnob\.data/, /^FROM has no table “usnob\.data”/],
];

test("the IVOA's valid queries translate to both engines' SQL", { skip }, () => {
  const queries = validQueries();
  assert.equal(queries.length, 128);
  const refused: string[] = [];
  for (const text of queries) {
    const statement = parseAdql(text);
    const run = () => {
      const query = checkQuery(statement, tablesFor(statement, text), FUNCTIONS);
      const context = { uses: [], positionJoins: [], limit: 10 };
      const refusals = (['duckdb', 'postgresql'] as const).map((dialect) => {
        const refusal = untranslatable(query, dialect);
        if (refusal === null) assert.match(translate(query, dialect, context).text, /^(?:WITH|SELECT|\()/);
        return refusal;
      });
      // One engine takes it at least.
      assert.ok(refusals.includes(null), text);
    };
    const senseless = SENSELESS.find(([pattern]) => pattern.test(text));
    if (senseless === undefined) assert.doesNotThrow(run, text);
    else {
      refused.push(text);
      assert.throws(run, { name: 'AdqlCheckError', problem: senseless[1] }, text);
    }
  }
  assert.equal(refused.length, 1);
});
