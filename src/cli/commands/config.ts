import { statSync } from "node:fs";
import { resolve } from "node:path";
import { loadConfig } from "../../config/config.ts";
import { findConfigFile, globalConfigFile } from "../../config/location.ts";
import { placeOf } from "../../config/place.ts";
import { replaceFile } from "../../config/replace-file.ts";
import { type ShownValue, shownValues } from "../../config/shown-values.ts";
import { configTemplate } from "../../config/template.ts";
import { configWarnings } from "../../config/warnings.ts";
import { printable } from "../../console/printable.ts";
import { ExitCode } from "../../console/program.ts";
import { table } from "../../console/table.ts";
import { nearNames } from "../../core/edit-distance.ts";
import { ForgeError, invalid, operationFailed, toForgeError } from "../../core/errors.ts";
import { systemReason } from "../../core/system-error.ts";
import { configRequest } from "../config-request.ts";
import type { Invocation, Run } from "../invocation.ts";
import type { configInitFlags } from "../registry/workspace.ts";

type NoFlags = Record<never, never>;

/** The file that is written and read first. */
const globalFile = ({ global, world }: Pick<Invocation, "global" | "world">): string =>
  globalConfigFile(global.config, world.env, placeOf(world.env, world.cwd));

export const path: Run<NoFlags> = (invocation) => {
  const file = globalFile(invocation);
  if (invocation.out.isJson) invocation.out.json({ path: file });
  else invocation.out.line(file);
};

export const show: Run<NoFlags> = async ({ args: [name], global, world, out }) => {
  const values = shownValues(await loadConfig(configRequest(global, world)));
  if (name === undefined) {
    if (out.isJson) return out.jsonList(values);
    const rows = values.map(({ key, value, source }) => [key, printable(asText(value)), source]);
    return out.write(table(["KEY", "VALUE", "SOURCE"], rows));
  }
  const one = values.find(({ key }) => key === name);
  if (!one) throw unknownKeyError(name, values);
  if (out.isJson) out.json(one);
  else out.line(asText(one.value));
};

function unknownKeyError(name: string, values: readonly ShownValue[]): ForgeError {
  const known = values.map(({ key }) => key);
  const [near] = nearNames(name, known);
  return new ForgeError("unknown", `unknown key: ${name}`, { hint: near && `Did you mean ${near}?` });
}

const asText = (value: unknown): string =>
  typeof value === "object" ? JSON.stringify(value) : String(value);

export const validate: Run<NoFlags> = async ({ args: [named], global, world, out }) => {
  const request = configRequest(global, world);
  const configFlag = named === undefined ? request.configFlag : resolve(world.cwd, named);
  const place = placeOf(world.env, world.cwd);
  const file = findConfigFile(configFlag, world.env, place);
  const path = file ?? globalFile({ global, world });
  try {
    const { unknownKeys } = await loadConfig({ ...request, configFlag });
    const warnings = file === undefined ? [] : configWarnings(file, unknownKeys);
    if (out.isJson) return out.json({ path, valid: true, warnings });
    for (const warning of warnings) out.note(`warning: ${printable(warning)}`);
    out.line(`Config valid: ${printable(path)}${file === undefined ? " (no file, defaults)" : ""}`);
  } catch (thrown) {
    const error = withPosition(toForgeError(thrown));
    if (!out.isJson) throw error;
    out.json({ path, valid: false, error: error.message, warnings: [] });
    throw new ExitCode(error.exit);
  }
};

/** The error with the place of the value behind its message, where the file and no variable is at fault. */
function withPosition(error: ForgeError): ForgeError {
  const { path, line, column } = error.details ?? {};
  const where = `${path}:${line}:${column}`;
  if (line === undefined || error.message.includes(where)) return error;
  return invalid(`${error.message} (${where})`, { details: error.details, cause: error });
}

const isFile = (file: string): boolean => statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;

export const init: Run<typeof configInitFlags> = (invocation) => {
  const { flags, out } = invocation;
  const file = globalFile(invocation);
  if (isFile(file) && !flags.force) {
    const message = "config file already exists (use --force to overwrite)";
    return out.done(`Config file already exists: ${printable(file)}\nUse --force to overwrite.`, {
      path: file,
      created: false,
      message,
    });
  }
  try {
    replaceFile(file, configTemplate(), 0o600);
  } catch (thrown) {
    throw operationFailed(`failed to write config file: ${file}: ${systemReason(thrown)}`, { cause: thrown });
  }
  out.done(`Created config file: ${printable(file)}\n\nEdit this file to customize Forge behavior.`, {
    path: file,
    created: true,
  });
};
