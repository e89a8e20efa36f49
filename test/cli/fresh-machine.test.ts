import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { Forge } from "../support/forge.ts";

describe("20 section 2: what fails or has nothing to do creates nothing on a fresh machine", () => {
  const commands: [words: string[], code: number][] = [
    [["run", "x"], 1],
    [["loop", "run", "x"], 1],
    [["up", "--profile", "nope", "--prompt-msg", "x"], 1],
    [["up", "--pool", "nope", "--prompt-msg", "x"], 1],
    [["scale", "-n", "0"], 0],
    [["profile", "rm", "x"], 1],
    [["profile", "edit", "x", "--model", "m"], 1],
    [["profile", "cooldown", "clear", "x"], 1],
    [["pool", "add", "x", "y"], 1],
    [["pool", "rm", "x"], 1],
    [["pool", "set-default", "x"], 1],
    [["mem", "set", "k", "v", "--loop", "x"], 1],
    [["work", "set", "t", "--loop", "x", "--agent", "a"], 1],
    [["stop", "x"], 1],
    [["kill", "--all"], 1],
    [["msg", "x", "text"], 1],
    [["resume", "x"], 1],
    [["rm", "x"], 1],
    [["queue", "ls", "x"], 1],
  ];
  for (const [words, code] of commands) {
    test(`forge ${words.join(" ")}`, async () => {
      await using forge = new Forge();
      expect((await forge.run(words)).code).toBe(code);
      expect(existsSync(forge.dataDir)).toBe(false);
    });
  }
});
