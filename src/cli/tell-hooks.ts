import { printable } from "../console/printable.ts";
import type { Db } from "../store/database.ts";
import { ChangeWatch } from "../supervisor/change-watch.ts";
import { isSupervisorAlive } from "../supervisor/client.ts";
import { HookRunner } from "../supervisor/hooks/hook-runner.ts";
import type { Invocation } from "./invocation.ts";
import { openStore } from "./store-access.ts";

type Teller = Pick<Invocation, "config" | "world" | "out">;

/** Tells hooks of everything that is due, where no supervisor does; what fails is a warning. Never throws. */
export async function tellHooks(teller: Teller): Promise<void> {
  if (isSupervisorAlive(teller)) return;
  try {
    using hooks = hookRunner(teller, openStore(teller, "read"));
    await hooks.drain();
  } catch (thrown) {
    teller.out.note(`warning: hooks cannot be told: ${thrown instanceof Error ? thrown.message : thrown}`);
  }
}

/** Tells hooks while a loop runs in this process, as the supervisor does for those that it hosts; at the end what is left. */
export function tellHooksMeanwhile(teller: Teller, db: Db): AsyncDisposable {
  const hooks = hookRunner(teller, db);
  const changes = new ChangeWatch(db, hooks.wake);
  hooks.wake();
  return {
    async [Symbol.asyncDispose]() {
      changes[Symbol.dispose]();
      await hooks.drain();
      hooks[Symbol.dispose]();
    },
  };
}

const hookRunner = (teller: Teller, db: Db): HookRunner =>
  new HookRunner({
    ...{ db, config: teller.config, world: teller.world },
    warn: (text, fields) =>
      teller.out.note(
        `warning: ${text}: ${Object.entries(fields)
          .map(([name, value]) => `${name}=${printable(value)}`)
          .join(" ")}`,
      ),
    onOutput: (bytes) => teller.out.noteBytes(bytes),
    givesWay: () => isSupervisorAlive(teller),
  });
