/** What stands for the version of a build that has none: the version of fmail that agents have known longest. */
const UNVERSIONED = "2.2.0";

/** The help for agents as one JSON object (spec/50 section 7.11). Later versions add keys and remove none. */
export function robotHelp(version: string): string {
  const shown = version === "" || version === "dev" ? UNVERSIONED : version.replace(/^v/, "");
  return `${JSON.stringify({ name: "fmail", version: shown, ...GUIDE }, null, 2)}\n`;
}

const GUIDE = {
  description: "Agent-to-agent messaging via .fmail/ files",
  setup: "export FMAIL_AGENT=<your-name>",
  commands: {
    send: {
      usage: "fmail send <topic|@agent> <message>",
      flags: ["-f FILE", "--reply-to ID", "--priority low|normal|high", "--tag TAG"],
      more_flags: ["--wait[=DURATION]", "--json"],
      examples: [
        'fmail send task "implement user auth"',
        'fmail send @reviewer "check PR #42" --priority high',
        "fmail send task -f message.md",
        "answer=$(fmail send @architect 'Redis or Postgres?' --wait=2m)",
      ],
      description:
        "Stores the message and prints its id; with --wait prints the answer. JSON bodies stay JSON.",
    },
    log: {
      usage: "fmail log [topic|@agent] [-n N] [--since TIME]",
      flags: ["-n LIMIT", "--since TIME", "--from AGENT", "--json", "-f/--follow"],
      more_flags: ["--until TIME", "--tag TAG", "--priority low|normal|high"],
      examples: ["fmail log task -n 5", "fmail log @$FMAIL_AGENT --since 1h", "fmail log -f"],
      description: "Newest messages, oldest first; without a target those of all topics.",
    },
    messages: {
      usage: "fmail messages [-n N] [--since TIME]",
      flags: ["-n LIMIT", "--since TIME", "--from AGENT", "--json", "-f/--follow"],
      more_flags: ["--until TIME", "--tag TAG", "--priority low|normal|high"],
      description: "As log, over all topics and all direct messages.",
    },
    watch: {
      usage: "fmail watch [topic|@agent] [--timeout T] [--count N]",
      flags: ["--timeout DURATION", "--count N", "--json"],
      more_flags: ["--since ID|TIME", "--dms", "--fail-on-timeout"],
      examples: ["fmail watch task", "fmail watch @$FMAIL_AGENT --count 1 --timeout 2m --fail-on-timeout"],
      description: "Prints messages as they arrive. Exit 0 also on timeout; 3 with --fail-on-timeout.",
    },
    who: { usage: "fmail who", flags: ["--json"], description: "Known agents and what they do." },
    status: {
      usage: "fmail status [message]",
      flags: ["--clear"],
      examples: ['fmail status "working on auth"', "fmail status --clear"],
      description: "Shows or sets your own status.",
    },
    register: {
      usage: "fmail register [name]",
      flags: ["--json"],
      examples: ["export FMAIL_AGENT=$(fmail register)"],
      description: "Takes a free agent name, or the one given if it is free.",
    },
    topics: { usage: "fmail topics", flags: ["--json"], description: "Topics with activity." },
    gc: {
      usage: "fmail gc [--days N] [--dry-run]",
      flags: ["--days N", "--dry-run"],
      description: "Removes messages older than N days (7).",
    },
    inbox: {
      usage: "fmail inbox [-n N]",
      flags: ["-n LIMIT", "--peek", "--all", "--topics A,B", "--json"],
      examples: ["fmail inbox", "fmail inbox --topics task --json"],
      description: "Unread direct messages to you, oldest first; they count as read afterwards.",
    },
    reply: {
      usage: "fmail reply <id> <message>",
      flags: ["-f FILE", "--priority low|normal|high", "--tag TAG", "--wait[=DURATION]", "--json"],
      examples: ['fmail reply 0042 "done"'],
      description: "Answers a message where it was said. The end of an id is enough.",
    },
    thread: {
      usage: "fmail thread <id>",
      flags: ["--json"],
      description: "A message with its whole conversation.",
    },
    show: { usage: "fmail show <id>", flags: ["--json"], description: "One message with all fields." },
    search: {
      usage: "fmail search <words...>",
      flags: ["-n LIMIT", "--json"],
      examples: ["fmail search deploy from:ops-* since:2d", "fmail search is:unread in:task"],
      description:
        "Messages with all words, by the filters from: to: in: tag: priority: since: until: text: has: is:.",
    },
    init: {
      usage: "fmail init",
      flags: ["--project ID"],
      description: "Makes the mailbox; sending does so too.",
    },
  },
  patterns: {
    request_response: [
      'fmail send @architect "Redis or Postgres?"',
      "response=$(fmail watch @$FMAIL_AGENT --count 1 --timeout 2m)",
    ],
    broadcast: 'fmail send status "starting auth work"',
    coordinate: [
      'fmail send task "claiming: auth module"',
      "fmail log task --since 1h",
      'fmail send task "done: auth module"',
    ],
  },
  env: {
    FMAIL_AGENT: "Your agent name (default: anon-<pid>)",
    FMAIL_ROOT: "Project root (default: nearest folder with .fmail or .git)",
    FMAIL_PROJECT: "Project id, when the mailbox is first made",
    FMAIL_FORGED: "off, or where the supervisor listens (default: the socket in .fmail)",
  },
  message_format: {
    id: "YYYYMMDD-HHMMSS-NNNN",
    from: "sender agent name",
    to: "topic or @agent",
    time: "RFC 3339 timestamp",
    body: "text or any JSON value",
  },
  storage: ".fmail/topics/<topic>/<id>.json and .fmail/dm/<agent>/<id>.json",
} as const;
