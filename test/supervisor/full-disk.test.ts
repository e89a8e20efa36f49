import { expect, test } from "bun:test";
import { join } from "node:path";
import { Forge } from "../support/forge.ts";
import { Sandbox } from "../support/sandbox.ts";

/** In a mount namespace of its own nobody has to be root to make a file system of 6 MB. */
const WITH_A_SMALL_DISK = ["unshare", "--map-root-user", "--mount", "bash", "-euc"];
const MOUNT = 'mount -t tmpfs -o size=6m tmpfs "$FORGE_DATA_DIR"';

const SCRIPT = `
${MOUNT}
fill() { cat /dev/zero >"$FORGE_DATA_DIR/filler" 2>/dev/null || true; }
ran() { wc -l <ran; }
more_runs() { local before=$(ran); until [ "$(ran)" -ge $((before + 3)) ]; do sleep 0.05; done; }
no_more_runs() { local before=-1; until [ "$(ran)" -eq "$before" ]; do before=$(ran); sleep 0.4; done; }

touch ran
forge profile add generic --name p --prompt-mode env --command 'echo x >>ran; sleep 0.05' >/dev/null
forge up --name a --profile p --prompt-msg x --interval 0s >/dev/null
more_runs
fill; no_more_runs
forge ps >/dev/null; echo "ps $?"
rm "$FORGE_DATA_DIR/filler"; more_runs; echo goes on
fill; no_more_runs
forge kill a && echo killed || echo "kill $?"
before=$(ran); rm "$FORGE_DATA_DIR/filler"
until forge ps --json | grep -qE '"state": "(error|stopped)"'; do sleep 0.05; done
[ "$before" -eq "$(ran)" ] && echo ended
forge kill a
forge runs --json -n 0 | grep -c '"status": "success"'
ran
`;

async function canMount(): Promise<boolean> {
  await using sandbox = new Sandbox();
  const env = { ...sandbox.env, FORGE_DATA_DIR: sandbox.repo };
  try {
    return (await Bun.spawn([...WITH_A_SMALL_DISK, MOUNT], { env, stderr: "ignore" }).exited) === 0;
  } catch {
    return false; // No such program.
  }
}

/** Skipped where users may not mount in a namespace of their own. */
test.skipIf(!(await canMount()))(
  "a full disk is waited for, loses no run, and keeps nobody from killing a loop",
  async () => {
    await using forge = new Forge();
    const data = join(forge.folder, "repo");
    const { code, stdout, stderr } = await forge.program([...WITH_A_SMALL_DISK, SCRIPT], {
      cwd: forge.home,
      env: { FORGE_DATA_DIR: data },
    });
    const [ran, recorded, ...told] = stdout.trimEnd().split("\n").toReversed();
    expect(told.toReversed()).toEqual(["ps 0", "goes on", "kill 2", "ended", "Killed 1 loop(s)"]);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: "the disk is full: what ran was ended, and none of it could be recorded\n",
    });
    // Of the run that was ended nobody knows how it would have ended.
    expect(Number(ran) - Number(recorded)).toBeOneOf([0, 1]);
  },
);
