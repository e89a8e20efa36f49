import { invalid, notFound } from "../core/errors.ts";
import type { EventFeed } from "./event-feed.ts";
import { eventStream } from "./event-stream.ts";
import { fields, readBody } from "./http.ts";
import {
  type HostedLoop,
  type Ping,
  SHUTDOWN_MODES,
  type ShutdownMode,
  START_REASONS,
  type StartAnswer,
  type StopAnswer,
  type SupervisorStatus,
} from "./protocol.ts";

/** What `stop` with force waits when the request does not say (spec/10 section 16). */
const STOP_WAIT_MS = 4000;

/** What the supervisor does for its clients; the API only reads requests and words answers. */
export interface SupervisorActions {
  ping(): Ping;
  status(): SupervisorStatus;
  loops(): readonly HostedLoop[];
  /** Undefined when it is not hosted. */
  loop(id: string): HostedLoop | undefined;
  start(id: string): Promise<StartAnswer>;
  stop(id: string, options: { force: boolean; waitMs: number }): Promise<StopAnswer>;
  poke(ids: readonly string[] | undefined): void;
  /** Takes up loops that are held, and returns how many there were. */
  resume(): number;
  /** Begins the end, and returns how many harnesses run. */
  shutDown(mode: ShutdownMode): number;
  readonly feed: EventFeed;
  /** Called when a client begins and ceases to follow the events. */
  streamOpened(): void;
  streamClosed(): void;
}

/** Answers one request of the socket API (spec/10 section 16). Throws the ForgeError that is to be answered. */
export async function answer(request: Request, actions: SupervisorActions): Promise<Response> {
  const url = new URL(request.url);
  const [version, noun, id, verb, ...rest] = url.pathname.slice(1).split("/").map(decodedPart);
  const route = `${request.method} ${[version, noun, id === undefined ? undefined : "<id>", verb, ...rest]
    .filter((part) => part !== undefined)
    .join("/")}`;
  switch (route) {
    case "GET v1/ping":
      return Response.json(actions.ping());
    case "GET v1/status":
      return Response.json(actions.status());
    case "GET v1/loops":
      return Response.json(actions.loops());
    case "GET v1/loops/<id>":
      return Response.json(hosted(actions, id ?? ""));
    case "POST v1/loops/<id>/start":
      return start(request, actions, id ?? "");
    case "POST v1/loops/<id>/stop":
      return stop(request, actions, id ?? "");
    case "POST v1/poke":
      return poke(request, actions);
    case "POST v1/resume":
      return Response.json({ resumed: actions.resume() });
    case "POST v1/shutdown":
      return shutDown(request, actions);
    case "GET v1/events":
      return events(url.searchParams, actions);
    default:
      throw notFound(`not found: ${request.method} ${url.pathname}`);
  }
}

function decodedPart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw invalid(`invalid path: ${part}`);
  }
}

function hosted(actions: SupervisorActions, id: string): HostedLoop {
  const loop = actions.loop(id);
  if (loop === undefined) throw notFound(`loop runner "${id}" not found`);
  return loop;
}

async function start(request: Request, actions: SupervisorActions, id: string): Promise<Response> {
  // Whoever starts a loop has a reason, and limits are counted anew for each of them.
  fields(await readBody(request)).oneOf("reason", START_REASONS);
  return Response.json(await actions.start(id), { status: 201 });
}

async function stop(request: Request, actions: SupervisorActions, id: string): Promise<Response> {
  const body = fields(await readBody(request));
  const options = {
    force: body.boolean("force", false),
    waitMs: body.wholeNumber("wait_ms", STOP_WAIT_MS),
  };
  return Response.json(await actions.stop(id, options));
}

async function poke(request: Request, actions: SupervisorActions): Promise<Response> {
  actions.poke(fields(await readBody(request)).texts("loops"));
  return new Response(null, { status: 204 });
}

async function shutDown(request: Request, actions: SupervisorActions): Promise<Response> {
  const mode = fields(await readBody(request)).oneOf("mode", SHUTDOWN_MODES);
  return Response.json({ runs: actions.shutDown(mode) }, { status: 202 });
}

function events(query: URLSearchParams, actions: SupervisorActions): Response {
  const since = query.get("since");
  const types = query.get("types");
  const filter = {
    types: types ? new Set(types.split(",")) : undefined,
    loopId: query.get("loop") || undefined,
  };
  const start = since === null ? undefined : fields({ since: Number(since) }).wholeNumber("since", 0);
  const body = eventStream(actions.feed, { filter, since: start }, () => actions.streamClosed());
  actions.streamOpened();
  return new Response(body, {
    headers: { "content-type": "text/event-stream", "cache-control": "no-cache" },
  });
}
