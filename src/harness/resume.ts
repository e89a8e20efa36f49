import type { Adapter } from "./adapter.ts";

/** How an agent CLI takes a session up again (spec/90 section 8). */
export interface ResumeRule {
  /** Its call in a command. A wrapper of another name may do anything with what is added. */
  readonly call: RegExp;
  /** The command deals with sessions itself, or keeps none. */
  readonly ownSession: RegExp;
  /** Whether a session is kept only from the first answer of the model on. */
  readonly keepsAnswered?: boolean;
  /** Undefined where the command does not say where its prompt comes from. */
  readonly resumed: (command: string, sessionId: string) => string | undefined;
}

/** A session as the CLIs name theirs. It comes from what was printed and goes to a shell. */
const SESSION_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/;
/** Where a command is more than one, or its end is not its last argument. */
const NOT_SIMPLE = /[|;&<>()`#\n]/;

/** The command that goes on with a session; undefined when this one cannot be made to. */
export function resumedCommand(
  { resume }: Adapter,
  command: string,
  sessionId: string | undefined,
): string | undefined {
  if (resume === undefined || sessionId === undefined || !SESSION_ID.test(sessionId)) return undefined;
  if (NOT_SIMPLE.test(command) || !resume.call.test(command) || resume.ownSession.test(command))
    return undefined;
  return resume.resumed(command, sessionId);
}

/** Whether a run that ended early has left a session that can be taken up. */
export const isSessionKept = ({ resume }: Adapter, hasAnswered: boolean): boolean =>
  hasAnswered || resume?.keepsAnswered !== true;

/** The rule of CLIs that take a flag with the session, wherever it stands. */
export const byFlag = (call: RegExp, ownSession: RegExp, flag: string): ResumeRule => ({
  call,
  ownSession,
  resumed: (command, sessionId) => `${command.trimEnd()} ${flag}${sessionId}`,
});
