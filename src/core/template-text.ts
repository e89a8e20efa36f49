import { tokensOf } from "./template-tokens.ts";
import { isBlank } from "./validation.ts";

/** A value that is inserted: a variable, a text, or one of them with `default`. */
type Expression =
  | { readonly kind: "variable"; readonly name: string }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "default"; readonly fallback: Expression; readonly value: Expression };

type Part =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "insert"; readonly value: Expression }
  | {
      readonly kind: "if";
      readonly condition: Expression;
      readonly then: readonly Part[];
      readonly otherwise: readonly Part[];
    };

export type TemplateText = readonly Part[];

type Values = Readonly<Record<string, string>>;

/**
 * Reads the part of Go's template language that messages use (spec/30 section 7): `{{.name}}`,
 * `{{.name | default "text"}}`, `{{if .x}}...{{else if .y}}...{{else}}...{{end}}`, comments, and `{{-` `-}}`, which take the white
 * space beside them away. Throws an `Error` that says what is wrong.
 */
export function parseTemplateText(text: string): TemplateText {
  const parser = new Parser(tokensOf(text));
  const { parts, end } = parser.parts();
  if (end !== undefined) throw new Error(`unexpected {{${end}}}`);
  return parts;
}

/** The text with its variables in place; one that is not given inserts nothing. */
export function renderTemplateText(template: TemplateText, values: Values): string {
  return template
    .map((part) => {
      if (part.kind === "text") return part.text;
      if (part.kind === "insert") return evaluate(part.value, values);
      const isTrue = evaluate(part.condition, values) !== "";
      return renderTemplateText(isTrue ? part.then : part.otherwise, values);
    })
    .join("");
}

function evaluate(expression: Expression, values: Values): string {
  if (expression.kind === "text") return expression.text;
  if (expression.kind === "variable")
    return Object.hasOwn(values, expression.name) ? (values[expression.name] ?? "") : "";
  const value = evaluate(expression.value, values);
  return isBlank(value) ? evaluate(expression.fallback, values) : value;
}

const WORDS = /\s*(?:(\|)|("(?:[^"\\\n]|\\.)*"|`[^`]*`)|(\.[A-Za-z_]\w*(?![\w.]))|([^\s|"`]+))/y;

class Parser {
  #at = 0;

  constructor(private readonly tokens: ReturnType<typeof tokensOf>) {}

  /** The parts up to `end`, `else` or the end of the text; `end` is the action that stopped it. */
  parts(): { parts: Part[]; end?: string } {
    const parts: Part[] = [];
    for (let token = this.tokens[this.#at++]; token !== undefined; token = this.tokens[this.#at++]) {
      if (token.kind === "text") {
        parts.push(token);
        continue;
      }
      const [keyword = "", condition] = split(token.action);
      if (keyword === "end" || keyword === "else") return { parts, end: token.action };
      if (keyword === "if") parts.push(this.#branches(condition));
      else if (keyword !== "") parts.push({ kind: "insert", value: expressionOf(token.action) });
      else throw new Error("missing value for command");
    }
    return { parts };
  }

  #branches(condition: string): Part {
    const { parts: then, end } = this.parts();
    const part = { kind: "if" as const, condition: expressionOf(condition), then };
    if (end === undefined) throw new Error("unexpected end of text: {{if}} without {{end}}");
    if (end === "end") return { ...part, otherwise: [] };
    const [, elseIf] = /^else\s+if\s+(.+)$/s.exec(end) ?? [];
    if (elseIf !== undefined) return { ...part, otherwise: [this.#branches(elseIf)] };
    if (end !== "else") throw new Error(`unexpected {{${end}}}`);
    const { parts: otherwise, end: last } = this.parts();
    if (last !== "end")
      throw new Error(last === undefined ? "{{else}} without {{end}}" : `unexpected {{${last}}}`);
    return { ...part, otherwise };
  }
}

/** The first word of an action and the rest. */
function split(action: string): [word: string, rest: string] {
  const [, word = "", rest = ""] = /^(\S*)\s*(.*)$/s.exec(action) ?? [];
  return [word, rest];
}

/** `.name`, `"text"`, `default "text" .name`, and the same with the value before a `|`. */
function expressionOf(action: string): Expression {
  let piped: Expression | undefined;
  for (const command of commandsOf(action)) piped = commandValue(command, piped);
  if (piped === undefined) throw new Error("missing value for command");
  return piped;
}

type Word = Expression | { readonly kind: "function" };

function commandsOf(action: string): Word[][] {
  const commands: Word[][] = [[]];
  WORDS.lastIndex = 0;
  while (WORDS.lastIndex < action.trimEnd().length) {
    const [, pipe, literal, field, other] = WORDS.exec(action) ?? [];
    if (pipe !== undefined) commands.push([]);
    else if (literal !== undefined) commands.at(-1)?.push({ kind: "text", text: unquoted(literal) });
    else if (field !== undefined) commands.at(-1)?.push({ kind: "variable", name: field.slice(1) });
    else if (other === "default") commands.at(-1)?.push({ kind: "function" });
    else if (other !== undefined) throw unknownWord(other);
    else throw new Error("unterminated quoted string");
  }
  return commands;
}

const unknownWord = (word: string): Error =>
  /^[A-Za-z_]\w*$/.test(word)
    ? new Error(`function ${JSON.stringify(word)} not defined`)
    : new Error(`unexpected ${JSON.stringify(word)} in command`);

function unquoted(literal: string): string {
  if (literal.startsWith("`")) return literal.slice(1, -1);
  try {
    return String(JSON.parse(literal));
  } catch {
    throw new Error(`invalid quoted string ${literal}`);
  }
}

function commandValue([first, ...words]: readonly Word[], piped: Expression | undefined): Expression {
  if (first === undefined) throw new Error("missing value for command");
  if (first.kind !== "function") {
    if (words.length > 0 || piped !== undefined) throw new Error("cannot give an argument to a value");
    return first;
  }
  const [fallback, value, ...more] = piped === undefined ? words : [...words, piped];
  if (fallback === undefined || value === undefined || more.length > 0)
    throw new Error("wrong number of arguments for default: want 2");
  if (fallback.kind === "function" || value.kind === "function")
    throw new Error("unexpected default in command");
  return { kind: "default", fallback, value };
}
