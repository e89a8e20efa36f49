import { isOneOf } from "../core/enum.ts";
import { isJsonObject, type JsonObject } from "../core/json.ts";
import { isBlank } from "../core/validation.ts";
import { readMap } from "./lenient-map.ts";
import { repoConfigPath } from "./paths.ts";

const MAIL_INJECTIONS = ["none", "dm", "all"] as const;
/** Which mail is put into the prompts of a loop (spec/50 section 12.3). */
export type MailInjection = (typeof MAIL_INJECTIONS)[number];

/** `.forge/forge.yaml`, the configuration that is committed with a repository (spec/30 section 2.5). */
export interface RepoConfig {
  /** A path relative to the repository, or the name of a registered prompt. */
  readonly defaultPrompt: string;
  readonly ledger: { readonly gitStatus: boolean; readonly gitDiffStat: boolean };
  /** The command that decides whether a loop that says it is done may stop; empty for none. */
  readonly verdict: { readonly gate: string };
  readonly fmail: { readonly inject: MailInjection };
  /** What was passed over in the file, for `forge doctor`. */
  readonly problems: readonly string[];
}

/**
 * The configuration of a repository. It never stops a loop: a file that is missing or cannot be read, and a value that is
 * not of its kind, count as not set.
 */
export function readRepoConfig(repo: string): RepoConfig {
  const problems: string[] = [];
  const root = new Fields(readMap(repoConfigPath(repo), problems), "", problems);
  const ledger = root.section("ledger");
  const inject = root.section("fmail").text("inject", "dm");
  const isKnown = isOneOf(MAIL_INJECTIONS, inject);
  if (!isKnown) problems.push(`fmail.inject must be one of ${MAIL_INJECTIONS.join(", ")}`);
  return {
    defaultPrompt: root.text("default_prompt", "PROMPT.md"),
    ledger: { gitStatus: ledger.bool("git_status"), gitDiffStat: ledger.bool("git_diff_stat") },
    verdict: { gate: root.section("verdict").text("gate", "") },
    fmail: { inject: isKnown ? inject : "dm" },
    problems,
  };
}

/** Values of one map of the file; null is not set. */
class Fields {
  constructor(
    private readonly map: JsonObject,
    private readonly prefix: string,
    private readonly problems: string[],
  ) {}

  section(key: string): Fields {
    const value = this.map[key] ?? {};
    const map = isJsonObject(value) ? value : this.#passOver(key, "a map", {});
    return new Fields(map, `${this.prefix}${key}.`, this.problems);
  }

  text(key: string, fallback: string): string {
    const value = this.map[key] ?? "";
    if (typeof value !== "string") return this.#passOver(key, "a text", fallback);
    return isBlank(value) ? fallback : value;
  }

  bool(key: string): boolean {
    const value = this.map[key] ?? false;
    return typeof value === "boolean" ? value : this.#passOver(key, "true or false", false);
  }

  #passOver<Value>(key: string, expected: string, fallback: Value): Value {
    this.problems.push(`${this.prefix}${key} must be ${expected}`);
    return fallback;
  }
}
