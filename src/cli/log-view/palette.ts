/** What a piece of a log line is, as far as its colour goes (spec/20 section 16.4). */
export type Token =
  | "section-header"
  | "role-marker"
  | "error"
  | "warning"
  | "diff-header"
  | "diff-hunk"
  | "diff-add"
  | "diff-del"
  | "data-key"
  | "timestamp"
  | "command-prompt"
  | "stack-frame"
  | "path-line"
  | "number"
  | "string-literal";

/** SGR parameters by token. */
export type Palette = Readonly<Record<Token, string>>;

const DARK: Palette = {
  "section-header": "1;36",
  "role-marker": "1;35",
  error: "1;31",
  warning: "33",
  "diff-header": "1",
  "diff-hunk": "36",
  "diff-add": "32",
  "diff-del": "31",
  "data-key": "34",
  timestamp: "2",
  "command-prompt": "1;33",
  "stack-frame": "2;31",
  "path-line": "4;36",
  number: "33",
  "string-literal": "32",
};

const LIGHT: Palette = {
  ...DARK,
  "section-header": "1;34",
  warning: "1;35",
  "diff-hunk": "34",
  "data-key": "35",
  "command-prompt": "1;34",
  "path-line": "4;34",
  number: "35",
};

/** Shades of our own for terminals with more than 16 colours; those with 24 bits understand them too. */
const RICH_DARK: Palette = {
  ...DARK,
  warning: "38;5;179",
  "diff-hunk": "38;5;80",
  "diff-add": "38;5;114",
  "diff-del": "38;5;174",
  "data-key": "38;5;75",
  number: "38;5;179",
  "string-literal": "38;5;114",
};

const RICH_LIGHT: Palette = {
  ...LIGHT,
  warning: "38;5;130",
  "diff-hunk": "38;5;25",
  "diff-add": "38;5;28",
  "diff-del": "38;5;124",
  "data-key": "38;5;90",
  number: "38;5;130",
  "string-literal": "38;5;28",
};

const RICH_CAPABILITIES = new Set(["ansi256", "256", "truecolor", "24bit"]);

/**
 * The palette that the environment names, else 16 colours on dark. What the terminal says about itself is not asked, so
 * that the same command prints the same bytes everywhere.
 */
export function paletteFor(env: Readonly<Record<string, string | undefined>>): Palette {
  const isRich = RICH_CAPABILITIES.has(wished(env.FORGE_LOG_COLOR_CAPABILITY));
  const isLight = wished(env.FORGE_LOG_COLOR_SCHEME) === "light";
  if (isRich) return isLight ? RICH_LIGHT : RICH_DARK;
  return isLight ? LIGHT : DARK;
}

const wished = (value: string | undefined): string => (value ?? "").trim().toLowerCase();
