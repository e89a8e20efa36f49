import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Config, loadConfig } from "../../src/config/config.ts";
import { readHooks, writeHooks } from "../../src/config/hook-file.ts";
import { databasePath, hooksLockPath, hooksPath } from "../../src/config/paths.ts";
import { type Hook, readHook } from "../../src/core/hook.ts";
import type { EventId } from "../../src/core/ids.ts";
import { FileLock } from "../../src/process/file-lock.ts";
import { closeDatabase, type Db, openDatabase, vacuum } from "../../src/store/database.ts";
import { deleteEvents } from "../../src/store/event-queries.ts";
import { appendEvent } from "../../src/store/events.ts";
import { type HookDelivery, listDeliveries } from "../../src/store/hook-deliveries.ts";
import { HookRunner } from "../../src/supervisor/hooks/hook-runner.ts";
import { Sandbox } from "../support/sandbox.ts";
import { waitFor } from "../support/wait-for.ts";
import { WebhookReceiver } from "./support/webhook-receiver.ts";

/** Hooks with a database, and a clock that moves only when told to. */
class HookWorld extends Sandbox {
  readonly warnings: string[] = [];
  now = Date.UTC(2026, 0, 2);
  readonly config: Config;
  readonly db: Db;
  #hooks: HookRunner | undefined;

  private constructor(defaults: Config) {
    super();
    const { dataDir, configDir } = this;
    this.config = { ...defaults, global: { ...defaults.global, dataDir, configDir } };
    this.db = openDatabase(databasePath(this.config), { mode: "write" });
  }

  static async make(...hooks: object[]): Promise<HookWorld> {
    const world = new HookWorld((await loadConfig({ env: {}, cwd: "/" })).config);
    world.register(...hooks);
    return world;
  }

  register(...hooks: object[]): void {
    const created = { enabled: true, created_at: "2026-01-01T00:00:00Z" };
    writeHooks(
      hooksPath(this.config),
      hooks.map((fields, index) => readHook({ id: `hook-${index}`, ...created, ...fields })),
    );
  }

  /** Patient: a machine with much to do must not look like a receiver that hangs. */
  runner(webhooksWithin = 60_000): HookRunner {
    const { env } = this;
    this.#hooks = new HookRunner({
      ...{ db: this.db, config: this.config },
      world: {
        env,
        cwd: "/",
        now: () => this.now,
        random: () => 0.5,
        executable: "",
        isTerminal: () => false,
      },
      webhooksWithin,
      warn: (text, fields) => this.warnings.push(`${text} ${JSON.stringify(fields)}`),
    });
    return this.#hooks;
  }

  /** An event of a loop. */
  happens(type = "run.finished"): EventId {
    const entity = { entityType: "system", entityId: "loop-1" } as const;
    return appendEvent(this.db, { type, ...entity, metadata: { kind: "run" } }, this.now).id;
  }

  get deliveries(): HookDelivery[] {
    return listDeliveries(this.db, { limit: 5000 });
  }
  get states(): string[] {
    return this.deliveries.map(({ state }) => state);
  }
  get stored(): readonly Hook[] {
    return readHooks(hooksPath(this.config));
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    this.#hooks?.[Symbol.dispose]();
    closeDatabase(this.db);
    await super[Symbol.asyncDispose]();
  }
}

const command = (text: string, fields: object = {}) => ({ kind: "command", command: text, ...fields });
const webhook = ({ url }: WebhookReceiver, fields: object = {}) => ({ kind: "webhook", url, ...fields });

test("30 section 11: a command gets the event on standard input and in variables of both generations", async () => {
  await using world = await HookWorld.make(
    command(`cat > "$HOME/told"; env | grep -E '^(FORGE|SWARM)_' | sort > "$HOME/env"`),
  );
  world.env.FORGE_RUN_ID = "run-of-the-caller";
  const id = world.happens();
  await world.runner().drain();
  expect(JSON.parse(readFileSync(join(world.home, "told"), "utf8"))).toEqual({
    ...{ id, timestamp: "2026-01-02T00:00:00Z", type: "run.finished" },
    ...{ entity_type: "system", entity_id: "loop-1", metadata: { kind: "run" } },
  });
  const names = [
    "ENTITY_ID=loop-1",
    "ENTITY_TYPE=system",
    `EVENT_ID=${id}`,
    "EVENT_TIMESTAMP=2026-01-02T00:00:00Z",
  ];
  const values = [...names, "EVENT_TYPE=run.finished"];
  expect(readFileSync(join(world.home, "env"), "utf8").trim().split("\n")).toEqual(
    ["FORGE_", "SWARM_"].flatMap((prefix) => values.map((value) => prefix + value)),
  );
  expect(world.deliveries).toMatchObject([{ state: "done", attempts: 1, lastError: undefined }]);
});

test("a command that fails or takes too long is told of, ended and not repeated", async () => {
  await using world = await HookWorld.make(
    command("echo 'no such host' >&2; exit 3"),
    command("sleep 600", { timeout: "50ms" }),
  );
  world.happens();
  await world.runner().drain();
  expect(world.deliveries.map(({ state, lastError }) => [state, lastError])).toEqual([
    ["dead", "exit status 3: no such host"],
    ["dead", "timed out"],
  ]);
  expect(world.processes()).toEqual([]);
});

test("a webhook that fails is called again until it takes the event; redirects are not followed", async () => {
  await using receiver = new WebhookReceiver(500, 302, 404, 200);
  await using world = await HookWorld.make(webhook(receiver));
  world.happens();
  const hooks = world.runner();
  for (const [delay, error] of [
    [5000, "status 500"],
    [30_000, "status 302"],
    [300_000, "status 404"],
  ] as const) {
    await hooks.drain();
    expect(world.deliveries).toMatchObject([
      { state: "pending", lastError: error, nextAt: world.now + delay },
    ]);
    world.now += delay;
  }
  await hooks.drain();
  expect(world.deliveries).toMatchObject([{ state: "done", attempts: 4 }]);
  expect(receiver.calls.length).toBe(4);
});

test("a webhook that never takes the event is given up after the last retry, and told as dead", async () => {
  await using receiver = new WebhookReceiver(503);
  await using world = await HookWorld.make(webhook(receiver));
  world.happens();
  const hooks = world.runner();
  for (let attempt = 0; attempt < 7; attempt++, world.now += 3_700_000) await hooks.drain();
  expect(world.deliveries).toMatchObject([{ state: "dead", attempts: 5, lastError: "status 503" }]);
  expect(receiver.calls.length).toBe(5);
});

test("a receiver that hangs is left after the time limit", async () => {
  await using receiver = new WebhookReceiver("hang");
  await using world = await HookWorld.make(webhook(receiver, { timeout: "50ms" }));
  world.happens();
  await world.runner().drain();
  expect(world.deliveries).toMatchObject([{ state: "pending", attempts: 1, lastError: "timeout" }]);
});

test("who waits for the end does not wait long for a webhook; it is called again later", async () => {
  await using receiver = new WebhookReceiver("hang");
  await using world = await HookWorld.make(webhook(receiver));
  world.happens();
  await world.runner(50).drain();
  expect(world.deliveries).toMatchObject([{ state: "pending", attempts: 0 }]);
  receiver.answers = [200];
  await world.runner().drain();
  expect(world.states).toEqual(["done"]);
});

test("a receiver that is gone for good (410) gets no more events", async () => {
  await using receiver = new WebhookReceiver(410);
  await using world = await HookWorld.make(webhook(receiver));
  world.happens();
  const hooks = world.runner();
  await hooks.drain();
  world.happens();
  await hooks.drain();
  expect(world.stored).toMatchObject([{ enabled: false }]);
  expect(world.deliveries).toMatchObject([{ state: "dead", lastError: "status 410" }]);
});

test("webhooks carry their headers and the signature of Standard Webhooks", async () => {
  await using receiver = new WebhookReceiver(204);
  const headers = { "content-type": "text/json", "X-Team": "blue" };
  await using world = await HookWorld.make(webhook(receiver, { headers, secret_env: "KEY" }));
  world.env.KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  const id = world.happens();
  await world.runner().drain();
  const [call] = receiver.calls;
  expect(call?.headers.get("content-type")).toBe("text/json");
  expect(call?.headers.get("x-team")).toBe("blue");
  expect(call?.headers.get("webhook-id")).toBe(id);
  const signed = `${id}.${call?.headers.get("webhook-timestamp")}.${call?.body}`;
  const key = Buffer.from("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "base64");
  const hmac = new Bun.CryptoHasher("sha256", key).update(signed).digest("base64");
  expect(call?.headers.get("webhook-signature")).toBe(`v1,${hmac}`);
});

test("a secret that is not set is a failure, and nothing is sent unsigned", async () => {
  await using receiver = new WebhookReceiver(200);
  await using world = await HookWorld.make(webhook(receiver, { secret_env: "MISSING" }));
  world.happens();
  await world.runner().drain();
  expect(world.deliveries).toMatchObject([{ lastError: "variable MISSING of the secret is not set" }]);
  expect(receiver.calls).toEqual([]);
});

test("hooks that hang keep no other hook from being told", async () => {
  await using hanging = new WebhookReceiver("hang");
  await using well = new WebhookReceiver(200);
  await using world = await HookWorld.make(webhook(hanging), webhook(well));
  for (let count = 0; count < 20; count++) world.happens();
  const hooks = world.runner();
  hooks.wake();
  await well.untilCalled(20);
  // Of one hook only so many calls are under way at once.
  expect(hanging.calls.length).toBe(4);
  expect(hooks.isBusy).toBe(true);
});

test("at most 8 commands run at once, and 4 of one hook", async () => {
  const marked = (name: string) =>
    command(`echo + >> "$HOME/${name}"; sleep 0.05; echo - >> "$HOME/${name}"`);
  const both = (name: string) => `echo + >> "$HOME/all"; ${marked(name).command}; echo - >> "$HOME/all"`;
  await using world = await HookWorld.make(...["a", "b", "c"].map((name) => command(both(name))));
  for (let count = 0; count < 6; count++) world.happens();
  await world.runner().drain();
  const most = (name: string): number => {
    let [running, highest] = [0, 0];
    for (const mark of readFileSync(join(world.home, name), "utf8").trim().split("\n")) {
      running += mark === "+" ? 1 : -1;
      highest = Math.max(highest, running);
    }
    return highest;
  };
  expect(world.states).toEqual(Array(18).fill("done"));
  expect(most("all")).toBeLessThanOrEqual(8);
  for (const name of ["a", "b", "c"]) expect(most(name)).toBeLessThanOrEqual(4);
});

test("a delivery that was cut short by the end of the process is made again by the next one", async () => {
  await using receiver = new WebhookReceiver("hang", 200);
  await using world = await HookWorld.make(webhook(receiver));
  world.happens();
  const first = world.runner();
  first.wake();
  await receiver.untilCalled(1);
  await first.end(0);
  expect(world.deliveries).toMatchObject([{ state: "pending", attempts: 0 }]);
  await world.runner().drain();
  expect(world.states).toEqual(["done"]);
});

test("at most 1,000 deliveries of a hook wait: the oldest are given up", async () => {
  await using world = await HookWorld.make(command("false"));
  for (let count = 0; count < 1003; count++) world.happens();
  const hooks = world.runner();
  hooks.wake();
  const dropped = () =>
    world.deliveries.filter(({ lastError = "" }) => lastError.startsWith("dropped: more than 1000"));
  await waitFor(() => dropped().length >= 3, { what: "deliveries to be dropped" });
  await hooks.end(0);
  expect(world.deliveries.length).toBe(1003);
});

test("no event is lost or told twice when rows are removed and the file is written anew", async () => {
  await using receiver = new WebhookReceiver(200);
  await using world = await HookWorld.make(webhook(receiver));
  const old = ["one", "two", "three"].map((type) => world.happens(type));
  const hooks = world.runner();
  await hooks.drain();
  // The numbers of rows are given anew by both.
  deleteEvents(world.db, old.slice(0, 2));
  vacuum(world.db);
  world.happens("four");
  await hooks.drain();
  deleteEvents(world.db, old.slice(2));
  world.happens("five");
  await hooks.drain();
  expect(receiver.types.toSorted()).toEqual(["five", "four", "one", "three", "two"]);
});

test("hooks that another implementation has registered long ago are told of nothing that is history", async () => {
  await using receiver = new WebhookReceiver(200);
  await using world = await HookWorld.make(webhook(receiver));
  const DAY = 86_400_000;
  world.now -= DAY / 2;
  world.happens("long ago");
  world.now += DAY / 2;
  world.happens("just now");
  await world.runner().drain();
  // Nobody has told hooks for days, and then does again.
  world.register(webhook(receiver, { enabled: false }));
  world.happens("unheard");
  world.now += 2 * DAY;
  world.register(webhook(receiver));
  world.happens("new");
  await world.runner().drain();
  expect(receiver.types.toSorted()).toEqual(["just now", "new"]);
});

test("who finds another process telling hooks leaves it to that", async () => {
  await using receiver = new WebhookReceiver(200);
  await using world = await HookWorld.make(webhook(receiver));
  world.happens();
  const hooks = world.runner();
  const lock = await FileLock.acquire(hooksLockPath(world.config), "");
  await hooks.drain();
  expect(receiver.calls).toEqual([]);
  lock?.[Symbol.dispose]();
  await hooks.drain();
  expect(receiver.types).toEqual(["run.finished"]);
});

test("a broken store is told of once, and is left as it is", async () => {
  await using world = await HookWorld.make();
  await Bun.write(hooksPath(world.config), "{");
  world.happens();
  const hooks = world.runner();
  await hooks.drain();
  await hooks.drain();
  expect(world.warnings.length).toBe(1);
  expect(world.warnings[0]).toContain("failed to parse hook store");
  expect(readFileSync(hooksPath(world.config), "utf8")).toBe("{");
});
