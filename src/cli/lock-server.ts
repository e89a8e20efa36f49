import { agentMailSetting, lockProject } from "../config/agent-mail.ts";
import type { Milliseconds } from "../core/duration.ts";
import { parseCommandLineDuration, toSecondsUp } from "../core/duration.ts";
import { ForgeError } from "../core/errors.ts";
import { isJsonObject, type JsonObject, readInteger } from "../core/json.ts";
import { type Reservation, readReservation } from "../core/reservation.ts";
import type { Conflict } from "../core/reservation-rules.ts";
import { parseTime } from "../core/time.ts";
import type { World } from "../core/world.ts";
import { McpClient } from "./mcp-client.ts";
import type { LockKeeper } from "./reservations.ts";

const TIMEOUT_MS: Milliseconds = 5000;

/** The locks that a server keeps for many machines (spec/30 section 10.3). */
export function lockServer(url: string, world: World): LockKeeper {
  const project = lockProject(world.env, world.cwd);
  const timeout = agentMailSetting(world.env, "TIMEOUT");
  const server = new McpClient(url, timeout === undefined ? TIMEOUT_MS : parseCommandLineDuration(timeout));
  const of = (agent: string) => ({ project_key: project, agent_name: agent });
  return {
    active: async () => {
      const uri = `resource://file_reservations/${encodeURIComponent(project)}?active_only=true`;
      return reservationsIn(await server.readResource(uri)).toSorted((a, b) => a.id - b.id);
    },

    claim: async (request, pushedAside) => {
      for (const id of new Set(pushedAside.flatMap(({ holders }) => holders.map((held) => held.id))))
        await server.callTool("force_release_file_reservation", {
          ...of(request.agent),
          file_reservation_id: id,
          notify_previous: true,
          ...(request.reason && { note: request.reason }),
        });
      const answer = await server.callTool("file_reservation_paths", {
        ...of(request.agent),
        paths: request.paths,
        ttl_seconds: toSecondsUp(request.ttl),
        exclusive: request.exclusive,
        ...(request.reason && { reason: request.reason }),
      });
      const { granted, conflicts } = objectOf(answer);
      const found = conflictsIn(conflicts);
      return found.length > 0 ? { conflicts: found } : { granted: grantsIn(granted, request.agent) };
    },

    release: async ({ agent, ids, paths }) => {
      const answer = await server.callTool("release_file_reservations", {
        ...of(agent),
        ...(paths.length > 0 && { paths }),
        ...(ids.size > 0 && { file_reservation_ids: [...ids] }),
      });
      const { released, released_at: at } = objectOf(answer);
      const time = typeof at === "string" ? parseTime(at) : undefined;
      return { released: readInteger(released) ?? 0, at: time ?? world.now() };
    },

    renew: async () => {
      throw new ForgeError("unknown", "lock renew is not supported by lock servers", {
        hint: "claim the paths again",
      });
    },
  };
}

const objectOf = (value: unknown): JsonObject => (isJsonObject(value) ? value : {});

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const reservationsIn = (value: unknown): Reservation[] =>
  listOf(value).flatMap((element) => readReservation(element) ?? []);

/** What is granted does not say to whom: to the one who asks. */
const grantsIn = (value: unknown, agent: string): Reservation[] =>
  reservationsIn(listOf(value).map((element) => ({ agent, ...objectOf(element) })));

const conflictsIn = (value: unknown): Conflict[] =>
  listOf(value).map((element) => {
    const { path, holders } = objectOf(element);
    return { path: String(path ?? ""), holders: reservationsIn(holders) };
  });
