import { maskedEnv, PROMPT_MODES } from "../../core/profile.ts";
import { int, pathOrName, text } from "../forms.ts";
import { readElements } from "./fields.ts";
import type { ListForm } from "./lists.ts";
import { required, uniqueName, unless } from "./problems.ts";

/** As the message names them; `generic` is accepted besides. */
const NAMED_HARNESSES = ["pi", "opencode", "codex", "claude", "droid", "amp"];
const HARNESSES = [...NAMED_HARNESSES, "generic"];

/** An element of `profiles`. */
export interface ConfigProfile {
  readonly name: string;
  readonly harness: string;
  readonly authKind: string;
  /** `~` is expanded. */
  readonly authHome: string;
  /** Empty: that of the harness. */
  readonly promptMode: string;
  readonly commandTemplate: string;
  readonly model: string;
  readonly extraArgs: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Runs at once; 0 = no limit. */
  readonly maxConcurrency: number;
}

export const profiles: ListForm<ConfigProfile> = {
  read: (raw, at, context) =>
    readElements(raw, at, context, (fields) => ({
      name: fields.text("name"),
      harness: fields.text("harness"),
      authKind: fields.text("auth_kind"),
      authHome: fields.value("auth_home", pathOrName, ""),
      promptMode: fields.text("prompt_mode"),
      commandTemplate: fields.text("command_template"),
      model: fields.text("model"),
      extraArgs: fields.texts("extra_args"),
      env: fields.mapOf("env", text),
      maxConcurrency: fields.value("max_concurrency", int, 1),
    })),

  *problems(elements, list) {
    for (const [index, profile] of elements.entries()) {
      const at = (field: string) => [...list, index, field];
      const { harness, promptMode } = profile;
      yield* required(profile.name, at("name"));
      yield* uniqueName(profile.name, elements.slice(0, index), at("name"));
      yield* unless(
        HARNESSES.includes(harness),
        at("harness"),
        `must be one of ${NAMED_HARNESSES.join(", ")}`,
        "generic is accepted for any other program.",
      );
      yield* required(profile.commandTemplate, at("command_template"));
      yield* unless(profile.maxConcurrency >= 0, at("max_concurrency"), "must be >= 0");
      const knownMode = promptMode === "" || PROMPT_MODES.some((mode) => mode === promptMode);
      yield* unless(knownMode, at("prompt_mode"), "must be env, stdin, or path");
    }
  },

  show: (profile) => ({
    name: profile.name,
    harness: profile.harness,
    auth_kind: profile.authKind,
    auth_home: profile.authHome,
    prompt_mode: profile.promptMode,
    command_template: profile.commandTemplate,
    model: profile.model,
    extra_args: profile.extraArgs,
    env: maskedEnv(profile.env),
    max_concurrency: profile.maxConcurrency,
  }),
};
