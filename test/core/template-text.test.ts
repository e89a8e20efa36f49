import { expect, test } from "bun:test";
import fc from "fast-check";
import { parseTemplateText, renderTemplateText } from "../../src/core/template-text.ts";

const render = (text: string, values: Record<string, string> = {}) =>
  renderTemplateText(parseTemplateText(text), values);

const values = { who: "Ann", blank: "  ", empty: "" };

test.each([
  ["Hello {{.who}}.", "Hello Ann."],
  ["{{ .who }}{{.who}}", "AnnAnn"],
  ["{{.nobody}}", ""],
  ["{{.constructor}}", ""],
  ['{{.who | default "you"}}', "Ann"],
  ['{{.nobody | default "you"}}', "you"],
  ['{{.blank|default "a \\"b\\" \\n"}}', 'a "b" \n'],
  ["{{.empty | default `raw \\n }}`}}", "raw \\n }}"],
  ['{{default "you" .nobody}}', "you"],
  ["{{.nobody | default .who}}", "Ann"],
  ['{{.nobody | default "" | default "last"}}', "last"],
  ['{{"{{"}}', "{{"],
  ["a {{- .who -}} b", "aAnnb"],
  ["a\n\n{{- .who}}\nb", "aAnn\nb"],
  ["a {{-.who}}", undefined],
  ["a{{/* not shown */}}b", "ab"],
  ["a {{- /* not shown */ -}} b", "ab"],
  ["{{if .who}}yes{{else}}no{{end}}", "yes"],
  ["{{if .empty}}yes{{else}}no{{end}}", "no"],
  ["{{if .nobody}}yes{{end}}", ""],
  ["{{if .empty}}1{{else if .who}}2{{else}}3{{end}}", "2"],
  ["{{if .empty}}1{{else if .nobody}}2{{else}}3{{end}}", "3"],
  ["{{if .who}}{{if .empty}}a{{else}}b{{end}}c{{end}}d", "bcd"],
  ['{{if .nobody | default "x"}}yes{{end}}', "yes"],
  ["{ {.who} }", "{ {.who} }"],
  ["}}", "}}"],
])("%p", (text, expected) => {
  if (expected === undefined) expect(() => render(text, values)).toThrow();
  else expect(render(text, values)).toBe(expected);
});

test.each([
  ["{{.who", "unclosed action"],
  ["{{.who}} {{", "unclosed action"],
  ['{{"a}}', "unclosed action"],
  ["{{}}", "missing value for command"],
  ["{{.a | }}", "missing value for command"],
  ["{{if}}a{{end}}", "missing value for command"],
  ["{{if .a}}x", "unexpected end of text: {{if}} without {{end}}"],
  ["{{if .a}}x{{else}}y", "{{else}} without {{end}}"],
  ["x{{end}}", "unexpected {{end}}"],
  ["{{if .a}}{{else}}{{else}}{{end}}", "unexpected {{else}}"],
  ["{{.a.b}}", 'unexpected ".a.b" in command'],
  ["{{.}}", 'unexpected "." in command'],
  ["{{range .a}}{{end}}", 'function "range" not defined'],
  ["{{.a | upper}}", 'function "upper" not defined'],
  ["{{.a .b}}", "cannot give an argument to a value"],
  ["{{.a | .b}}", "cannot give an argument to a value"],
  ['{{default "a"}}', "wrong number of arguments for default: want 2"],
  ['{{"\\x"}}', 'invalid quoted string "\\x"'],
])("%p is refused: %p", (text, message) => {
  expect(() => render(text)).toThrow(message);
});

test("text without braces stays as it is", () => {
  fc.assert(
    fc.property(
      fc.string().filter((text) => !text.includes("{{")),
      (text) => render(text) === text,
    ),
  );
});

test("a value is inserted as it is, also one that looks like a template", () => {
  fc.assert(fc.property(fc.string(), (who) => render("<{{.who}}>", { who }) === `<${who}>`));
  expect(render("{{.who}}", { who: "{{.secret}}", secret: "s" })).toBe("{{.secret}}");
});

test("any text is rendered or refused with an Error, and soon", () => {
  const piece = fc.constantFrom(
    "{{",
    "}}",
    "if",
    "else",
    "end",
    " ",
    ".a",
    '"',
    "`",
    "|",
    "default",
    "-",
    "/*",
    "*/",
    "\\",
  );
  const text = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(""));
  fc.assert(
    fc.property(text, (some) => {
      try {
        render(some, { a: "x" });
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(Error);
      }
    }),
  );
  expect(() => render(`{{${'"a '.repeat(20_000)}`)).toThrow("unclosed action");
});
