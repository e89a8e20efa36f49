// Writes the reference part of docs/cli.md from the command registry: `npm run docs:cli`.
import { join } from "node:path";
import { withReference } from "./cli-reference.ts";

const path = join(import.meta.dir, "..", "docs", "cli.md");
await Bun.write(path, await withReference(await Bun.file(path).text()));
