import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ForgeError } from "../../core/errors.ts";
import type { World } from "../../core/world.ts";

/**
 * A throw-away place for the demo: a repository, a data directory and a configuration directory of its own, so that
 * nothing of the user's is read or touched.
 */
export class Stage {
  readonly folder = mkdtempSync(join(tmpdir(), "forge-demo-"));
  readonly repo = join(this.folder, "repo");
  private readonly env: Record<string, string>;
  private readonly running = new Set<Bun.Subprocess>();

  constructor(private readonly world: World) {
    mkdirSync(this.repo);
    this.env = { ...inherited(world.env), ...this.ownPlaces(), ...GIT_IDENTITY };
  }

  private ownPlaces() {
    const data = join(this.folder, "data");
    return {
      FORGE_DATA_DIR: data,
      FORGE_DATABASE_PATH: join(data, "forge.db"),
      FORGE_GLOBAL_CONFIG_DIR: join(this.folder, "config"),
      FORGE_CONFIG: "",
      XDG_CONFIG_HOME: join(this.folder, "config"),
    };
  }

  /** Starts the scripted agent, as a command template. */
  get agentCommand(): string {
    return `'${this.world.executable.replaceAll("'", "'\\''")}' __demo-agent`;
  }

  /** Runs forge itself in the repository and returns what it printed. Throws with its message when it fails. */
  async forge(...words: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.execute([this.world.executable, ...words]);
    if (code === 0) return stdout;
    throw new ForgeError("unknown", `demo failed at forge ${words[0]}: ${stderr.trim() || stdout.trim()}`);
  }

  /** Starts forge and hands on what it prints, as it comes, until the answer is called. */
  watch(words: readonly string[], onOutput: (bytes: Uint8Array) => void): () => Promise<void> {
    const child = Bun.spawn([this.world.executable, ...words], {
      cwd: this.repo,
      env: this.env,
      stdio: ["ignore", "pipe", "ignore"],
    });
    const copied = (async () => {
      for await (const bytes of child.stdout) onOutput(bytes);
    })();
    return async () => {
      child.kill("SIGTERM");
      await copied;
    };
  }

  /** Runs git in the repository; undefined where git is missing or refuses. */
  async git(...words: string[]): Promise<string | undefined> {
    const { code, stdout } = await this.execute(["git", ...words]);
    return code === 0 ? stdout : undefined;
  }

  /** The text of a file in the repository, empty when there is none. */
  read(path: string): string {
    const file = join(this.repo, path);
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  }

  write(path: string, text: string): void {
    writeFileSync(join(this.repo, path), text);
  }

  /** Ends the commands that run just now: whoever waits for one of them fails. */
  interrupt(): void {
    for (const child of this.running) child.kill("SIGTERM");
  }

  /** Ends everything that was started here and removes the folder. */
  async clear(): Promise<void> {
    await this.end();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Ends the loops and the supervisor of this place. */
  async end(): Promise<void> {
    const forge = this.world.executable;
    await this.execute([forge, "kill", "--all"]);
    await this.execute([forge, "daemon", "stop", "--now"]);
  }

  private async execute(command: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    try {
      const child = Bun.spawn(command, { cwd: this.repo, env: this.env, stdio: ["ignore", "pipe", "pipe"] });
      this.running.add(child);
      const [code, stdout, stderr] = await Promise.all([
        child.exited,
        new Response(child.stdout).text(),
        new Response(child.stderr).text(),
      ]);
      this.running.delete(child);
      return { code, stdout, stderr };
    } catch (thrown) {
      return { code: -1, stdout: "", stderr: thrown instanceof Error ? thrown.message : String(thrown) };
    }
  }
}

/** The demo must commit also where git knows no user. */
const GIT_IDENTITY = {
  GIT_AUTHOR_NAME: "Forge Demo",
  GIT_AUTHOR_EMAIL: "demo@example.com",
  GIT_COMMITTER_NAME: "Forge Demo",
  GIT_COMMITTER_EMAIL: "demo@example.com",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
};

/** The caller's environment without anything that would steer Forge, or make git look elsewhere. */
const inherited = (env: World["env"]): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] =>
        entry[1] !== undefined && !/^(FORGE|SWARM|FMAIL|SV|GIT)_/.test(entry[0]),
    ),
  );
