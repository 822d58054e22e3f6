import { EmbeddedActionsParser, EOF, type IParserErrorMessageProvider, type IToken } from 'chevrotain';
import { functionCall } from './calls.ts';
import { castType } from './cast-types.ts';
import { asCondition, asValue, isCondition, type LogicalOperand, logical } from './conditions.ts';
import { AdqlSyntaxError } from './errors.ts';
import { quoted } from './faulty-tokens.ts';
import { type JoinPart, joins } from './joins.ts';
import {
  allColumnsOf,
  form,
  identifier,
  isIdentifier,
  loneSubquery,
  positionOf,
  tableName,
  unnamedSubquery,
  unquoted,
} from './nodes.ts';
import { type Operand, operations } from './operators.ts';
import { type Position, span } from './position.ts';
import { parenthesised, type SetOperand, setOperations } from './set-operations.ts';
import type * as tree from './syntax-tree.ts';
import * as t from './tokens.ts';

/** Messages are made elsewhere; to make the parser's own would take longer than to parse. */
const SILENT: IParserErrorMessageProvider = {
  buildMismatchTokenMessage: () => '',
  buildNotAllInputParsedMessage: () => '',
  buildNoViableAltMessage: () => '',
  buildEarlyExitMessage: () => '',
};

type Term = tree.Expression | tree.Condition;

/**
 * The grammar of ADQL 2.1 (its appendix A), a rule per production. Values and conditions share their rules, because a
 * parenthesis may begin either; what is wanted is checked where it is wanted.
 */
export class AdqlGrammar extends EmbeddedActionsParser {
  constructor({ validate }: { validate: boolean }) {
    super([...t.tokenTypes], { maxLookahead: 2, skipValidations: !validate, errorMessageProvider: SILENT });
    this.performSelfAnalysis();
  }

  readonly statement = this.RULE('statement', (): tree.Statement => {
    const first = this.LA(1);
    const commonTables: tree.CommonTable[] = [];
    this.OPTION(() => {
      this.CONSUME(t.With);
      this.AT_LEAST_ONE_SEP({
        SEP: t.Comma,
        DEF: () => commonTables.push(this.SUBRULE(this.commonTable)),
      });
    });
    const query = this.SUBRULE(this.query);
    const position = this.since(first);
    this.OPTION1(() => this.CONSUME(t.Semicolon));
    this.CONSUME(EOF);
    return { kind: 'statement', position, commonTables, query };
  });

  private readonly commonTable = this.RULE('commonTable', (): tree.CommonTable => {
    const first = this.LA(1);
    const name = this.SUBRULE(this.identifier);
    this.CONSUME(t.As);
    this.CONSUME(t.LeftParen);
    const query = this.SUBRULE(this.query);
    this.CONSUME(t.RightParen);
    return { kind: 'common-table', position: this.since(first), name, query };
  });

  // ---- Queries -------------------------------------------------------------------------------------------------

  private readonly query = this.RULE('query', (): tree.Query => {
    const first = this.SUBRULE(this.queryOperand);
    return this.SUBRULE(this.queryTail, { ARGS: [first] });
  });

  private readonly queryOperand = this.RULE(
    'queryOperand',
    (): tree.QueryBody =>
      this.OR([
        { ALT: () => this.SUBRULE(this.select) },
        {
          ALT: () => {
            this.CONSUME(t.LeftParen);
            const query = this.SUBRULE(this.query);
            this.CONSUME(t.RightParen);
            return this.ACTION(() => parenthesised(query));
          },
        },
      ]),
  );

  /** What follows the first operand of a query. */
  private readonly queryTail = this.RULE('queryTail', (first: tree.QueryBody): tree.Query => {
    const operands: SetOperand[] = [];
    this.MANY(() => {
      const operator = this.CONSUME(t.SetOperator).image.toUpperCase() as SetOperand['operator'];
      const all = this.OPTION(() => this.CONSUME(t.All)) !== undefined;
      operands.push({ operator, all, right: this.SUBRULE(this.queryOperand) });
    });
    const orderBy: tree.OrderTerm[] = [];
    this.OPTION1(() => {
      this.CONSUME(t.Order);
      this.CONSUME(t.By);
      this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => orderBy.push(this.SUBRULE(this.orderTerm)) });
    });
    const offset = this.OPTION2(() => {
      this.CONSUME(t.Offset);
      return this.CONSUME(t.Integer).image;
    });
    return this.ACTION(() => {
      if (first.kind === 'query' && operands.length === 0 && orderBy.length === 0 && offset === undefined)
        return first;
      const body = setOperations(first, operands);
      const end = orderBy.length > 0 || offset !== undefined ? this.here() : body.position;
      return { kind: 'query', position: span(body.position, end), body, orderBy, offset: offset ?? null };
    });
  });

  private readonly orderTerm = this.RULE('orderTerm', (): tree.OrderTerm => {
    const first = this.LA(1);
    const expression = this.SUBRULE(this.value);
    const direction = this.OPTION(() => this.CONSUME(t.OrderDirection).tokenType);
    const descending = direction === t.Desc;
    return { kind: 'order-term', position: this.since(first), expression, descending };
  });

  private readonly select = this.RULE('select', (): tree.Select => {
    const first = this.CONSUME(t.Select);
    const quantifier = this.OPTION(() => this.CONSUME(t.SetQuantifier).tokenType);
    const top = this.OPTION1(() => {
      this.CONSUME(t.Top);
      return this.CONSUME(t.Integer).image;
    });
    const columns: tree.SelectItem[] = [];
    this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => columns.push(this.SUBRULE(this.selectItem)) });
    const from: tree.TableReference[] = [];
    this.CONSUME(t.From);
    this.AT_LEAST_ONE_SEP1({ SEP: t.Comma, DEF: () => from.push(this.SUBRULE(this.tableReference)) });
    const where = this.OPTION2(() => {
      this.CONSUME(t.Where);
      return this.SUBRULE(this.condition);
    });
    const groupBy: tree.Expression[] = [];
    this.OPTION3(() => {
      this.CONSUME(t.Group);
      this.CONSUME(t.By);
      this.AT_LEAST_ONE_SEP2({ SEP: t.Comma, DEF: () => groupBy.push(this.SUBRULE(this.value)) });
    });
    const having = this.OPTION4(() => {
      this.CONSUME(t.Having);
      return this.SUBRULE1(this.condition);
    });
    return {
      kind: 'select',
      position: this.since(first),
      distinct: quantifier === t.Distinct,
      top: top ?? null,
      columns,
      from,
      where: where ?? null,
      groupBy,
      having: having ?? null,
    };
  });

  private readonly selectItem = this.RULE('selectItem', (): tree.SelectItem => {
    const first = this.LA(1);
    return this.OR([
      {
        ALT: (): tree.SelectItem => {
          this.CONSUME(t.Asterisk);
          return { kind: 'all-columns', position: this.since(first), table: null };
        },
      },
      {
        GATE: () => this.isTableAsterisk(),
        IGNORE_AMBIGUITIES: true,
        ALT: (): tree.SelectItem => {
          const table = this.SUBRULE(this.tableName);
          this.CONSUME(t.Period);
          this.CONSUME1(t.Asterisk);
          return { kind: 'all-columns', position: this.since(first), table };
        },
      },
      {
        ALT: (): tree.SelectItem => {
          const expression = this.SUBRULE(this.value);
          const alias = this.OPTION(() => this.SUBRULE(this.alias)) ?? null;
          return { kind: 'derived-column', position: this.since(first), expression, alias };
        },
      },
    ]);
  });

  /** Whether `name.name.*` comes, of any length. */
  private isTableAsterisk(): boolean {
    let next = 1;
    while (isIdentifier(this.LA(next)) && this.LA(next + 1).tokenType === t.Period) next += 2;
    return next > 1 && this.LA(next).tokenType === t.Asterisk;
  }

  // ---- Tables --------------------------------------------------------------------------------------------------

  private readonly tableReference = this.RULE('tableReference', (): tree.TableReference => {
    const reference = this.SUBRULE(this.tableOrQuery);
    return this.ACTION(() => {
      if (reference.kind === 'query') throw unnamedSubquery(reference);
      return reference;
    });
  });

  /** A table reference, or a query in parentheses, which is one more operand or lacks its name. */
  private readonly tableOrQuery = this.RULE('tableOrQuery', (): tree.TableReference | tree.Query => {
    const first = this.SUBRULE(this.tablePrimary);
    const parts: JoinPart[] = [];
    this.MANY(() => parts.push(this.SUBRULE(this.joinPart)));
    return this.ACTION(() => {
      if (parts.length === 0) return first;
      if (first.kind === 'query') throw unnamedSubquery(first);
      return joins(first, parts);
    });
  });

  private readonly tablePrimary = this.RULE('tablePrimary', (): tree.TableReference | tree.Query =>
    this.OR([
      { ALT: () => this.SUBRULE(this.namedTable) },
      {
        ALT: () => {
          const first = this.LA(1);
          const inner = this.SUBRULE(this.tableParentheses);
          const alias = this.OPTION(() => this.SUBRULE(this.alias));
          return this.ACTION((): tree.TableReference | tree.Query => {
            if (alias === undefined) return inner;
            const query = inner.kind === 'query' ? inner : allColumnsOf(inner);
            return { kind: 'derived-table', position: this.since(first), query, alias };
          });
        },
      },
    ]),
  );

  private readonly tableParentheses = this.RULE('tableParentheses', (): tree.TableReference | tree.Query => {
    this.CONSUME(t.LeftParen);
    const inner = this.OR({
      MAX_LOOKAHEAD: 1,
      IGNORE_AMBIGUITIES: true,
      DEF: [
        {
          GATE: () => this.LA(1).tokenType === t.Select,
          ALT: (): tree.TableReference | tree.Query => this.SUBRULE(this.query),
        },
        { ALT: (): tree.TableReference | tree.Query => this.SUBRULE(this.tableOrQuery) },
      ],
    });
    const query = this.OPTION({
      GATE: () => inner.kind === 'query',
      DEF: () => {
        const first = this.ACTION(() => parenthesised(inner as tree.Query));
        return this.SUBRULE(this.queryTail, { ARGS: [first] });
      },
    });
    this.CONSUME(t.RightParen);
    return query ?? inner;
  });

  private readonly namedTable = this.RULE('namedTable', (): tree.NamedTable => {
    const first = this.LA(1);
    const table = this.SUBRULE(this.tableName);
    const alias = this.OPTION(() => this.SUBRULE(this.alias)) ?? null;
    return { kind: 'named-table', position: this.since(first), table, alias };
  });

  private readonly joinPart = this.RULE(
    'joinPart',
    (): JoinPart =>
      this.OR([
        { ALT: (): JoinPart => this.SUBRULE(this.joinedTable) },
        {
          ALT: (): JoinPart => {
            const on = this.CONSUME(t.On);
            const condition = this.SUBRULE(this.condition);
            return { kind: 'on', position: this.since(on), condition };
          },
        },
        {
          ALT: (): JoinPart => {
            const using = this.CONSUME(t.Using);
            this.CONSUME(t.LeftParen);
            const columns: tree.Identifier[] = [];
            this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => columns.push(this.SUBRULE(this.identifier)) });
            this.CONSUME(t.RightParen);
            return { kind: 'using', position: this.since(using), columns };
          },
        },
      ]),
  );

  private readonly joinedTable = this.RULE('joinedTable', (): JoinPart => {
    const natural = this.OPTION(() => {
      const word = this.CONSUME(t.Natural);
      return { kind: 'natural' as const, position: this.since(word) };
    });
    const join =
      this.OPTION1(() =>
        this.OR([
          {
            ALT: (): tree.JoinedTable['join'] =>
              this.CONSUME(t.PlainJoinType).image.toUpperCase() as 'INNER' | 'CROSS',
          },
          {
            ALT: (): tree.JoinedTable['join'] => {
              const type = this.CONSUME(t.OuterJoinType);
              this.OPTION2(() => this.CONSUME(t.Outer));
              return type.image.toUpperCase() as 'LEFT' | 'RIGHT' | 'FULL';
            },
          },
        ]),
      ) ?? 'INNER';
    this.CONSUME(t.Join);
    const table = this.SUBRULE(this.tablePrimary);
    return this.ACTION(() => {
      if (table.kind === 'query') throw unnamedSubquery(table);
      if (natural !== undefined && join === 'CROSS') {
        throw new AdqlSyntaxError('NATURAL and CROSS exclude each other', natural.position);
      }
      return { join, natural: natural ?? null, table };
    });
  });

  private readonly tableName = this.RULE('tableName', (): tree.TableName => {
    const first = this.LA(1);
    const parts = [this.SUBRULE(this.identifier)];
    this.MANY({
      GATE: () => isIdentifier(this.LA(2)),
      DEF: () => {
        this.CONSUME(t.Period);
        parts.push(this.SUBRULE1(this.identifier));
      },
    });
    return this.ACTION(() => tableName(parts, this.since(first)));
  });

  private readonly alias = this.RULE('alias', (): tree.Identifier => {
    this.OPTION(() => this.CONSUME(t.As));
    return this.SUBRULE(this.identifier);
  });

  private readonly identifier = this.RULE('identifier', (): tree.Identifier => {
    const token = this.CONSUME(t.Identifier);
    return this.ACTION(() => identifier(token));
  });

  // ---- Conditions ----------------------------------------------------------------------------------------------

  private readonly condition = this.RULE('condition', (): tree.Condition => {
    const term = this.SUBRULE(this.term);
    return this.ACTION(() => {
      const next = this.LA(1);
      if (!isCondition(term) && (isIdentifier(next) || next.tokenType === t.StringLiteral)) {
        throw new AdqlSyntaxError(`Expected a comparison but found ${quoted(next)}`, positionOf(next));
      }
      return asCondition(term);
    });
  });

  private readonly value = this.RULE('value', (): tree.Expression => {
    const term = this.SUBRULE(this.term);
    return this.ACTION(() => asValue(term));
  });

  /** Conditions joined by AND and OR, or a value. The levels of the standard's grammar are one here, to nest deeper. */
  private readonly term = this.RULE('term', (): Term => {
    const first = this.SUBRULE(this.predicate);
    const rest: LogicalOperand[] = [];
    this.MANY(() => {
      const operator = this.CONSUME(t.LogicalWord).tokenType === t.And ? 'and' : 'or';
      rest.push({ operator, right: this.SUBRULE1(this.predicate) });
    });
    return this.ACTION(() => (rest.length === 0 ? first : logical(first, rest)));
  });

  private readonly predicate = this.RULE('predicate', (): Term => {
    const not = this.OPTION(() => this.CONSUME(t.Not));
    const term = this.OR([
      {
        ALT: (): Term => {
          const exists = this.CONSUME(t.Exists);
          const inner = this.SUBRULE(this.tableParentheses);
          return this.ACTION(() => {
            const query = inner.kind === 'query' ? inner : allColumnsOf(inner);
            return { kind: 'exists', position: this.since(exists), query };
          });
        },
      },
      {
        ALT: (): Term => {
          const operand = this.SUBRULE(this.operation);
          return this.OPTION1(() => this.SUBRULE(this.predicateTail, { ARGS: [operand] })) ?? operand;
        },
      },
    ]);
    return this.ACTION(() => {
      if (not === undefined) return term;
      return { kind: 'not', position: this.since(not), operand: asCondition(term) };
    });
  });

  /** What makes a condition of the value before it. */
  private readonly predicateTail = this.RULE(
    'predicateTail',
    (left: Term): tree.Condition =>
      this.OR([
        { ALT: (): tree.Condition => this.SUBRULE(this.comparison, { ARGS: [left] }) },
        { ALT: (): tree.Condition => this.SUBRULE(this.membership, { ARGS: [left] }) },
        {
          ALT: (): tree.Condition => {
            this.CONSUME(t.Is);
            const negated = this.OPTION(() => this.CONSUME(t.Not)) !== undefined;
            this.CONSUME(t.Null);
            return this.ACTION(() => {
              const operand = asValue(left);
              return { kind: 'is-null', position: this.from(operand), negated, operand };
            });
          },
        },
      ]),
  );

  private readonly comparison = this.RULE('comparison', (left: Term): tree.Comparison => {
    const sign = this.CONSUME(t.ComparisonSign).image;
    const right = this.SUBRULE(this.operation);
    return this.ACTION(() => {
      const operator = (sign === '!=' ? '<>' : sign) as tree.ComparisonOperator;
      const values = { left: asValue(left), right: asValue(right) };
      return { kind: 'comparison', position: this.from(values.left), operator, ...values };
    });
  });

  private readonly membership = this.RULE('membership', (left: Term): tree.Condition => {
    const negated = this.OPTION(() => this.CONSUME(t.Not)) !== undefined;
    return this.OR([
      {
        ALT: (): tree.Condition => {
          this.CONSUME(t.Between);
          const low = this.SUBRULE(this.operation);
          this.CONSUME(t.And);
          const high = this.SUBRULE1(this.operation);
          return this.ACTION(() => {
            const values = { operand: asValue(left), low: asValue(low), high: asValue(high) };
            return { kind: 'between', position: this.from(values.operand), negated, ...values };
          });
        },
      },
      {
        ALT: (): tree.Condition => {
          this.CONSUME(t.In);
          const values = this.SUBRULE(this.inValues);
          return this.ACTION(() => {
            const operand = asValue(left);
            return { kind: 'in', position: this.from(operand), negated, operand, values };
          });
        },
      },
      {
        ALT: (): tree.Condition => {
          const word = this.CONSUME(t.LikeWord).tokenType;
          const right = this.SUBRULE2(this.operation);
          return this.ACTION(() => {
            const values = { operand: asValue(left), pattern: asValue(right) };
            const kind = word === t.Like ? 'like' : 'ilike';
            return { kind, position: this.from(values.operand), negated, ...values };
          });
        },
      },
    ]);
  });

  private readonly inValues = this.RULE('inValues', (): readonly tree.Expression[] | tree.Query => {
    this.CONSUME(t.LeftParen);
    const inner = this.OR({
      MAX_LOOKAHEAD: 1,
      IGNORE_AMBIGUITIES: true,
      DEF: [
        {
          GATE: () => this.LA(1).tokenType === t.Select,
          ALT: (): readonly tree.Expression[] | tree.Query => this.SUBRULE(this.query),
        },
        {
          ALT: (): readonly tree.Expression[] | tree.Query => {
            const values: tree.Expression[] = [];
            this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => values.push(this.SUBRULE(this.value)) });
            return values;
          },
        },
      ],
    });
    const query = this.OPTION({
      GATE: () => loneSubquery(inner) !== null,
      DEF: () => {
        const first = this.ACTION(() => parenthesised(loneSubquery(inner)!));
        return this.SUBRULE(this.queryTail, { ARGS: [first] });
      },
    });
    this.CONSUME(t.RightParen);
    return query ?? inner;
  });

  // ---- Values --------------------------------------------------------------------------------------------------

  private readonly operation = this.RULE('operation', (): Term => {
    let sign = this.OPTION(() => this.CONSUME(t.SignSign));
    let operand = this.SUBRULE(this.primary);
    const first = this.ACTION(() => this.signed(sign, operand));
    const rest: Operand[] = [];
    this.MANY(() => {
      const operator = this.CONSUME(t.OperatorSign).image as tree.Operator;
      sign = this.OPTION1(() => this.CONSUME1(t.SignSign));
      operand = this.SUBRULE1(this.primary);
      this.ACTION(() => rest.push({ operator, right: asValue(this.signed(sign, operand)) }));
    });
    return this.ACTION(() => (rest.length === 0 ? first : operations(asValue(first), rest)));
  });

  private readonly primary = this.RULE(
    'primary',
    (): Term =>
      this.OR([
        { ALT: (): Term => this.SUBRULE(this.literal) },
        { ALT: (): Term => this.SUBRULE(this.call) },
        { ALT: (): Term => this.SUBRULE(this.column) },
        { ALT: (): Term => this.SUBRULE(this.cast) },
        { ALT: (): Term => this.SUBRULE(this.caseExpression) },
        { ALT: (): Term => this.SUBRULE(this.parentheses) },
      ]),
  );

  private readonly literal = this.RULE(
    'literal',
    (): tree.Expression =>
      this.OR([
        {
          ALT: (): tree.Expression => {
            const number = this.CONSUME(t.UnsignedNumber);
            return { kind: 'number', position: positionOf(number), text: number.image, form: form(number) };
          },
        },
        {
          ALT: (): tree.Expression => {
            const literal = this.CONSUME(t.StringLiteral);
            return { kind: 'text', position: positionOf(literal), text: unquoted(literal.image, "'") };
          },
        },
        {
          ALT: (): tree.Expression => ({ kind: 'null', position: positionOf(this.CONSUME(t.Null)) }),
        },
        {
          ALT: (): tree.Expression => {
            const word = this.CONSUME(t.BooleanWord);
            return { kind: 'boolean', position: positionOf(word), value: word.tokenType === t.True };
          },
        },
      ]),
  );

  private readonly call = this.RULE('call', (): tree.Expression => {
    const name = this.CONSUME(t.FunctionName);
    this.CONSUME(t.LeftParen);
    let quantifier: 'DISTINCT' | 'ALL' | null = null;
    let given: tree.Expression[] | '*' = [];
    this.OPTION(() =>
      this.OR([
        {
          ALT: () => {
            this.CONSUME(t.Asterisk);
            given = '*';
          },
        },
        {
          ALT: () => {
            const values: tree.Expression[] = [];
            this.OPTION1(() => {
              quantifier = this.CONSUME(t.SetQuantifier).image.toUpperCase() as 'DISTINCT' | 'ALL';
            });
            this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => values.push(this.SUBRULE(this.value)) });
            given = values;
          },
        },
      ]),
    );
    this.CONSUME(t.RightParen);
    return this.ACTION(() =>
      functionCall({ name: name.image, quantifier, arguments: given, position: this.since(name) }),
    );
  });

  private readonly column = this.RULE('column', (): tree.ColumnReference => {
    const first = this.LA(1);
    const parts: tree.Identifier[] = [];
    this.AT_LEAST_ONE_SEP({ SEP: t.Period, DEF: () => parts.push(this.SUBRULE(this.identifier)) });
    const subscripts: tree.Subscript[] = [];
    this.MANY(() => subscripts.push(this.SUBRULE(this.subscript)));
    return this.ACTION(() => {
      const name = parts.at(-1)!;
      const qualifier = parts.slice(0, -1);
      const table =
        qualifier.length === 0
          ? null
          : tableName(qualifier, span(qualifier[0]!.position, qualifier.at(-1)!.position));
      return { kind: 'column', position: this.since(first), table, name, subscripts };
    });
  });

  private readonly subscript = this.RULE('subscript', (): tree.Subscript => {
    const first = this.CONSUME(t.LeftBracket);
    const inner = this.OR([
      {
        ALT: () => {
          const index = this.CONSUME(t.Integer).image;
          const last = this.OPTION(() => {
            this.CONSUME(t.Colon);
            return this.CONSUME1(t.Integer).image;
          });
          return last === undefined
            ? { kind: 'element' as const, index }
            : { kind: 'slice' as const, first: index, last };
        },
      },
      {
        ALT: () => {
          const enumeration = this.SUBRULE(this.identifier);
          this.CONSUME(t.DoubleColon);
          const item = this.SUBRULE1(this.identifier);
          return { kind: 'enumeration-item' as const, enumeration, item };
        },
      },
    ]);
    this.CONSUME(t.RightBracket);
    return { ...inner, position: this.since(first) };
  });

  private readonly cast = this.RULE('cast', (): tree.Cast => {
    const first = this.CONSUME(t.Cast);
    this.CONSUME(t.LeftParen);
    const operand = this.SUBRULE(this.value);
    this.CONSUME(t.As);
    const words: IToken[] = [];
    this.AT_LEAST_ONE(() => words.push(this.CONSUME(t.TypeWord)));
    const length = this.OPTION(() => {
      this.CONSUME1(t.LeftParen);
      const characters = this.CONSUME(t.Integer).image;
      this.CONSUME1(t.RightParen);
      return characters;
    });
    this.CONSUME(t.RightParen);
    return this.ACTION(() => {
      const written = words.map(({ image }) => image).join(' ');
      const position = span(positionOf(words[0]!), positionOf(words.at(-1)!));
      const type = castType(written, length ?? null, position);
      return { kind: 'cast', position: this.since(first), operand, ...type };
    });
  });

  private readonly caseExpression = this.RULE('caseExpression', (): tree.CaseExpression => {
    const first = this.CONSUME(t.Case);
    const operand = this.OPTION(() => this.SUBRULE(this.value));
    const branches: { when: Term; result: tree.Expression }[] = [];
    this.AT_LEAST_ONE(() => {
      this.CONSUME(t.When);
      const when = this.SUBRULE(this.term);
      this.CONSUME(t.Then);
      branches.push({ when, result: this.SUBRULE1(this.value) });
    });
    const otherwise =
      this.OPTION1(() => {
        this.CONSUME(t.Else);
        return this.SUBRULE2(this.value);
      }) ?? null;
    this.CONSUME(t.End);
    return this.ACTION(() => {
      const position = this.since(first);
      if (operand === undefined) {
        const searched = branches.map(({ when, result }) => ({ when: asCondition(when), result }));
        return { kind: 'searched-case', position, branches: searched, otherwise };
      }
      const simple = branches.map(({ when, result }) => ({ when: asValue(when), result }));
      return { kind: 'simple-case', position, operand, branches: simple, otherwise };
    });
  });

  /** A value, a condition or a query in parentheses; a query may turn out to be one operand of a longer one. */
  private readonly parentheses = this.RULE('parentheses', (): Term => {
    const first = this.CONSUME(t.LeftParen);
    const inner = this.OR({
      MAX_LOOKAHEAD: 1,
      IGNORE_AMBIGUITIES: true,
      DEF: [
        {
          GATE: () => this.LA(1).tokenType === t.Select,
          ALT: (): Term | tree.Query => this.SUBRULE(this.query),
        },
        { ALT: (): Term | tree.Query => this.SUBRULE(this.term) },
      ],
    });
    const longer = this.OPTION({
      GATE: () => inner.kind === 'subquery',
      DEF: () => {
        const operand = this.ACTION(() => parenthesised((inner as tree.ScalarSubquery).query));
        return this.SUBRULE(this.queryTail, { ARGS: [operand] });
      },
    });
    this.CONSUME(t.RightParen);
    return this.ACTION(() => {
      const node = longer ?? inner;
      return node.kind === 'query' ? { kind: 'subquery', position: this.since(first), query: node } : node;
    });
  });

  /** The token read last, also after an error. */
  lastRead(): IToken {
    return this.LA(0);
  }

  private signed(sign: IToken | undefined, operand: Term): Term {
    if (sign === undefined) return operand;
    const operator = sign.image as tree.Sign['operator'];
    return { kind: 'sign', position: this.since(sign), operator, operand: asValue(operand) };
  }

  // ---- Positions -----------------------------------------------------------------------------------------------

  private here(): Position {
    return positionOf(this.LA(0));
  }

  private since(first: IToken): Position {
    return span(positionOf(first), this.here());
  }

  private from(first: { readonly position: Position }): Position {
    return span(first.position, this.here());
  }
}
