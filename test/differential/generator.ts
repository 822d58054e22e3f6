import type { Questions } from './questions/question.ts';

/** Random numbers that a seed repeats (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Source {
  readonly name: string;
  readonly key: string;
  /** Columns that may be calculated with: of moderate size, finite. */
  readonly integers: readonly string[];
  readonly reals: readonly string[];
  readonly texts: readonly string[];
}

const SOURCES: readonly Source[] = [
  {
    name: 'small.stars',
    key: 'source_id',
    integers: ['source_id', 'hd'],
    reals: ['ra', 'dec', 'vmag', 'bv'],
    texts: ['name', 'designation', 'constellation'],
  },
  {
    name: 'small.objects',
    key: 'id',
    integers: [],
    reals: ['ra', 'dec', 'magnitude', 'major_axis', 'minor_axis', 'bv'],
    texts: ['id', 'type', 'dimensions', 'morphology', 'name', 'designation'],
  },
  {
    name: 'sample.things',
    key: 'id',
    integers: ['id', 'small', 'total', 'parent', 'byte'],
    reals: ['ra', 'dec', 'radius'],
    texts: ['word', 'code'],
  },
];

const WORDS = ["'alpha'", "'Ori'", "'s'", "'CMa'", "''", "'Z'", "'a'", "'bet UMi'", "'Ω'", "'M 31'"];
const PATTERNS = ["'%a%'", "'_%'", "'S%'", "'%i'", "'__a'", "'%'", "'a%b'", "'NGC%'"];

/** A table of FROM: the texts of its columns by their kind. */
interface Named extends Source {
  readonly alias: string;
}

/** Valid queries over `small` and `sample` whose answers do not depend on the order of anything. */
export function generatedQuestions(seed: number, count: number): Questions {
  const next = random(seed);
  const upTo = (limit: number): number => Math.floor(next() * limit);
  const one = <T>(items: readonly T[]): T => items[upTo(items.length)]!;
  const chance = (probability: number): boolean => next() < probability;
  const several = (most: number, make: () => string, between = ', '): string =>
    Array.from({ length: 1 + upTo(most) }, make).join(between);

  const column = (tables: readonly Named[], kind: 'integers' | 'reals' | 'texts'): string | null => {
    const table = one(tables.filter((named) => named[kind].length > 0));
    return table === undefined ? null : `${table.alias}.${one(table[kind])}`;
  };

  function integer(tables: readonly Named[], depth: number): string {
    const leaf = (): string =>
      chance(0.3) ? `${upTo(50) - 10}`.replace('-', '0 - ') : (column(tables, 'integers') ?? '7');
    if (depth === 0 || chance(0.4)) return `(${leaf()})`;
    const inner = () => integer(tables, depth - 1);
    return one([
      () => `(${inner()} + ${inner()})`,
      () => `(${inner()} - ${inner()})`,
      () => `(${inner()} / ${2 + upTo(9)})`,
      () => `(${inner()} % ${2 + upTo(20)})`,
      () => `(${leaf()} * ${upTo(4)})`,
      () => `(${inner()} & ${upTo(64)})`,
      () => `COALESCE(${inner()}, ${inner()})`,
      () => `CASE WHEN ${condition(tables, depth - 1)} THEN ${inner()} ELSE ${inner()} END`,
    ])();
  }

  function real(tables: readonly Named[], depth: number): string {
    const leaf = (): string => (chance(0.25) ? (next() * 100).toFixed(upTo(4)) : column(tables, 'reals')!);
    if (depth === 0 || chance(0.3)) return leaf();
    const inner = () => real(tables, depth - 1);
    return one([
      () => `(${inner()} + ${inner()})`,
      () => `(${inner()} - ${inner()})`,
      () => `(${inner()} * ${leaf()})`,
      () => `(${inner()} / ${(0.5 + next() * 9).toFixed(2)})`,
      () => `ABS(${inner()})`,
      () => `FLOOR(${leaf()})`,
      () => `CEILING(${leaf()})`,
      () => `ROUND(${leaf()}, ${upTo(4)})`,
      () => `TRUNCATE(${leaf()}, ${upTo(3)})`,
      () => `SQRT(ABS(${inner()}))`,
      () => `COALESCE(${inner()}, ${inner()})`,
      () => `(${inner()} - ${integer(tables, depth - 1)})`,
      () => `CASE WHEN ${condition(tables, depth - 1)} THEN ${inner()} END`,
    ])();
  }

  function text(tables: readonly Named[], depth: number): string {
    if (depth === 0 || chance(0.5)) return chance(0.2) ? one(WORDS) : column(tables, 'texts')!;
    const inner = () => text(tables, depth - 1);
    return one([
      () => `(${inner()} || ${inner()})`,
      () => `LOWER(${inner()})`,
      () => `UPPER(${inner()})`,
      () => `COALESCE(${inner()}, ${inner()})`,
      () => `CASE WHEN ${condition(tables, depth - 1)} THEN ${inner()} ELSE ${one(WORDS)} END`,
    ])();
  }

  function condition(tables: readonly Named[], depth: number): string {
    const compared = () => one(['=', '<>', '<', '<=', '>', '>=']);
    const simple = [
      () => `${real(tables, 1)} ${compared()} ${real(tables, 1)}`,
      () => `${integer(tables, 1)} ${compared()} ${integer(tables, 1)}`,
      () => `${text(tables, 1)} ${compared()} ${text(tables, 1)}`,
      () => `${real(tables, 1)} ${one(['', 'NOT '])}BETWEEN ${real(tables, 0)} AND ${real(tables, 0)}`,
      () => `${text(tables, 0)} ${one(['', 'NOT '])}IN (${several(3, () => one(WORDS))})`,
      () => `${integer(tables, 0)} ${one(['', 'NOT '])}IN (${several(4, () => `${upTo(300)}`)})`,
      () => `${text(tables, 0)} ${one(['', 'NOT '])}${one(['LIKE', 'ILIKE'])} ${one(PATTERNS)}`,
      () => `${one([real, text, integer])(tables, 1)} IS ${one(['', 'NOT '])}NULL`,
      () =>
        `1 = CONTAINS(POINT(${positionOf(tables)}), CIRCLE(${upTo(360)}, ${upTo(160) - 80}, ${1 + upTo(60)}))`,
      () =>
        `DISTANCE(${positionOf(tables)}, ${upTo(360)}, ${upTo(160) - 80}) ${one(['<', '>'])} ${1 + upTo(120)}`,
    ];
    if (depth === 0 || chance(0.4)) return one(simple)();
    const inner = () => condition(tables, depth - 1);
    return one([
      () => `(${inner()} AND ${inner()})`,
      () => `(${inner()} OR ${inner()})`,
      () => `NOT (${inner()})`,
      () => {
        const [sub] = from(1, 'x');
        const test = `x.ra ${one(['<', '>'])} ${column(tables, 'reals')}`;
        return `EXISTS (SELECT 1 FROM ${sub!.name} AS x WHERE ${test} AND ${condition([sub!], 0)})`;
      },
      () => {
        const [sub] = from(1, 'y');
        return `${text(tables, 0)} ${one(['', 'NOT '])}IN (SELECT ${text([sub!], 0)} FROM ${sub!.name} AS y WHERE ${condition([sub!], 0)})`;
      },
    ])();
  }

  function positionOf(tables: readonly Named[]): string {
    const { alias, reals } = one(tables);
    return `${alias}.${reals[0]}, ${alias}.${reals.at(1) ?? reals[0]}`;
  }

  const from = (tables: number, alias: string): Named[] =>
    Array.from({ length: tables }, (_, at) => ({
      ...one(SOURCES),
      alias: tables === 1 ? alias : `${alias}${at}`,
    }));

  function joined(tables: readonly Named[]): string {
    return tables
      .map(({ name, alias }, at) => {
        if (at === 0) return `${name} AS ${alias}`;
        const before = tables.slice(0, at);
        const on = one([
          () => `${column(before, 'texts')} = ${alias}.${one(tables[at]!.texts)}`,
          () => `FLOOR(${column(before, 'reals')} / 5) = FLOOR(${alias}.${one(tables[at]!.reals)} / 5)`,
          () => `DISTANCE(${positionOf([before.at(-1)!])}, ${alias}.ra, ${alias}.dec) < ${1 + upTo(8)}`,
        ])();
        const more = chance(0.3) ? ` AND ${condition(tables.slice(0, at + 1), 0)}` : '';
        return `${one(['JOIN', 'JOIN', 'LEFT JOIN', 'RIGHT JOIN'])} ${name} AS ${alias} ON ${on}${more}`;
      })
      .join(' ');
  }

  const value = (tables: readonly Named[]) => one([real, real, integer, text])(tables, 2);

  function plain(): string {
    const tables = from(chance(0.6) ? 1 : 2, 't');
    const keys = tables.map(({ alias, key }) => `${alias}.${key}`);
    const where = chance(0.8) ? ` WHERE ${condition(tables, 2)}` : '';
    const list = `${keys.map((key, at) => `${key} AS k${at}`).join(', ')}, ${several(3, () => value(tables))}`;
    const top = chance(0.3);
    const order = top ? ` ORDER BY ${keys.map((_, at) => `k${at}${one(['', ' DESC'])}`).join(', ')}` : '';
    const offset = top && chance(0.4) ? ` OFFSET ${upTo(20)}` : '';
    return `SELECT ${top ? `TOP ${1 + upTo(40)} ` : ''}${list} FROM ${joined(tables)}${where}${order}${offset}`;
  }

  function grouped(): string {
    const tables = from(chance(0.7) ? 1 : 2, 't');
    const by = one([() => text(tables, 0), () => `FLOOR(${column(tables, 'reals')} / 10)`])();
    const aggregates = several(4, () =>
      one([
        () => 'COUNT(*)',
        () => `COUNT(${one(['', 'DISTINCT '])}${value(tables)})`,
        () => `${one(['MIN', 'MAX'])}(${value(tables)})`,
        () => `${one(['SUM', 'AVG'])}(${column(tables, 'reals')})`,
        () => `SUM(${integer(tables, 1)})`,
      ])(),
    );
    const where = chance(0.5) ? ` WHERE ${condition(tables, 1)}` : '';
    const having = chance(0.3) ? ` HAVING COUNT(*) > ${upTo(5)}` : '';
    return `SELECT ${by} AS g, ${aggregates} FROM ${joined(tables)}${where} GROUP BY ${by}${having}`;
  }

  function united(): string {
    const kind = one([integer, text]);
    const side = () => {
      const tables = from(1, 't');
      return `SELECT ${kind(tables, 1)} FROM ${joined(tables)} WHERE ${condition(tables, 1)}`;
    };
    return `${side()} ${one(['UNION', 'UNION ALL', 'EXCEPT', 'INTERSECT', 'EXCEPT ALL', 'INTERSECT ALL'])} ${side()}`;
  }

  function nested(): string {
    const tables = from(1, 't');
    const inner = `SELECT t.${tables[0]!.key} AS k, ${real(tables, 1)} AS a, ${text(tables, 1)} AS b FROM ${joined(tables)}`;
    const outer: Named = { name: '', key: 'k', integers: [], reals: ['a'], texts: ['b'], alias: 'q' };
    const condition = `q.a ${one(['<', '>'])} ${real([outer], 1)} OR q.b ${one(['<', '='])} ${text([outer], 0)}`;
    return chance(0.5)
      ? `SELECT q.k, q.a + 1, q.b FROM (${inner}) AS q WHERE ${condition}`
      : `WITH q AS (${inner}) SELECT q.b, COUNT(*), MAX(q.a) FROM q WHERE ${condition} GROUP BY q.b`;
  }

  return {
    about: 'generated',
    order: 'any',
    tolerance: { ulps: 2, relative: 1e-12, absolute: 1e-9 },
    queries: Array.from({ length: count }, () => one([plain, plain, grouped, united, nested])()),
  };
}
