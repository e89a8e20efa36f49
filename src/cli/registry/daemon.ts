import { type Entry, noArguments } from "../../console/command.ts";
import { bool, duration, integer, text } from "../../console/flags.ts";
import { type AnyModule, command } from "../invocation.ts";

export const daemonStartFlags = {
  "no-resume": bool("leave loops that were running as they are"),
} as const;

export const daemonRunFlags = {
  hostname: text("with --port: the address to listen on beside the socket", { default: "127.0.0.1" }),
  port: integer("also listen on this TCP port, only with a token"),
  "auth-token": text("token of TCP clients; visible to others, better: FORGE_DAEMON_TOKEN"),
  // How clients start it.
  background: bool("write to forged.log, end when there is nothing to do", { hidden: true }),
  "on-demand": bool("a command needed it, nobody asked for it", { hidden: true }),
  "no-resume": bool("leave loops that were running as they are", { hidden: true }),
} as const;

export const daemonStopFlags = {
  now: bool("end runs instead of waiting for them"),
  timeout: duration("give up waiting after this time (default: never)"),
} as const;

export const daemonLogsFlags = {
  lines: integer("number of lines from the end", { short: "n", default: 50 }),
  follow: bool("keep printing new lines", { short: "f" }),
} as const;

export const daemonInstallFlags = {
  print: bool("print the service file and change nothing"),
  enable: bool("start it now and at each login"),
  force: bool("overwrite a service file that is different"),
} as const;

/** The supervisor. */
export const daemon: Entry<AnyModule> = {
  kind: "group",
  name: "daemon",
  summary: "Start, stop and look at the supervisor that runs loops",
  description:
    "Starts, stops and shows the supervisor, the background process that runs loops. Commands that need it start it by\nthemselves; it ends when it has had nothing to do for a while.",
  commands: [
    command({
      name: "start",
      summary: "Start the supervisor, and the loops that it was running",
      arity: noArguments,
      flags: daemonStartFlags,
      load: async () => ({ run: (await import("../commands/daemon.ts")).start }),
    }),
    command({
      name: "run",
      summary: "Be the supervisor, in the foreground: for service managers",
      arity: noArguments,
      flags: daemonRunFlags,
      load: () => import("../commands/daemon-run.ts"),
    }),
    command({
      name: "stop",
      summary: "Stop the supervisor when the runs that are going on have ended",
      arity: noArguments,
      flags: daemonStopFlags,
      load: async () => ({ run: (await import("../commands/daemon-stop.ts")).stop }),
    }),
    command({
      name: "restart",
      summary: "Have a new supervisor take over; runs are not touched",
      arity: noArguments,
      flags: {},
      load: async () => ({ run: (await import("../commands/daemon.ts")).restart }),
    }),
    command({
      name: "status",
      summary: "Show whether the supervisor runs, and what it does (exit code 3: it does not)",
      arity: noArguments,
      flags: {},
      load: async () => ({ run: (await import("../commands/daemon.ts")).status }),
    }),
    command({
      name: "logs",
      summary: "Show the log of the supervisor",
      arity: noArguments,
      flags: daemonLogsFlags,
      load: () => import("../commands/daemon-logs.ts"),
    }),
    command({
      name: "install",
      summary: "Make the supervisor a service of your login (systemd or launchd)",
      arity: noArguments,
      flags: daemonInstallFlags,
      load: async () => ({ run: (await import("../commands/daemon-service.ts")).install }),
    }),
    command({
      name: "uninstall",
      summary: "Take the service away again; runs are not touched",
      arity: noArguments,
      flags: {},
      load: async () => ({ run: (await import("../commands/daemon-service.ts")).uninstall }),
    }),
  ],
};
