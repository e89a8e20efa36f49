import { parseDuration } from "../../core/duration.ts";
import { invalid } from "../../core/errors.ts";
import { type Instant, parseTime } from "../../core/time.ts";
import { readTimeExpression } from "../../core/time-expression.ts";
import { parsePriority } from "./labels.ts";
import { bodyText } from "./message.ts";
import { type Target, targetText } from "./target.ts";
import type { Placed } from "./thread.ts";

/** What only the caller's own files tell about a message. */
export interface Knowledge {
  readonly isUnread: (placed: Placed) => boolean;
  readonly hasBookmark: (id: string) => boolean;
  readonly hasAnnotation: (id: string) => boolean;
}

/** What a search asks for: all of it has to hold. */
export interface Query {
  matches(placed: Placed, knowledge: Knowledge): boolean;
  /** Nothing older matches. */
  readonly notBefore: Instant | undefined;
}

type Condition = (placed: Placed, knowledge: Knowledge) => boolean;

/**
 * Reads a search (spec/50 section 13.3): words that the body must hold, in any case, and filters such as `from:coder-*`,
 * `in:task`, `since:2h`, `has:reply`. Double quotes keep blanks together. Throws `invalid search filter "<term>"`.
 */
export function parseQuery(text: string, now: Instant): Query {
  const terms = (text.match(/(?:"[^"]*"|[^\s"])+/g) ?? []).map((term) => term.replaceAll('"', ""));
  const conditions = terms.filter((term) => term !== "").map((term) => condition(term, now));
  const moments = terms.flatMap((term) =>
    term.startsWith("since:") ? [moment(term.slice(6), now) ?? now] : [],
  );
  return {
    matches: (placed, knowledge) => conditions.every((holds) => holds(placed, knowledge)),
    notBefore: moments.length === 0 ? undefined : Math.max(...moments),
  };
}

function condition(term: string, now: Instant): Condition {
  const [, key = "", value = ""] = /^([a-z]+):(.+)$/s.exec(term) ?? [];
  const refuse = () => invalid(`invalid search filter ${JSON.stringify(term)}`);
  switch (key) {
    case "from":
      return ({ message }) => matchesGlob(message.from, value.replace(/^@/, ""));
    case "to":
    case "in":
      return ({ target }) => namesTarget(value, target);
    case "tag":
      return ({ message }) => message.tags?.includes(value.toLowerCase()) ?? false;
    case "priority": {
      const priority = parsePriority(value);
      return ({ message }) => (message.priority ?? "normal") === priority;
    }
    case "since":
    case "until": {
      const at = moment(value, now);
      if (at === undefined) throw refuse();
      return ({ message }) => {
        const written = parseTime(message.time);
        return written !== undefined && (key === "since" ? written >= at : written < at);
      };
    }
    case "has":
      if (value === "reply") return ({ message }) => message.replyTo !== undefined;
      if (value === "bookmark") return ({ message }, { hasBookmark }) => hasBookmark(message.id);
      if (value === "annotation") return ({ message }, { hasAnnotation }) => hasAnnotation(message.id);
      throw refuse();
    case "is":
      if (value === "unread") return (placed, { isUnread }) => isUnread(placed);
      throw refuse();
    case "text":
      return holds(value);
    default:
      return holds(term);
  }
}

function holds(words: string): Condition {
  const wanted = words.toLowerCase();
  return ({ message }) => bodyText(message.body).toLowerCase().includes(wanted);
}

/** `task`, `@bob`, or a name with `*`; without `@` both kinds of box are meant. */
const namesTarget = (pattern: string, target: Target): boolean =>
  matchesGlob(pattern.startsWith("@") ? targetText(target) : target.name, pattern);

/** Whether a name matches a pattern in which `*` stands for any text; upper and lower case are equal. */
function matchesGlob(name: string, pattern: string): boolean {
  const [first = "", ...rest] = pattern.toLowerCase().split("*");
  const text = name.toLowerCase();
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.length >= at + last.length && text.endsWith(last);
}

/** A moment as `--since` takes it, or an age in weeks. */
function moment(text: string, now: Instant): Instant | undefined {
  const [, weeks] = /^(\d+\.?\d*)w$/.exec(text) ?? [];
  return readTimeExpression(weeks === undefined ? text : `${Number(weeks) * 7}d`, now, parseDuration);
}
