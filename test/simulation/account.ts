import type { Instant } from "../../src/core/time.ts";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** A quota period of a provider: it begins with the first use and ends after its length, whatever was used. */
interface Window {
  readonly name: string;
  readonly length: number;
  /** Minutes of work. */
  readonly cap: number;
  used: number;
  endsAt: Instant;
}

export interface Refusal {
  readonly window: string;
  readonly resetAt: Instant;
}

/** What a provider gives a run: so many minutes of work, and then an end or a refusal. */
export interface Grant {
  readonly minutes: number;
  readonly refusal?: Refusal | undefined;
}

/** An account at a provider with a window of five hours and one of a week. It knows the truth that Forge has to find out. */
export class Account {
  readonly windows: readonly Window[];
  /** Starts that were refused outright. */
  refusedStarts = 0;

  constructor(
    readonly name: string,
    caps: { readonly fiveHours: number; readonly week: number; readonly weekEndsAt: Instant },
  ) {
    this.windows = [
      { name: "five_hour", length: 5 * HOUR, cap: caps.fiveHours, used: 0, endsAt: 0 },
      { name: "seven_day", length: 7 * DAY, cap: caps.week, used: 0, endsAt: caps.weekEndsAt },
    ];
  }

  /** A run that wants to work so long begins now. */
  begin(minutes: number, now: Instant): Grant {
    for (const window of this.windows) {
      if (now < window.endsAt) continue;
      window.used = 0;
      window.endsAt = now + window.length;
    }
    const left = Math.min(...this.windows.map(({ cap, used }) => cap - used));
    const granted = Math.max(0, Math.min(minutes, left));
    for (const window of this.windows) window.used += granted;
    if (granted === 0) this.refusedStarts++;
    return { minutes: granted, refusal: granted < minutes ? this.refusal() : undefined };
  }

  /** The window that lasts longest of those that are spent. */
  private refusal(): Refusal | undefined {
    const [spent] = this.windows
      .filter(({ cap, used }) => used >= cap)
      .toSorted((one, other) => other.endsAt - one.endsAt);
    return spent && { window: spent.name, resetAt: spent.endsAt };
  }
}
