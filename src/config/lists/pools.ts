import { isBlank } from "../../core/validation.ts";
import { bool, int, text } from "../forms.ts";
import { readElements } from "./fields.ts";
import type { ListForm } from "./lists.ts";
import { required, uniqueName, unless } from "./problems.ts";
import type { ConfigProfile } from "./profiles.ts";

/** An element of `pools`. */
export interface ConfigPool {
  readonly name: string;
  readonly strategy: string;
  /** Names of profiles. */
  readonly profiles: readonly string[];
  readonly weights: Readonly<Record<string, number>>;
  readonly isDefault: boolean;
}

export const pools: ListForm<ConfigPool> = {
  read: (raw, at, context) =>
    readElements(raw, at, context, (fields) => ({
      name: fields.text("name"),
      strategy: fields.value("strategy", text, "round_robin"),
      profiles: fields.texts("profiles"),
      weights: fields.mapOf("weights", int),
      isDefault: fields.value("is_default", bool, false),
    })),

  *problems(elements, list, others) {
    // The loader fills this list with nothing else.
    const profiles = others("profiles") as readonly ConfigProfile[];
    const isKnown = (name: string) => profiles.some((profile) => profile.name === name);
    for (const [index, pool] of elements.entries()) {
      const at = (field: string) => [...list, index, field];
      yield* required(pool.name, at("name"));
      yield* uniqueName(pool.name, elements.slice(0, index), at("name"));
      for (const member of pool.profiles) {
        yield* unless(!isBlank(member), at("profiles"), "must not be empty");
        yield* unless(
          isKnown(member),
          at("profiles"),
          `references unknown profile ${JSON.stringify(member)}`,
        );
      }
    }
  },

  show: (pool) => ({
    name: pool.name,
    strategy: pool.strategy,
    profiles: pool.profiles,
    weights: pool.weights,
    is_default: pool.isDefault,
  }),
};
