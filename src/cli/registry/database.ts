import { type Entry, noArguments } from "../../console/command.ts";
import { integer } from "../../console/flags.ts";
import { type AnyModule, command } from "../invocation.ts";

export const migrateUpFlags = {
  to: integer("stop at this version (0: the latest)", { default: 0 }),
} as const;

export const migrateDownFlags = {
  steps: integer("number of migrations to roll back", { short: "n", default: 1 }),
  to: integer("roll back until this is the current version"),
} as const;

/** The schema of the database. */
export const database: readonly Entry<AnyModule>[] = [
  {
    kind: "group",
    name: "migrate",
    summary: "Show and change the version of the database schema",
    description:
      "Shows and changes the version of the database schema. Commands that need the database bring it up to date by\nthemselves; this is for looking, and for going back to an older forge.",
    commands: [
      command({
        name: "up",
        summary: "Apply pending migrations",
        arity: noArguments,
        flags: migrateUpFlags,
        load: async () => ({ run: (await import("../commands/migrate.ts")).up }),
      }),
      command({
        name: "down",
        summary: "Roll back migrations, after a copy of the database was made",
        arity: noArguments,
        flags: migrateDownFlags,
        load: async () => ({ run: (await import("../commands/migrate.ts")).down }),
      }),
      command({
        name: "status",
        summary: "List the migrations",
        arity: noArguments,
        flags: {},
        load: async () => ({ run: (await import("../commands/migrate.ts")).status }),
      }),
      command({
        name: "version",
        summary: "Print the schema version",
        arity: noArguments,
        flags: {},
        load: async () => ({ run: (await import("../commands/migrate.ts")).version }),
      }),
    ],
  },
];
