import { join } from "node:path";

/** How the service manager of a system is told to run the supervisor. */
export interface ServiceFile {
  readonly path: string;
  readonly text: string;
  /** Start it now and at each login. */
  readonly enable: readonly (readonly string[])[];
  /** End that, before the file is removed. */
  readonly disable: readonly (readonly string[])[];
}

export interface ServiceRequest {
  readonly home: string;
  readonly uid: number;
  /** What the service runs, the executable first. */
  readonly command: readonly string[];
  /** Variables that the service needs and would not have. */
  readonly env: Readonly<Record<string, string>>;
}

const UNIT = "forged.service";

/**
 * A user unit of systemd (systemd.service(5)). `KillMode=process`: agents that run outlive a restart of the supervisor.
 */
export function systemdUnit({ home, command, env }: ServiceRequest): ServiceFile {
  const variables = Object.entries(env).map(
    ([name, value]) => `Environment=${unitQuoted(`${name}=${value}`)}\n`,
  );
  return {
    path: join(home, ".config/systemd/user", UNIT),
    text: `[Unit]
Description=Forge supervisor: runs looped AI coding agents

[Service]
ExecStart=${command.map(commandQuoted).join(" ")}
${variables.join("")}KillMode=process
Restart=on-failure

[Install]
WantedBy=default.target
`,
    enable: [
      ["systemctl", "--user", "daemon-reload"],
      ["systemctl", "--user", "enable", "--now", UNIT],
    ],
    disable: [["systemctl", "--user", "disable", "--now", UNIT]],
  };
}

const LABEL = "dev.forge.forged";

/** An agent of launchd (launchd.plist(5)). `AbandonProcessGroup`: agents that run outlive a restart of the supervisor. */
export function launchAgent({ home, uid, command, env }: ServiceRequest): ServiceFile {
  const path = join(home, "Library/LaunchAgents", `${LABEL}.plist`);
  const variables = Object.entries(env).map(
    ([name, value]) => `    <key>${xml(name)}</key>\n    <string>${xml(value)}</string>\n`,
  );
  return {
    path,
    text: `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>${LABEL}</string>
  <key>ProgramArguments</key>
  <array>
${command.map((word) => `    <string>${xml(word)}</string>\n`).join("")}  </array>
  <key>EnvironmentVariables</key>
  <dict>
${variables.join("")}  </dict>
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key>
    <false/>
  </dict>
  <key>AbandonProcessGroup</key>
  <true/>
</dict>
</plist>
`,
    enable: [
      ["launchctl", "enable", `gui/${uid}/${LABEL}`],
      ["launchctl", "bootstrap", `gui/${uid}`, path],
    ],
    disable: [["launchctl", "bootout", `gui/${uid}/${LABEL}`]],
  };
}

/** A value in quotes; `%` begins a specifier everywhere in a unit. */
const unitQuoted = (text: string): string =>
  `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("%", "%%").replaceAll("\n", "\\n")}"`;

/** In a command line `$` begins a variable, too. */
const commandQuoted = (word: string): string =>
  /^[\w./:@+,=-]+$/.test(word) ? word : unitQuoted(word.replaceAll("$", "$$$$"));

const xml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
