import { readFileSync } from "node:fs";
import { type ForgeError, toForgeError } from "../core/errors.ts";
import { isJsonObject, type JsonObject } from "../core/json.ts";
import { systemReason } from "../core/system-error.ts";
import { type AnySection, camelCase, type Entry, type OtherValues, snakeCase } from "./key.ts";
import { CONFIG_KEYS } from "./keys.ts";
import { type ReadContext, readForm } from "./lists/fields.ts";
import { listForm } from "./lists/lists.ts";
import type { Place } from "./place.ts";
import { type KeyPath, keyPathText, loadError, type Problem, UnreadableValue } from "./problem.ts";
import type { Values } from "./values.ts";

/** One `config.yaml`: its values, what in it nobody knows, and where in it a problem stands. */
export class ConfigFile {
  readonly unknownKeys: KeyPath[] = [];
  #text = "";

  constructor(
    readonly path: string,
    private readonly place: Place,
  ) {}

  get #context(): ReadContext {
    return { place: this.place, unknownKeys: this.unknownKeys };
  }

  /** Takes over what the file sets. Throws `Error loading config: failed to ...`. */
  async readInto(values: Values): Promise<void> {
    this.#text = this.#readText();
    const root = await this.#parse();
    try {
      this.#readSection(CONFIG_KEYS, root, [], values);
    } catch (thrown) {
      if (thrown instanceof UnreadableValue) throw await this.error(thrown.message, thrown.problem);
      throw thrown;
    }
    rulesMeanCustom(values);
  }

  /** The first thing that is wrong with the elements of a list. */
  listProblem(name: string, elements: readonly unknown[], others: OtherValues): Problem | undefined {
    return listForm(name).problems?.(elements, name.split("."), others).next().value || undefined;
  }

  /** The load error about a value of this file; its place in the file goes into hint and details. */
  async error(message: string, { at, hint }: Problem): Promise<ForgeError> {
    const { YamlPositions } = await import("./position.ts");
    const position = new YamlPositions(this.#text).of(at);
    const where = position ? `${this.path}:${position.line}:${position.column}` : this.path;
    const details = { key: keyPathText(at), path: this.path, ...position };
    return loadError(message, hint ? `${where}: ${hint}` : where, details);
  }

  #readText(): string {
    try {
      return readFileSync(this.path, "utf8");
    } catch (thrown) {
      throw loadError(`failed to load config file: ${this.path}: ${systemReason(thrown)}`);
    }
  }

  async #parse(): Promise<JsonObject> {
    let root: unknown;
    let reason = "not a map of keys";
    try {
      root = Bun.YAML.parse(this.#text) ?? {};
      if (isJsonObject(root)) return root;
    } catch (thrown) {
      reason = toForgeError(thrown).message.replace(/^YAML Parse error: /, "");
    }
    const { YamlPositions } = await import("./position.ts");
    const [error] = new YamlPositions(this.#text).complaints();
    if (!error) throw loadError(`failed to load config file: ${this.path}: ${reason}`);
    const { line, column } = error.position;
    throw loadError(
      `failed to load config file: ${this.path}:${line}:${column}: ${error.message}`,
      undefined,
      { path: this.path, line, column },
    );
  }

  #readSection(section: AnySection, raw: JsonObject, at: KeyPath, values: Values): void {
    for (const [part, value] of Object.entries(raw)) {
      const here = [...at, part];
      const entry = entryOf(section, part);
      if (!entry) this.unknownKeys.push(here);
      // A name without a value sets nothing: the template's sections look like that.
      else if (value !== null) this.#readEntry(entry, value, here, values);
    }
  }

  #readEntry(entry: Entry, value: unknown, at: KeyPath, values: Values): void {
    const name = keyPathText(at);
    if (entry.kind === "section") {
      if (!isJsonObject(value)) throw new UnreadableValue(at, "must be a map");
      this.#readSection(entry, value, at, values);
    } else if (entry.kind === "list") {
      values.set(name, listForm(name).read(value, at, this.#context), "file");
    } else {
      values.set(name, readForm(entry.form, value, at, this.#context), "file");
    }
  }
}

/** The entry that a name of the file means: only the spelling of the file counts, not that of the table. */
function entryOf({ entries }: AnySection, part: string): Entry | undefined {
  const name = camelCase(part);
  return Object.hasOwn(entries, name) && snakeCase(name) === part ? entries[name] : undefined;
}

/** Rules without a policy can only mean that they are to apply. */
function rulesMeanCustom(values: Values): void {
  const hasRules = values.list("agent_defaults.approval_rules").length > 0;
  const policy = "agent_defaults.approval_policy";
  if (hasRules && !values.sources.has(policy)) values.set(policy, "custom", "file");
}
