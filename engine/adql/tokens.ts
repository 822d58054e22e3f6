import { createToken, createTokenInstance, type IToken, Lexer, type TokenType } from 'chevrotain';
import { FUNCTION_WORDS, RESERVED_WORDS } from './reserved-words.ts';

const all: TokenType[] = [];

function token(name: string, label: string, pattern: RegExp, options = {}): TokenType {
  const type = createToken({ name, label, pattern, ...options });
  all.push(type);
  return type;
}

/** A word ends where no letter, digit or underscore follows (ADQL 2.1 §2.1.4). */
function words(list: readonly string[]): RegExp {
  return new RegExp(`(?:${list.join('|')})(?![A-Za-z0-9_])`, 'i');
}

function category(name: string, label: string): TokenType {
  return token(name, label, Lexer.NA);
}

function keyword(word: string, categories: TokenType[] = []): TokenType {
  return token(word, word, words([word]), { categories });
}

export const Identifier = category('Identifier', 'a name');
/** Functions have regular names, some of which are reserved words. */
export const FunctionName = category('FunctionName', 'a function');
export const TypeWord = category('TypeWord', 'a type');
export const UnsignedNumber = category('UnsignedNumber', 'a number');
export const ComparisonSign = category('ComparisonSign', 'a comparison');
export const OperatorSign = category('OperatorSign', 'an operator');
export const SignSign = category('SignSign', 'a sign');
export const SetOperator = category('SetOperator', 'UNION, EXCEPT or INTERSECT');
export const LogicalWord = category('LogicalWord', 'AND or OR');
export const SetQuantifier = category('SetQuantifier', 'DISTINCT or ALL');
export const OrderDirection = category('OrderDirection', 'ASC or DESC');
export const LikeWord = category('LikeWord', 'LIKE or ILIKE');
export const PlainJoinType = category('PlainJoinType', 'INNER or CROSS');
export const OuterJoinType = category('OuterJoinType', 'LEFT, RIGHT or FULL');
export const BooleanWord = category('BooleanWord', 'TRUE or FALSE');

// Order decides: the first pattern that matches makes the token.
token('WhiteSpace', 'white space', /\s+/, { group: Lexer.SKIPPED, line_breaks: true });
/** ADQL 2.1 §2.1.8. */
token('Comment', 'a comment', /--[^\r\n]*/, { group: Lexer.SKIPPED });

export const All = keyword('ALL', [SetQuantifier]);
export const And = keyword('AND', [LogicalWord]);
export const As = keyword('AS');
keyword('ASC', [OrderDirection]);
export const Between = keyword('BETWEEN');
export const By = keyword('BY');
export const Case = keyword('CASE');
export const Cast = keyword('CAST');
keyword('CROSS', [PlainJoinType]);
export const Desc = keyword('DESC', [OrderDirection]);
export const Distinct = keyword('DISTINCT', [SetQuantifier]);
export const Else = keyword('ELSE');
export const End = keyword('END');
keyword('EXCEPT', [SetOperator]);
export const Exists = keyword('EXISTS');
keyword('FALSE', [BooleanWord]);
export const From = keyword('FROM');
keyword('FULL', [OuterJoinType]);
export const Group = keyword('GROUP');
export const Having = keyword('HAVING');
keyword('ILIKE', [LikeWord]);
export const In = keyword('IN');
keyword('INNER', [PlainJoinType]);
export const Intersect = keyword('INTERSECT', [SetOperator]);
export const Is = keyword('IS');
export const Join = keyword('JOIN');
keyword('LEFT', [OuterJoinType]);
export const Like = keyword('LIKE', [LikeWord]);
export const Natural = keyword('NATURAL');
export const Not = keyword('NOT');
export const Null = keyword('NULL');
export const Offset = keyword('OFFSET');
export const On = keyword('ON');
export const Or = keyword('OR', [LogicalWord]);
export const Order = keyword('ORDER');
export const Outer = keyword('OUTER');
export const Right = keyword('RIGHT', [OuterJoinType]);
export const Select = keyword('SELECT');
export const Then = keyword('THEN');
export const Top = keyword('TOP');
export const True = keyword('TRUE', [BooleanWord]);
export const Union = keyword('UNION', [SetOperator]);
export const Using = keyword('USING');
export const When = keyword('WHEN');
export const Where = keyword('WHERE');
export const With = keyword('WITH');

const taken = new Set([...all.map(({ name }) => name), ...FUNCTION_WORDS]);

/** A reserved word that names a function. */
token('FunctionWord', 'a function', words(FUNCTION_WORDS), {
  categories: [FunctionName, TypeWord],
});
/** Any other reserved word: a type, or a word of SQL that ADQL keeps for later. */
export const ReservedWord = token(
  'ReservedWord',
  'a reserved word',
  words([...RESERVED_WORDS].filter((word) => !taken.has(word))),
  { categories: [TypeWord] },
);
export const RegularIdentifier = token('RegularIdentifier', 'a name', /[A-Za-z][A-Za-z0-9_]*/, {
  categories: [Identifier, FunctionName, TypeWord],
});
export const DelimitedIdentifier = token('DelimitedIdentifier', 'a name', /"[^"]*(?:""[^"]*)*"/, {
  categories: [Identifier],
  line_breaks: true,
});
export const StringLiteral = token('StringLiteral', "a 'text'", /'[^']*(?:''[^']*)*'/, { line_breaks: true });

/** Hexadecimal numbers are an extension, from the drafts of ADQL 2.1. */
token('Hexadecimal', 'a number', /0[xX][0-9A-Fa-f]+(?![A-Za-z0-9_])/, {
  categories: [UnsignedNumber],
});
export const Approximate = token(
  'Approximate',
  'a number',
  /(?:\d+(?:\.\d*)?|\.\d+)[eE][+-]?\d+(?![A-Za-z0-9_.])/,
  { categories: [UnsignedNumber] },
);
export const Decimal = token('Decimal', 'a number', /(?:\d+\.\d*|\.\d+)(?![A-Za-z0-9_.])/, {
  categories: [UnsignedNumber],
});
export const Integer = token('Integer', 'an unsigned integer', /\d+(?![A-Za-z0-9_.])/, {
  categories: [UnsignedNumber],
});

token('Concatenation', '||', /\|\|/, { categories: [OperatorSign] });
token('NotEqual', '<>', /<>|!=/, { categories: [ComparisonSign] });
token('LessOrEqual', '<=', /<=/, { categories: [ComparisonSign] });
token('GreaterOrEqual', '>=', />=/, { categories: [ComparisonSign] });
token('Less', '<', /</, { categories: [ComparisonSign] });
token('Greater', '>', />/, { categories: [ComparisonSign] });
export const Equal = token('Equal', '=', /=/, { categories: [ComparisonSign] });
token('Plus', '+', /\+/, { categories: [OperatorSign, SignSign] });
token('Minus', '-', /-/, { categories: [OperatorSign, SignSign] });
export const Asterisk = token('Asterisk', '*', /\*/, { categories: [OperatorSign] });
export const Solidus = token('Solidus', '/', /\//, { categories: [OperatorSign] });
export const Percent = token('Percent', '%', /%/, { categories: [OperatorSign] });
token('Ampersand', '&', /&/, { categories: [OperatorSign] });
token('VerticalBar', '|', /\|/, { categories: [OperatorSign] });
token('Circumflex', '^', /\^/, { categories: [OperatorSign] });
token('Tilde', '~', /~/, { categories: [SignSign] });
export const LeftParen = token('LeftParen', '(', /\(/);
export const RightParen = token('RightParen', ')', /\)/);
export const LeftBracket = token('LeftBracket', '[', /\[/);
export const RightBracket = token('RightBracket', ']', /\]/);
export const Comma = token('Comma', ',', /,/);
export const Period = token('Period', '.', /\./);
export const DoubleColon = token('DoubleColon', '::', /::/);
export const Colon = token('Colon', ':', /:/);
export const Semicolon = token('Semicolon', ';', /;/);
// What no rule takes, so that the parser can tell where it stands and what would be right there.
export const UnclosedText = token('UnclosedText', 'an unclosed text', /'[^']*(?:''[^']*)*/, {
  line_breaks: true,
});
export const UnclosedName = token('UnclosedName', 'an unclosed name', /"[^"]*(?:""[^"]*)*/, {
  line_breaks: true,
});
export const FaultyWord = token('FaultyWord', 'a faulty name', /[0-9_][A-Za-z0-9_.]*/);
export const Unknown = token('Unknown', 'an unknown character', Lexer.NA);

export const tokenTypes: readonly TokenType[] = all;

/** @param options whether to look for faulty and slow patterns, which takes as long again */
export function createLexer({ validate }: { validate: boolean }): Lexer {
  return new Lexer(all, {
    positionTracking: 'full',
    recoveryEnabled: false,
    skipValidations: !validate,
    ensureOptimizations: validate,
  });
}

let lexer: Lexer | undefined;

/** The tokens of a query, up to and with the first character that begins none. */
export function tokenize(text: string): IToken[] {
  // Made with the first query, as the grammar is.
  lexer ??= createLexer({ validate: false });
  const { tokens, errors } = lexer.tokenize(text);
  const [error] = errors;
  if (error !== undefined) {
    const { offset, line = 1, column = 1 } = error;
    const image = String.fromCodePoint(text.codePointAt(offset)!);
    const end = offset + image.length - 1;
    tokens.push(createTokenInstance(Unknown, image, offset, end, line, line, column, column));
  }
  return tokens;
}
