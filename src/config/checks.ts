import { isBlank } from "../core/validation.ts";

/** What is wrong with the value of a key, as a whole message; undefined when it is fine. */
export type Check<Value> = (value: Value, name: string) => string | undefined;

/** `shown` is the limit as the message says it. */
export const atLeast =
  (limit: number, shown: string | number = limit): Check<number> =>
  (value, name) =>
    value >= limit ? undefined : `${name} must be at least ${shown}`;

export const aboveZero: Check<number> = (value, name) =>
  value > 0 ? undefined : `${name} must be greater than 0`;

export const zeroOrGreater: Check<number> = (value, name) =>
  value >= 0 ? undefined : `${name} must be zero or greater`;

export const zeroOrPositive: Check<number> = (value, name) =>
  value >= 0 ? undefined : `${name} must be zero or positive`;

export const required: Check<string> = (value, name) => (isBlank(value) ? `${name} is required` : undefined);

/** `shown` is the list of words as the message says it. */
export const among =
  (words: readonly string[], shown = `one of ${words.join(", ")}`): Check<string> =>
  (value, name) =>
    words.includes(value) ? undefined : `${name} must be ${shown}`;

/** `host:port`, or empty for none. */
export const hostAndPort: Check<string> = (value, name) => {
  const port = /^(?:\[[^\]]+\]|[^:\s]*):(\d{1,5})$/.exec(value)?.[1];
  return value === "" || (port !== undefined && Number(port) <= 65_535)
    ? undefined
    : `${name} must be host:port`;
};

export const timeZone: Check<string> = (value, name) => {
  try {
    // The only list of time zones at hand is the one that the formatter knows; asking it costs milliseconds.
    if (value !== "UTC") new Intl.DateTimeFormat("en", { timeZone: value });
    return undefined;
  } catch {
    return `${name} must be a time zone such as UTC or Europe/Paris`;
  }
};
