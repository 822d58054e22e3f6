import { EOF, type IToken } from 'chevrotain';
import { AdqlSyntaxError } from './errors.ts';
import { AdqlGrammar } from './grammar.ts';
import type { Statement } from './syntax-tree.ts';

/** A syntax tree, or the token over which the parser stumbles. */
export type Recognised = { readonly statement: Statement } | { readonly fault: IToken };

let grammar: AdqlGrammar | undefined;

/**
 * The syntax tree of some tokens.
 * @throws AdqlSyntaxError for what the rules themselves refuse
 */
export function recognise(tokens: readonly IToken[]): Recognised {
  // Made with the first query: a worker that answers none shall not pay for it.
  grammar ??= new AdqlGrammar({ validate: false });
  grammar.input = [...tokens];
  const statement = grammar.statement();
  const [error] = grammar.errors;
  return error === undefined ? { statement } : { fault: error.token };
}

/** Whether a query may begin so, the parser stumbling, if at all, over the end only; or whether this is a whole one. */
export function accepts(tokens: readonly IToken[], extent: 'beginning' | 'whole' = 'beginning'): boolean {
  try {
    const result = recognise(tokens);
    return 'statement' in result || (extent === 'beginning' && result.fault.tokenType === EOF);
  } catch (error) {
    if (!(error instanceof AdqlSyntaxError)) throw error;
    return extent === 'beginning' && grammar!.lastRead() === tokens.at(-1);
  }
}

/** Lets go of the tokens: those of a long query take tens of megabytes, and the grammar stays. */
export function forget(): void {
  if (grammar !== undefined) grammar.input = [];
}
