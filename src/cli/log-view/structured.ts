import type { Brush } from "./brush.ts";

const NUMBER = /-?\d[\d.eE+-]*/y;
const STRING_OR_NUMBER = /["\d-]/g;

/**
 * A JSON text with its keys, strings and numbers coloured (spec/20 section 16.5). Nothing but colour is added, and what is
 * not JSON stays as it is.
 */
export function paintJson(text: string, brush: Brush): string {
  if (!isJson(text)) return text;
  let shown = "";
  let at = 0;
  while (at < text.length) {
    const end = tokenEnd(text, at);
    const token = text.slice(at, end);
    shown += paintToken(token, text, end, brush);
    at = end;
  }
  return shown;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function tokenEnd(text: string, at: number): number {
  if (text[at] === '"') return stringEnd(text, at);
  NUMBER.lastIndex = at;
  if (NUMBER.test(text)) return NUMBER.lastIndex;
  return plainEnd(text, at + 1);
}

/** Behind the quote that ends the string at `at`; the text is known to be JSON, so there is one. */
function stringEnd(text: string, at: number): number {
  let end = at + 1;
  while (text[end] !== '"') end += text[end] === "\\" ? 2 : 1;
  return end + 1;
}

/** Where the next string or number starts. */
function plainEnd(text: string, from: number): number {
  STRING_OR_NUMBER.lastIndex = from;
  return STRING_OR_NUMBER.test(text) ? STRING_OR_NUMBER.lastIndex - 1 : text.length;
}

function paintToken(token: string, text: string, end: number, brush: Brush): string {
  if (token.startsWith('"')) return brush.token(isKey(text, end) ? "data-key" : "string-literal", token);
  return /^[-\d]/.test(token) ? brush.token("number", token) : token;
}

function isKey(text: string, end: number): boolean {
  let at = end;
  while (/\s/.test(text.charAt(at))) at++;
  return text[at] === ":";
}
