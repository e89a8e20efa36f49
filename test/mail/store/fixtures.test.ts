import { describe, expect, test } from "bun:test";
import { cpSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { agentFields } from "../../../src/mail/rules/agent-record.ts";
import { jsonText } from "../../../src/mail/rules/json-text.ts";
import { encodeMessage } from "../../../src/mail/rules/message.ts";
import { agent, topic } from "../../../src/mail/rules/target.ts";
import { listAgents } from "../../../src/mail/store/agents.ts";
import { listAllBoxes } from "../../../src/mail/store/boxes.ts";
import { newestMessages } from "../../../src/mail/store/page.ts";
import { projectRoot } from "../../support/forge.ts";
import { TemporaryStore } from "../temporary-store.ts";

const fixtures = join(projectRoot, "../shared/fixtures");
const everything = { limit: Number.POSITIVE_INFINITY };

/** A copy of the store that another implementation of Forge left behind. */
function copyOf(name: string): TemporaryStore {
  const mail = new TemporaryStore();
  cpSync(join(fixtures, name, "repo/.fmail"), mail.folder, { recursive: true });
  Bun.spawnSync(["chmod", "-R", "u+w", mail.folder]);
  return mail;
}

/** Message and agent files of a store, relative. */
const filesIn = (mail: TemporaryStore, pattern: RegExp) => mail.files().filter((path) => pattern.test(path));

describe.skipIf(!existsSync(fixtures))("a store made by another implementation of Forge", () => {
  test.each(["go", "rust"])(
    "%s: every message is read, and would be written with the same bytes",
    async (name) => {
      using mail = copyOf(name);
      const stored = await newestMessages(mail.store, { targets: listAllBoxes(mail.store), ...everything });
      expect(stored.map(({ path }) => path).sort()).toEqual(filesIn(mail, /^(topics|dm)\//));
      for (const { message, path } of stored) expect(encodeMessage(message)).toBe(mail.text(path));
      expect(mail.warnings).toEqual([]);
    },
  );

  test.each(["go", "rust"])(
    "%s: every agent is read, and would be written with the same bytes",
    async (name) => {
      using mail = copyOf(name);
      const agents = await listAgents(mail.store);
      expect(agents.map((record) => `agents/${record.name}.json`)).toEqual(filesIn(mail, /^agents\//));
      for (const record of agents)
        expect(jsonText(agentFields(record))).toBe(mail.text(`agents/${record.name}.json`));
    },
  );

  test("go: messages say what was said", async () => {
    using mail = copyOf("go");
    const [first, answer] = await newestMessages(mail.store, { targets: [topic("task")], ...everything });
    expect(first?.message).toMatchObject({ from: "builder", body: "started on T-12" });
    expect(answer?.message).toMatchObject({ body: "done", replyTo: first?.message.id });
    const [review] = await newestMessages(mail.store, { targets: [agent("builder")], ...everything });
    expect(review?.message).toMatchObject({ from: "reviewer", priority: "high", tags: ["review"] });
  });

  test.each(["go", "rust"])("%s: nothing in it changes when a message is sent and read", async (name) => {
    using mail = copyOf(name);
    const before = readdirSync(mail.folder, { recursive: true }).filter((path) =>
      String(path).endsWith(".json"),
    );
    const texts = before.map((path) => mail.text(String(path)));
    await mail.send("task", "from ours", { from: "newcomer" });
    expect(before.map((path) => readFileSync(join(mail.folder, String(path)), "utf8"))).toEqual(texts);
  });
});
