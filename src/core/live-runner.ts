import { ForgeError } from "./errors.ts";
import { pastedWord } from "./pasted-name.ts";

const RESOURCE = "live_runner";

/** A loop has one runner at a time; `holder` is its pid as the lock names it. */
export const alreadyRuns = (name: string, holder: string): ForgeError =>
  new ForgeError("unknown", `loop "${name}" already has a live runner (pid ${holder})`, {
    hint: `It runs already: forge logs ${pastedWord(name, "loop")} -f`,
    details: { resource: RESOURCE, pid: Number(holder) },
  });

/** Whether a runner could not start because another one lives: no other way to start it would help. */
export const isAboutLiveRunner = ({ details }: ForgeError): boolean => details?.resource === RESOURCE;
