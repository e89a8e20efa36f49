import type { ProfileId } from "./ids.ts";
import type { PoolMember } from "./pool.ts";

type Member = Pick<PoolMember, "profileId" | "weight">;

/** By profile: how far it is ahead of the others in a weighted round robin. */
export type WeightedTurns = Readonly<Record<ProfileId, number>>;

/** What the choice of a member rests on (spec/15 section 4.3). */
export interface PoolHistory {
  /** The index of the member that was used last; -1 when none was. */
  readonly lastIndex: number;
  /** When each profile last started a run, in any order that grows; one that never did is not in it. */
  readonly lastStarts: ReadonlyMap<ProfileId, number>;
  readonly turns: WeightedTurns;
  /** What the loop that is to run used last. */
  readonly lastOfLoop?: ProfileId | undefined;
}

/** The indexes of the members of a pool, by position, in the order in which they are tried. */
export function memberOrder(
  strategy: string,
  members: readonly Member[],
  history: PoolHistory,
): readonly number[] {
  const indexes = members.map((_, index) => index);
  const by = (rank: (member: Member) => number) => {
    const ranks = members.map(rank);
    return indexes.toSorted((one, other) => (ranks[one] ?? 0) - (ranks[other] ?? 0));
  };
  switch (strategy) {
    case "lru":
      return by(({ profileId }) => history.lastStarts.get(profileId) ?? Number.NEGATIVE_INFINITY);
    case "weighted":
      return by(({ profileId, weight }) => -((history.turns[profileId] ?? 0) + weight));
    case "drain":
      return by(({ profileId }) => (profileId === history.lastOfLoop ? 0 : 1));
    default: {
      // Strategies of other programs choose so, too.
      const start = (history.lastIndex + 1) % members.length;
      return [...indexes.slice(start), ...indexes.slice(0, start)];
    }
  }
}

/**
 * The turns after one of the free members was chosen: smooth weighted round robin gives each as many turns as it weighs, and
 * spreads them evenly. Members that are gone are forgotten.
 */
export function turnsAfter(
  turns: WeightedTurns,
  members: readonly Member[],
  { chosen, free }: { readonly chosen: ProfileId; readonly free: ReadonlySet<ProfileId> },
): WeightedTurns {
  const total = members.reduce((sum, { profileId, weight }) => sum + (free.has(profileId) ? weight : 0), 0);
  return Object.fromEntries(
    members.map(({ profileId, weight }) => {
      const gained = free.has(profileId) ? weight : 0;
      return [profileId, (turns[profileId] ?? 0) + gained - (profileId === chosen ? total : 0)];
    }),
  );
}
