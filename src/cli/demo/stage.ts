import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { operationFailed } from "../../core/errors.ts";
import type { World } from "../../core/world.ts";

/**
 * A throw-away place for the demo: a repository, a data directory and a configuration directory of its own, so that
 * nothing of the user's is read or touched.
 */
export class Stage {
  readonly folder = mkdtempSync(join(tmpdir(), "forge-demo-"));
  readonly repo = join(this.folder, "repo");
  private readonly env: Record<string, string>;

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

  /** Runs forge itself in the repository and returns what it printed. Throws with its message when it fails. */
  async forge(...words: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.execute([this.world.executable, ...words]);
    if (code !== 0)
      throw operationFailed(`demo failed at: forge ${words[0]}: ${stderr.trim() || stdout.trim()}`);
    return stdout;
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

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async execute(command: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    try {
      const child = Bun.spawn(command, { cwd: this.repo, env: this.env, stdio: ["ignore", "pipe", "pipe"] });
      const [code, stdout, stderr] = await Promise.all([
        child.exited,
        new Response(child.stdout).text(),
        new Response(child.stderr).text(),
      ]);
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
