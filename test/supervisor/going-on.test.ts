import { expect, test } from "bun:test";
import type { Loop } from "../../src/core/loop.ts";
import type { LoopRuntime } from "../../src/store/fx-loops.ts";
import { decide } from "../../src/supervisor/going-on.ts";

const wanted = (state: Loop["state"], lastError: string | undefined, bootId: string) => ({
  // Only what the decision is made by.
  loop: { state, lastError } as Loop,
  runtime: { wanted: "running", bootId } as LoopRuntime,
});

test.each([
  ["running", undefined, "this", "this boot", "go on"],
  ["sleeping", "exit status 1", "this", "this boot", "go on"],
  ["waiting", undefined, "this", "this boot", "go on"],
  ["stopped", "stale_runner", "this", "this boot", "go on"],
  ["running", undefined, "earlier", "this boot", "leave behind"],
  ["stopped", "stale_runner", "earlier", "this boot", "leave behind"],
  ["running", undefined, "this", "all", "go on"],
  ["sleeping", undefined, "earlier", "all", "go on"],
  ["stopped", "stale_runner", "earlier", "all", "go on"],
  ["running", undefined, "this", "none", "leave behind"],
  ["stopped", undefined, "this", "all", "respect"],
  ["stopped", "operator", "this", "this boot", "respect"],
  ["error", "profile not found", "this", "all", "respect"],
  ["stopped", undefined, "this", "none", "respect"],
] as const)(
  "spec/10 15.1: a loop %s (%s) of %s boot, taking up %s: %s",
  (state, lastError, boot, takesUp, expected) => {
    expect(decide(wanted(state, lastError, boot), { bootId: "this", takesUp })).toBe(expected);
  },
);
