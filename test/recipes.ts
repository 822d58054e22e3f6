/** Something to copy, as a page or a document shows it. */
export interface ShownRecipe {
  readonly title: string;
  readonly language: string;
  readonly code: string;
}

const unescaped = (text: string): string =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');

/** The recipes on a page of the bulk downloads. */
export function recipesOn(page: string): ShownRecipe[] {
  const shown = /<h3>([^<]*)<\/h3>\s*<pre><code class="(\w+)">(.*?)<\/code><\/pre>/gs;
  return Array.from(page.matchAll(shown), ([, title, language, code]) => ({
    title: unescaped(title!),
    language: language!,
    code: unescaped(code!),
  }));
}

/** The recipes in a Markdown document: blocks of code below a heading. */
export function recipesIn(document: string): ShownRecipe[] {
  const shown = /^### (.*)\n\n```(\w+)\n([\s\S]*?)\n```$/gm;
  return Array.from(document.matchAll(shown), ([, title, language, code]) => ({
    title: title!,
    language: language!,
    code: code!,
  }));
}
