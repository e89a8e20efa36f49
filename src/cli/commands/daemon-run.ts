import { findConfigFile } from "../../config/location.ts";
import { supervisorLogPath } from "../../config/paths.ts";
import { paintWith } from "../../console/color.ts";
import { VERSION } from "../../console/version.ts";
import { writeAll } from "../../console/write.ts";
import { ForgeError } from "../../core/errors.ts";
import type { TcpAddress } from "../../supervisor/guard.ts";
import { SupervisorLog } from "../../supervisor/log.ts";
import { RotatingFile } from "../../supervisor/log-file.ts";
import { runSupervisor, type SupervisorOptions } from "../../supervisor/supervisor.ts";
import type { Invocation, Run } from "../invocation.ts";
import type { daemonRunFlags } from "../registry/daemon.ts";

const GONE_WITHIN_MS = 500;

type RunInvocation = Invocation<typeof daemonRunFlags>;

/** Is the supervisor, until it is asked to end. */
export const run: Run<typeof daemonRunFlags> = async (invocation) => {
  const { flags, config, world, global } = invocation;
  const log = logOf(invocation);
  const resume = !flags["no-resume"];
  try {
    const code = await runSupervisor({
      config,
      world,
      global,
      log,
      version: VERSION,
      configFile: findConfigFile(global.config, world.env, { cwd: world.cwd, home: world.env.HOME }),
      inBackground: flags.background,
      takeUp: {
        takesUp: resume ? (flags["on-demand"] ? "this boot" : "all") : "none",
        takesHeld: flags.background && !flags["on-demand"] && resume,
      },
      tcp: tcpOf(invocation),
      mailTcp: mailTcpOf(invocation, log),
      mailRelay: mailRelayOf(invocation),
    });
    // Runners that could not let go in time must not hold up the end.
    process.exit(code);
  } catch (thrown) {
    // In the background nobody else would see it.
    if (flags.background) log.error(thrown instanceof Error ? thrown.message : String(thrown));
    // What still waits for something must not hold up the end; the error is reported before.
    setTimeout(() => process.exit(), GONE_WITHIN_MS).unref();
    throw thrown;
  }
};

function logOf({ flags, config, world }: RunInvocation): SupervisorLog {
  const { level, format } = config.logging;
  const settings = { level, format, now: world.now };
  if (!flags.background)
    return new SupervisorLog({
      ...settings,
      paint: paintWith(format === "console" && isColored(world)),
      write: (line) => writeAll(2, line),
    });
  const file = new RotatingFile(supervisorLogPath(config));
  return new SupervisorLog({ ...settings, paint: paintWith(false), write: (line) => file.write(line) });
}

/** Its log has variables of its own (spec/70 section 10.1). */
function isColored({ env, isTerminal }: RunInvocation["world"]): boolean {
  if (env.FORGE_FORCE_COLOR) return true;
  if (env.FORGE_NO_COLOR || env.NO_COLOR !== undefined) return false;
  return isTerminal(2);
}

/** Where it listens beside its socket: by flags, else by `daemon.listen`. Throws `refusing to listen on ...`. */
function tcpOf({ flags, config }: RunInvocation): SupervisorOptions["tcp"] {
  const address = flags.port === undefined ? config.daemon.listen : `${flags.hostname}:${flags.port}`;
  if (address === "") return undefined;
  const token = flags["auth-token"] || config.daemon.token;
  if (token === "")
    throw new ForgeError(
      "unknown",
      `refusing to listen on ${address} without a token (set daemon.token or FORGE_DAEMON_TOKEN)`,
    );
  return { ...hostAndPort(address), token };
}

/** Where other hosts reach the mail when only `mail.relay.enabled` asks for it (spec/50 section 10). */
const USUAL_MAIL_ADDRESS = "127.0.0.1:7463";

const USUAL_RELAY_MS = 2000;

/** Where agent mail is served on TCP, by `mail.listen`. Nobody is kept from working when that cannot be. */
function mailTcpOf({ config }: RunInvocation, log: SupervisorLog): SupervisorOptions["mailTcp"] {
  const { listen, relay } = config.mail;
  const address = listen || (relay.enabled ? USUAL_MAIL_ADDRESS : "");
  if (address === "") return undefined;
  const { token } = config.daemon;
  if (token !== "") return { ...hostAndPort(address), token };
  log.warn(`mail: not listening on ${address} without a token (set daemon.token or FORGE_DAEMON_TOKEN)`);
  return undefined;
}

/** 0 stands for the usual time (spec/50 section 11). */
function mailRelayOf({ config }: RunInvocation): SupervisorOptions["mailRelay"] {
  const { enabled, peers, dialTimeout, reconnectInterval } = config.mail.relay;
  if (!enabled) return undefined;
  return {
    peers,
    dialTimeout: dialTimeout || USUAL_RELAY_MS,
    reconnectInterval: reconnectInterval || USUAL_RELAY_MS,
    token: config.daemon.token,
  };
}

function hostAndPort(address: string): TcpAddress {
  const colon = address.lastIndexOf(":");
  const hostname = address.slice(0, colon).replace(/^\[|\]$/g, "");
  return { hostname: hostname || "0.0.0.0", port: Number(address.slice(colon + 1)) };
}
