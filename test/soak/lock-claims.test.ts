import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Forge } from "../support/forge.ts";

const PROCESSES = 32;
/** `npm run test:soak` plays them all; without it the same is done for seconds. */
const ROUNDS = process.env.SOAK === undefined ? 6 : 1000;

test(
  `of ${PROCESSES} processes that claim overlapping paths at once exactly one gets them, ${ROUNDS} times`,
  async () => {
    await using forge = new Forge();
    const patterns = ["src/**", "src/*.ts", "src/a*", "src/a.ts", "**/a.ts"];
    for (let round = 0; round < ROUNDS; round++) {
      const claims = Array.from({ length: PROCESSES }, (_, index) =>
        forge.run(["lock", "claim", "-a", `agent-${index}`, "-p", patterns[index % patterns.length] ?? ""]),
      );
      const codes = (await Promise.all(claims)).map(({ code }) => code);
      expect([round, codes.toSorted()]).toEqual([round, [0, ...Array(PROCESSES - 1).fill(1)]]);
      const winner = `agent-${codes.indexOf(0)}`;
      expect(await forge.must(["lock", "release", "-a", winner])).toBe("Released 1 lock(s)\n");
    }
    const { next_id } = JSON.parse(readFileSync(join(forge.dataDir, "file-locks.json"), "utf8"));
    expect(next_id).toBe(ROUNDS + 1);
  },
  { timeout: ROUNDS * 10_000 },
);
