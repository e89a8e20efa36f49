import { expect, test } from "bun:test";
import { SupervisedForge } from "../supervisor/support/supervised-forge.ts";
import { waitFor } from "../support/wait-for.ts";

/** `npm run test:soak` kills for minutes; without it the same is done for seconds. */
const isLong = process.env.SOAK !== undefined;
const KILLS = isLong ? 100 : 4;
const ITERATIONS = isLong ? 400 : 15;

test(
  `a hook is told of every event while the supervisor is killed ${KILLS} times`,
  async () => {
    await using forge = await SupervisedForge.make("loop_defaults: { failure_backoff: false }\n");
    await forge.must(["hook", "on-event", "--cmd", `echo "$FORGE_EVENT_ID" >> ${forge.path("told")}`]);
    forge.profile([["sleep", 0.05]]);
    const loop = forge.loop({ maxIterations: ITERATIONS });
    await forge.must(["daemon", "start"]);
    await forge.must(["resume", "alpha"]);
    for (let kills = 0; kills < KILLS && forge.read(loop).state !== "stopped"; kills++) {
      await Bun.sleep(Math.random() * 300);
      await forge.killSupervisor();
      await forge.must(["daemon", "start"]);
    }
    await forge.untilState(loop, "stopped", isLong ? 600_000 : 60_000);
    const missing = () => {
      const told = new Set(forge.lines("told"));
      return forge.db
        .query<{ id: string; type: string }, []>("SELECT id, type FROM events")
        .all()
        .filter(({ id }) => !told.has(id));
    };
    await waitFor(() => missing().length === 0, { what: "all events to be told", timeoutMs: 60_000 });
    expect(missing()).toEqual([]);
    expect(new Set(forge.lines("told")).size).toBeGreaterThanOrEqual(2 * ITERATIONS);
  },
  { timeout: 1_200_000 },
);
