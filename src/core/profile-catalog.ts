import { isOneOf } from "./enum.ts";
import { ForgeError, invalid, notFound } from "./errors.ts";
import { isJsonObject, type JsonObject, readInteger, readObject, readObjects, readText } from "./json.ts";
import { formatTime, type Instant, parseTime } from "./time.ts";

const AUTH_STATES = ["ok", "expired", "missing"] as const;
export type AuthState = (typeof AUTH_STATES)[number];

export interface CatalogProfile {
  /** `CC1`: the kind of agent and a number. */
  readonly id: string;
  readonly harness: string;
  readonly authState: AuthState;
}

/** A machine and the profiles that it should have. */
export interface CatalogNode {
  readonly nodeId: string;
  readonly updatedAt: Instant;
  readonly profiles: readonly CatalogProfile[];
}

/** How many profiles of each harness there are, and which machine is logged in with which (spec/30 section 5.4). */
export interface ProfileCatalog {
  readonly updatedAt: Instant | undefined;
  readonly counts: ReadonlyMap<string, number>;
  readonly nodes: ReadonlyMap<string, CatalogNode>;
}

export const EMPTY_CATALOG: ProfileCatalog = { updatedAt: undefined, counts: new Map(), nodes: new Map() };

const SCHEMA_VERSION = 1;
/** What ids of profiles begin with; others have the harness in capitals. */
const PREFIXES = new Map([
  ["claude", "CC"],
  ["codex", "Codex"],
  ["opencode", "OC"],
  ["amp", "AMP"],
  ["droid", "Droid"],
  ["pi", "PI"],
]);
const HIGHEST_U32 = 2 ** 32 - 1;
/** Each profile is written out for each machine: a slip of the finger must not fill the disk. */
const MOST_PROFILES = 10_000;

/** What the file holds. Throws for anything that is no catalog. */
export function readCatalog(value: unknown): ProfileCatalog {
  if (!isJsonObject(value)) throw new Error("it is no object");
  const counts = Object.entries(readObject(value.harness_counts)).flatMap(([harness, stored]) => {
    const count = readInteger(stored);
    return count === undefined ? [] : [[harness, count] as const];
  });
  const nodes = Object.entries(readObject(value.nodes)).map(
    ([id, node]) => [id, readNode(id, node)] as const,
  );
  return {
    updatedAt: parseTime(readText(value.updated_at)),
    counts: new Map(counts),
    nodes: new Map(nodes),
  };
}

function readNode(nodeId: string, value: unknown): CatalogNode {
  const node = readObject(value);
  const profiles = readObjects(node.profiles).map((profile) => {
    const state = readText(profile.auth_status) ?? "";
    return {
      id: readText(profile.id) ?? "",
      harness: readText(profile.harness) ?? "",
      authState: isOneOf(AUTH_STATES, state) ? state : ("missing" as const),
    };
  });
  return { nodeId, updatedAt: parseTime(readText(node.updated_at)) ?? 0, profiles };
}

export const catalogNodeJson = ({ nodeId, updatedAt, profiles }: CatalogNode) => ({
  node_id: nodeId,
  updated_at: formatTime(updatedAt),
  profiles: profiles.map(({ id, harness, authState }) => ({ id, harness, auth_status: authState })),
});

export const catalogJson = ({ updatedAt, counts, nodes }: ProfileCatalog): JsonObject => ({
  schema_version: SCHEMA_VERSION,
  updated_at: updatedAt === undefined ? undefined : formatTime(updatedAt),
  harness_counts: Object.fromEntries(counts),
  nodes: Object.fromEntries([...nodes].map(([id, node]) => [id, catalogNodeJson(node)])),
});

/** `harness=count`. Throws `invalid harness count "<word>" (...)`. */
export function parseHarnessCount(word: string): [harness: string, count: number] {
  const refuse = (why: string) => invalid(`invalid harness count ${JSON.stringify(word)} (${why})`);
  const at = word.indexOf("=");
  if (at < 0) throw refuse("expected harness=count");
  const harness = word.slice(0, at).trim().toLowerCase();
  const digits = word.slice(at + 1).trim();
  if (harness === "") throw refuse("harness missing");
  const count = Number(digits);
  if (!/^\d+$/.test(digits) || count > HIGHEST_U32) throw refuse("count must be u32");
  if (count === 0) throw refuse("count must be > 0");
  if (count > MOST_PROFILES) throw refuse(`count must be at most ${MOST_PROFILES}`);
  return [harness, count];
}

/** Adds counts, and gives a node every profile of the catalog anew; what was known of its logins is forgotten. */
export function provisionNode(
  catalog: ProfileCatalog,
  nodeId: string,
  counts: ReadonlyMap<string, number>,
  now: Instant,
): { catalog: ProfileCatalog; node: CatalogNode } {
  const all = new Map([...catalog.counts, ...counts]);
  const profiles = [...all]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([harness, count]) =>
      Array.from({ length: count }, (_, index) => ({
        id: `${PREFIXES.get(harness) ?? harness.toUpperCase()}${index + 1}`,
        harness,
        authState: "missing" as const,
      })),
    );
  const node: CatalogNode = { nodeId, updatedAt: now, profiles };
  return {
    node,
    catalog: { updatedAt: now, counts: all, nodes: new Map([...catalog.nodes, [nodeId, node]]) },
  };
}

/** Throws `unknown auth status "<word>" (expected ok|expired|missing)`. */
export function parseAuthState(word: string): AuthState {
  const state = word.trim().toLowerCase();
  if (state === "authenticated") return "ok";
  if (isOneOf(AUTH_STATES, state)) return state;
  throw new ForgeError(
    "unknown",
    `unknown auth status ${JSON.stringify(word)} (expected ok|expired|missing)`,
  );
}

/** Says how a node is logged in with one of its profiles. Throws `node not found in catalog: ...` and `profile not found on node ...`. */
export function setAuthState(
  catalog: ProfileCatalog,
  { nodeId, profileId, state }: { nodeId: string; profileId: string; state: AuthState },
  now: Instant,
): { catalog: ProfileCatalog; node: CatalogNode } {
  const found = catalog.nodes.get(nodeId);
  if (!found) throw notFound(`node not found in catalog: ${nodeId}`);
  if (!found.profiles.some(({ id }) => id === profileId))
    throw notFound(`profile not found on node ${nodeId}: ${profileId}`);
  const profiles = found.profiles.map((profile) =>
    profile.id === profileId ? { ...profile, authState: state } : profile,
  );
  const node: CatalogNode = { nodeId, updatedAt: now, profiles };
  return {
    node,
    catalog: { ...catalog, updatedAt: now, nodes: new Map([...catalog.nodes, [nodeId, node]]) },
  };
}

/** How many profiles of a node are in a state. */
export const countInState = ({ profiles }: CatalogNode, state: AuthState): number =>
  profiles.filter(({ authState }) => authState === state).length;
