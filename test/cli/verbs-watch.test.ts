import { describe, expect, test } from "bun:test";
import { RunningForge } from "../support/running-forge.ts";
import { message, VerbsSandbox } from "./verbs-sandbox.ts";

describe("ps --watch", () => {
  test("on a terminal the table is drawn anew with each change, and the screen comes back at the end", async () => {
    await using forge = new VerbsSandbox();
    const { id } = forge.loop("alpha");
    await using terminal = forge.terminal(["ps", "--watch"], { rows: 4 });
    await terminal.shows("alpha");
    forge.sql("UPDATE loops SET state = 'error' WHERE id = ?", id);
    await terminal.shows("error");
    for (const name of ["bravo", "charlie", "delta"]) forge.loop(name);
    await terminal.shows("... and 2 more");
    process.kill(terminal.pid, "SIGINT");
    expect(await terminal.ends()).toBe(0);
    expect(terminal.output).toStartWith("\u001b[?1049h");
    expect(terminal.output).toEndWith("\u001b[?1049l");
  });

  test("with --jsonl each loop is a line, and again when it changes, comes, or is listed no longer", async () => {
    await using forge = new VerbsSandbox();
    // On a fresh machine it waits for the first loop; a supervisor is not needed for any of it.
    await using watch = new RunningForge(forge, ["ps", "--watch", "--jsonl", "--state", "stopped"]);
    const { id, shortId } = forge.loop("alpha");
    await watch.prints(1);
    forge.loop("bravo");
    await watch.prints(2);
    forge.queue(id, message("Mind the tests."));
    await watch.prints(3);
    forge.sql("UPDATE loops SET state = 'error' WHERE id = ?", id);
    const [first, second, third, last] = (await watch.prints(4)).map((line) => JSON.parse(line));
    expect(first).toMatchObject({ id, name: "alpha", state: "stopped", pending_queue: 0 });
    expect(second).toMatchObject({ name: "bravo" });
    expect(third).toMatchObject({ name: "alpha", pending_queue: 1 });
    expect(last).toEqual({ id, short_id: shortId, name: "alpha", listed: false });
    expect(await watch.ends("SIGTERM")).toBe(0);
  });

  test.each([[["--watch"]], [["--watch", "--json"]]])("ps %p in a pipe is refused", async (words) => {
    await using forge = new VerbsSandbox();
    const { code, stdout, stderr } = await forge.run(["ps", ...words]);
    expect(code).toBe(1);
    expect(stdout + stderr).toContain("--watch requires --jsonl output format");
  });
});
