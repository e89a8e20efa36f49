/** The classes of failure that scripts can tell apart (spec/20 section 3.1). */
export type ErrorKind =
  | "preflight"
  | "ambiguous"
  | "not_found"
  | "exists"
  | "invalid_flag"
  | "invalid"
  | "operation"
  | "unknown";

export type ErrorCode =
  | "ERR_PREFLIGHT"
  | "ERR_AMBIGUOUS"
  | "ERR_NOT_FOUND"
  | "ERR_EXISTS"
  | "ERR_INVALID_FLAG"
  | "ERR_INVALID"
  | "ERR_OPERATION_FAILED"
  | "ERR_UNKNOWN";

interface KindAnswer {
  code: ErrorCode;
  exit: number;
}

const ANSWERS: Record<ErrorKind, KindAnswer> = {
  preflight: { code: "ERR_PREFLIGHT", exit: 2 },
  ambiguous: { code: "ERR_AMBIGUOUS", exit: 1 },
  not_found: { code: "ERR_NOT_FOUND", exit: 1 },
  exists: { code: "ERR_EXISTS", exit: 1 },
  invalid_flag: { code: "ERR_INVALID_FLAG", exit: 1 },
  invalid: { code: "ERR_INVALID", exit: 1 },
  operation: { code: "ERR_OPERATION_FAILED", exit: 2 },
  unknown: { code: "ERR_UNKNOWN", exit: 1 },
};

export interface ErrorExtras {
  /** One line that can be pasted or acted on. */
  hint?: string | undefined;
  /** Machine-readable facts, printed as `error.details`. */
  details?: Record<string, unknown> | undefined;
  /** Replaces the exit code of the kind; only where the specification names another one. */
  exit?: number | undefined;
  cause?: unknown;
}

/** The one error type that users see: made where the cause is known, printed by `cli/report.ts` only. */
export class ForgeError extends Error {
  override readonly name = "ForgeError";
  readonly kind: ErrorKind;
  /** One line that can be pasted or acted on; the dispatcher adds "did you mean" to unknown names. */
  hint: string | undefined;
  readonly details: Record<string, unknown> | undefined;
  readonly exit: number;

  constructor(kind: ErrorKind, message: string, extras: ErrorExtras = {}) {
    super(message, extras.cause === undefined ? undefined : { cause: extras.cause });
    this.kind = kind;
    this.hint = extras.hint ?? (kind === "ambiguous" ? "Use a longer prefix or full ID." : undefined);
    this.details = extras.details;
    this.exit = extras.exit ?? ANSWERS[kind].exit;
  }

  get code(): ErrorCode {
    return ANSWERS[this.kind].code;
  }
}

export const invalid = (message: string, extras?: ErrorExtras) => new ForgeError("invalid", message, extras);
export const notFound = (message: string, extras?: ErrorExtras) =>
  new ForgeError("not_found", message, extras);
export const exists = (message: string, extras?: ErrorExtras) => new ForgeError("exists", message, extras);
export const operationFailed = (message: string, extras?: ErrorExtras) =>
  new ForgeError("operation", message, extras);

/** A failure before the command proper could start; printed with its hint and next step. */
export function preflight(message: string, hint: string, nextStep: string, cause?: unknown): ForgeError {
  return new ForgeError("preflight", message, { hint, details: { next_step: nextStep }, cause });
}

/**
 * The kind of an error that carries none, from its text: the table of spec/20 section 3.1, first match wins.
 * Tests hold every error that Forge makes itself against this table, so text and kind never disagree by accident.
 */
export function classify(message: string): ErrorKind {
  const text = message.toLowerCase();
  const has = (...parts: string[]) => parts.some((part) => text.includes(part));
  if (has("ambiguous")) return "ambiguous";
  if (has("not found")) return "not_found";
  if (has("already exists")) return "exists";
  if (has("unknown flag", "unknown shorthand flag")) return "invalid_flag";
  if (has("invalid", "required", "usage", "must")) return "invalid";
  if (has("permission denied", "timeout", "connection", "failed to", "unable to")) return "operation";
  return "unknown";
}

/** Any thrown value as a ForgeError; foreign errors are classified by their text. */
export function toForgeError(thrown: unknown): ForgeError {
  if (thrown instanceof ForgeError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new ForgeError(classify(message), message, { cause: thrown });
}
