// How fast the streams of agents are read on one core, and whether memory stays flat: the made-up streams of the tests, each
// again and again until there are some hundred megabytes of JSON lines, handed over in the blocks in which files are read.
import { adapterFor } from "../src/harness/adapters/adapters.ts";
import { StreamReader } from "../src/harness/stream-reader.ts";
import { MADE_UP } from "../test/harness/made-up-streams.ts";
import { rounds, smoke } from "./support/mode.ts";
import { bar, figure } from "./support/verdict.ts";

const BYTES = smoke ? 2_000_000 : 200_000_000;
const BLOCK_BYTES = 256 * 1024;
/** Megabytes per second that are asked for. */
const SPEED_BAR = 100;
const MEMORY_BAR_MB = 64;

/** A run of a working agent: mostly tool calls and their results, some words, at last its end. */
const TOOL_OUTPUT = "src/a.ts:12: a line as compilers and tests print them\n".repeat(40);
const WORK: Readonly<Record<string, object>> = {
  claude: {
    type: "user",
    message: { content: [{ type: "tool_result", tool_use_id: "t", content: TOOL_OUTPUT }] },
  },
  codex: {
    type: "item.completed",
    item: {
      id: "i",
      type: "command_execution",
      command: "npm test",
      aggregated_output: TOOL_OUTPUT,
      exit_code: 0,
    },
  },
  opencode: {
    type: "tool_use",
    sessionID: "ses_1",
    part: { tool: "bash", state: { status: "completed", output: TOOL_OUTPUT, title: "npm test" } },
  },
  pi: { type: "tool_execution_end", toolName: "bash", toolCallId: "t", result: TOOL_OUTPUT },
  droid: { type: "tool_result", id: "t", toolId: "Execute", isError: false, value: TOOL_OUTPUT },
};

/** One block of whole lines, the end of a run in it. */
function blockOf(harness: string): Uint8Array {
  const end = MADE_UP.find((run) => run.what === `${harness} that ends well`)?.output ?? "";
  const line = `${JSON.stringify(WORK[harness])}\n`;
  return Buffer.from(line.repeat(Math.ceil(BLOCK_BYTES / line.length)) + end);
}

let grown = 0;

/** Megabytes per second. */
function speedOf(harness: string): number {
  const block = blockOf(harness);
  const before = process.memoryUsage.rss();
  const reader = new StreamReader(adapterFor(harness));
  const from = performance.now();
  for (let read = 0; read < BYTES; read += block.length) {
    reader.push(block);
    grown = Math.max(grown, process.memoryUsage.rss() - before);
  }
  const seconds = (performance.now() - from) / 1000;
  if (reader.end().end?.event.ok !== true) throw new Error(`${harness}: the end was not seen`);
  return BYTES / 1e6 / seconds;
}

console.log("reading the streams of agents");
for (const harness of Object.keys(WORK)) {
  let best = 0;
  for (let round = 0; round < rounds(3, 1); round++) best = Math.max(best, speedOf(harness));
  figure(harness, `${best.toFixed(0)} MB/s`);
  bar(`${SPEED_BAR} MB/s / ${harness}`, SPEED_BAR / best, 1);
}
bar(`memory, growth / ${MEMORY_BAR_MB} MB`, grown / (MEMORY_BAR_MB * 1024 * 1024), 1);
