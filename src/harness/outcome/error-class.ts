import type { ErrorEvent } from "../events.ts";

/** The kinds of final errors that lead to different outcomes (spec/15 section 2.2, rules 3 to 7). */
export type ErrorClass = "quota_spent" | "auth" | "rate_limited" | "context" | "transient";

interface Signs {
  readonly isStatus: (http: number) => boolean;
  readonly codes: readonly string[];
  /** What providers and agent CLIs write; looked for in error results only, never in what the agent says. */
  readonly text: RegExp;
}

/** In the order in which they are tried (the values: spec/90 sections 2.4, 3.3, 4.2, 5.2 and 9). */
const CLASSES: readonly (readonly [ErrorClass, Signs])[] = [
  [
    "quota_spent",
    {
      isStatus: (http) => http === 402,
      codes: ["billing_error", "credits_required", "out_of_credits", "insufficient_quota"],
      text: /out of credits|spend(?:ing)? (?:cap|limit)|credit balance is too low|insufficient[ _](?:quota|credits|funds|balance)|exceeded your current quota|payment required|billing_error/i,
    },
  ],
  [
    "auth",
    {
      isStatus: (http) => http === 401 || http === 403,
      codes: [
        ...["authentication_failed", "oauth_org_not_allowed", "account_on_hold", "verification_required"],
        ...["cloud_credential_error", "ProviderAuthError"],
      ],
      text: /authentication_(?:error|failed)|invalid[ _](?:x-)?api[ _-]key|incorrect api key|not logged in|please run \/login|oauth token (?:has )?expired|permission_error/i,
    },
  ],
  [
    "rate_limited",
    {
      isStatus: (http) => http === 429,
      codes: ["rate_limit", "rate_limit_error", "usage_limit_reached", "blocking_limit"],
      text: /you.ve (?:hit|reached) your\b.*\blimit|(?:usage|session|weekly|rate) limit (?:reached|exceeded)|usage_limit_reached|rate_limit_e|too many requests/i,
    },
  ],
  [
    "context",
    {
      isStatus: (http) => http === 413,
      codes: [
        ...["prompt_too_long", "ContextOverflowError", "rapid_refill_breaker", "max_output_tokens"],
        ...["MessageOutputLengthError", "context_length_exceeded", "length"],
      ],
      text: /prompt is too long|context[ _]length[ _]exceeded|maximum context length|context window/i,
    },
  ],
  [
    "transient",
    {
      isStatus: (http) => http >= 500 && http <= 599,
      codes: ["overloaded", "server_error"],
      text: /overloaded|server_error|exceeded retry limit|internal server error|bad gateway|service unavailable|gateway timeout|connection (?:error|closed|refused|reset|timed out|failed)|econn(?:refused|reset|aborted)|etimedout|enotfound|eai_again|socket hang up|socket connection was closed|fetch failed|network error|stream disconnected|stream closed|stream ended|error sending request|terminated$/i,
    },
  ],
];

/** Undefined for an error that is none of these kinds: a failure of the work itself. */
export function classifyError(error: ErrorEvent): ErrorClass | undefined {
  const http = httpStatus(error);
  const { code = "", text, body = "" } = error;
  const has = ({ isStatus, codes, text: pattern }: Signs) =>
    (http !== undefined && isStatus(http)) ||
    codes.includes(code) ||
    pattern.test(text) ||
    pattern.test(body);
  return CLASSES.find(([, signs]) => has(signs))?.[0];
}

const STATUS_IN_TEXT: readonly RegExp[] = [
  /^\s*([45]\d\d)\b/,
  /\(([45]\d\d)\)/,
  /\b(?:status|status code|http|api error):? ([45]\d\d)\b/i,
];

/** The HTTP status of an error: as it is told, else as its text has it. */
export function httpStatus({ http, text }: ErrorEvent): number | undefined {
  if (http !== undefined) return http;
  for (const pattern of STATUS_IN_TEXT) {
    const [, status] = pattern.exec(text) ?? [];
    if (status !== undefined) return Number(status);
  }
  return undefined;
}
