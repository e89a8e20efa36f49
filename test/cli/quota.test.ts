import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { noteQuota } from "../../src/store/quota.ts";
import { VerbsSandbox } from "./verbs-sandbox.ts";

test("15 section 4.5: without profiles there is a sentence, and nothing is made", async () => {
  await using forge = new VerbsSandbox();
  expect(await forge.must(["quota"])).toBe("No profiles found\n");
  expect(await forge.json(["quota"])).toEqual([]);
  expect(await forge.run(["quota", "none"])).toMatchObject({ code: 1, stderr: "profile not found: none\n" });
  expect(existsSync(forge.dataDir)).toBe(false);
});

test("15 section 4.5: a row for each known window, as JSON too; the exit code tells whether anything could start", async () => {
  await using forge = new VerbsSandbox();
  const { id } = forge.profile("a", "true", { harness: "claude" });
  forge.profile("b");
  const now = Date.now();
  const quota = [
    { window: "five_hour", used: 0.914, resetAt: now + 2 * 3_600_000 + 30_000, status: "warning" },
    { window: "seven_day", resetAt: now - 1000, status: "ok", used: 0.5 },
  ] as const;
  forge.withDatabase((db) => noteQuota(db, id, { outcome: "ok", quota }, now - 180_000));
  await forge.must(["profile", "cooldown", "set", "b", "--park"]);
  expect(await forge.must(["quota", "--exit-code"])).toMatch(
    new RegExp(
      [
        "^PROFILE +WINDOW +USED +STATUS +RESETS +SOURCE +AGE",
        "a +five_hour +91% +warning +in 2h +stream +3m\\d*s?",
        "a +seven_day +- +unknown +- +stream +3m\\d*s?",
        "b +- +- +parked +- +manual +\\ds\n$",
      ].join("\n"),
    ),
  );
  expect(await forge.json(["quota", "a"])).toMatchObject([
    { profile: "a", profile_id: id, harness: "claude", window: "five_hour", used: 0.914, source: "stream" },
    { window: "seven_day", status: "unknown" },
  ]);
  expect(await forge.run(["quota", "b", "--exit-code"])).toMatchObject({ code: 1, stderr: "" });
});
