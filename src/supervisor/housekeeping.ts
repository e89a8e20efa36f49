import { statSync } from "node:fs";
import type { Milliseconds } from "../core/duration.ts";
import type { Clock, Instant } from "../core/time.ts";
import type { SupervisorEnding } from "./ending.ts";
import type { Executable } from "./executable.ts";

const EVERY_MS: Milliseconds = 1000;
/** How often a supervisor that hosts nothing looks whether it was replaced (spec/10 section 15.2). */
const UPGRADE_EVERY_MS: Milliseconds = 60_000;

export interface HousekeepingDeps {
  readonly ending: SupervisorEnding;
  readonly executable: Executable;
  /** Held by this process; when it is gone, so is the data directory, or another supervisor may have its place. */
  readonly lockPath: string;
  /** How long nothing may happen; 0 for ever. */
  readonly idleExit: Milliseconds;
  readonly hostsLoops: () => boolean;
  /** Somebody follows its events, or it has something else to do. */
  readonly isInUse: () => boolean;
  readonly now: Clock;
}

/** What a supervisor looks at once a second: whether it is needed, whether its place is still its own. */
export class Housekeeping implements Disposable {
  readonly #deps: HousekeepingDeps;
  readonly #lock: string | undefined;
  readonly #timer: Timer;
  #busyAt = performance.now();
  #upgradeLookAt = performance.now();

  constructor(deps: HousekeepingDeps) {
    this.#deps = deps;
    this.#lock = fileIdentity(deps.lockPath);
    this.#timer = setInterval(() => void this.#look(), EVERY_MS);
  }

  /** Somebody asks for something: the time of idleness begins anew. */
  touch(): void {
    this.#busyAt = performance.now();
  }

  idleExitAt(): Instant | undefined {
    const { idleExit, now } = this.#deps;
    if (idleExit === 0 || this.#isBusy()) return undefined;
    return now() + Math.max(0, idleExit - this.#idleFor());
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    const { ending, lockPath, idleExit, hostsLoops } = this.#deps;
    if (fileIdentity(lockPath) !== this.#lock) return ending.begin("lost");
    if (this.#isBusy()) this.touch();
    else if (idleExit > 0 && this.#idleFor() >= idleExit) ending.begin("idle");
    if (!hostsLoops()) await this.#lookForUpgrade();
  }

  async #lookForUpgrade(): Promise<void> {
    if (performance.now() - this.#upgradeLookAt < UPGRADE_EVERY_MS) return;
    this.#upgradeLookAt = performance.now();
    if (await this.#deps.executable.isReplaced()) this.#deps.ending.begin("handover");
  }

  #isBusy(): boolean {
    return this.#deps.hostsLoops() || this.#deps.isInUse();
  }

  #idleFor(): Milliseconds {
    return performance.now() - this.#busyAt;
  }
}

function fileIdentity(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  return found && `${found.dev} ${found.ino}`;
}
