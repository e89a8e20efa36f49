import { join } from "node:path";
import { printable } from "../../console/printable.ts";
import type { Clock } from "../../core/time.ts";
import type { Target } from "../rules/target.ts";

/**
 * Agent mail: `rules/` knows what messages may hold, `project/` finds a project and who is calling, and this folder keeps the
 * mail of one project in plain files in `<root>/.fmail` (spec/50 section 5), which other implementations read and write at the
 * same time. The command fmail, the supervisor and the runner all work on it; nothing here prints or knows loops.
 */
export interface Store {
  /** The folder `.fmail`, absolute; it may not exist. */
  readonly folder: string;
  readonly now: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** The name of this machine, written into messages and agent records. */
  readonly host: string;
  /** Is told of each file that had to be passed over, once. */
  readonly skipped: (what: "message" | "agent record", relativePath: string, reason: string) => void;
}

interface StoreSettings extends Omit<Store, "skipped"> {
  /** Receives lines for standard error. */
  readonly warn: (line: string) => void;
}

export function openStore({ warn, ...settings }: StoreSettings): Store {
  const told = new Set<string>();
  return {
    ...settings,
    skipped(what, relativePath, reason) {
      if (told.has(relativePath)) return;
      told.add(relativePath);
      warn(`Warning: skipping unreadable ${what} ${printable(relativePath)}: ${printable(reason)}`);
    },
  };
}

export const BOX_KINDS = ["topic", "agent"] as const;

/** The folder that holds the boxes of a kind, relative to the store. */
export const kindFolder = (kind: Target["kind"]): string => (kind === "topic" ? "topics" : "dm");

/** The folder of a box, relative to the store: `topics/task`, `dm/bob`. */
export const boxPath = ({ kind, name }: Target): string => `${kindFolder(kind)}/${name}`;

export const boxFolder = (store: Store, target: Target): string => join(store.folder, boxPath(target));

/** Direct messages are closed to other users of the system. */
export const messageFileMode = ({ kind }: Target): number => (kind === "agent" ? 0o600 : 0o644);
