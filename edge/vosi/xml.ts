import { attributes, escapeXml } from '../../engine/table/xml.ts';

export const XML_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** An element with text; nothing where there is no text. */
export function textElement(
  name: string,
  text: string | number | null,
  attrs: Record<string, string | null> = {},
): string {
  return text === null ? '' : `<${name}${attributes(attrs)}>${escapeXml(String(text))}</${name}>\n`;
}

/** An element with elements in it. */
export function element(
  name: string,
  attrs: Record<string, string | null>,
  children: readonly string[],
): string {
  return `<${name}${attributes(attrs)}>\n${children.join('')}</${name}>\n`;
}
