/** Select Graphic Rendition parameters by what they look like (ECMA-48; spec/20 section 4). */
export const SGR = {
  bold: "1",
  dim: "2",
  red: "31",
  green: "32",
  yellow: "33",
  blue: "34",
  magenta: "35",
  cyan: "36",
} as const;

/** Wraps text in an SGR code, or returns it as it is where colour is off. */
export type Paint = (sgr: string, text: string) => string;

export const paintWith = (enabled: boolean): Paint =>
  enabled ? (sgr, text) => `\u001b[${sgr}m${text}\u001b[0m` : (_, text) => text;

interface ColorFacts {
  json: boolean;
  noColorFlag: boolean;
  env: Readonly<Record<string, string | undefined>>;
  stdoutIsTerminal: () => boolean;
}

/** Whether output is coloured (spec/20 section 4): a wish for no colour always beats one for colour. */
export function colorEnabled({ json, noColorFlag, env, stdoutIsTerminal }: ColorFacts): boolean {
  if (json || noColorFlag || env.NO_COLOR !== undefined) return false;
  const forced = (value: string | undefined) => value !== undefined && value !== "" && value !== "0";
  return forced(env.FORCE_COLOR) || forced(env.CLICOLOR_FORCE) || stdoutIsTerminal();
}
