import { expect, test } from "bun:test";
import { type RestingLoop, whyNotWorking } from "../../src/core/loop-why.ts";

const why = (
  state: RestingLoop["loop"]["state"],
  changes: Partial<RestingLoop> & { lastError?: string } = {},
) =>
  whyNotWorking({ loop: { state, lastError: changes.lastError }, failures: 0, backsOff: true, ...changes });

test.each<[string, string | undefined, string | undefined]>([
  ["running", why("running", { failures: 9, lastError: "exit status 1" }), undefined],
  ["quiet", why("running", { quietFor: 16 * 60_000 + 20_000 }), "quiet 16m"],
  ["quiet for seconds", why("running", { quietFor: 2500 }), "quiet 2s"],
  ["stopped", why("stopped", { lastError: "max iterations reached (1)" }), undefined],
  ["sleeping", why("sleeping", { failures: 2 }), undefined],
  ["backing off", why("sleeping", { failures: 3 }), "backing off after 3 failures"],
  ["no back-off", why("sleeping", { failures: 3, backsOff: false }), undefined],
  ["error", why("error", { lastError: "pool unavailable" }), "pool unavailable"],
  ["error without words", why("error"), "error"],
  [
    "waiting",
    why("waiting", { wait: { kind: "profile", reason: "profile a is busy" } }),
    "profile a is busy",
  ],
  ["waiting, of another program", why("waiting", { lastError: "waiting for x" }), "waiting for x"],
  ["blocked", why("waiting", { wait: { kind: "blocked", reason: "no key" } }), "blocked: no key"],
])("15 section 4.1: the WHY of a loop that is %s", (_what, given, expected) => expect(given).toBe(expected));
