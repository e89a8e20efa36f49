import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Forge } from "../support/forge.ts";
import { addWorkspace } from "../support/places.ts";

/** Workspaces `web` (two agents) and `api` (one). */
function withPlaces(): Forge {
  const forge = new Forge();
  addWorkspace(forge, { id: "aaaa1111-0000", name: "web", agents: ["ag11111122-0", "ag22222233-0"] });
  addWorkspace(forge, { id: "aaaa2222-0000", name: "api", repoPath: "/elsewhere", agents: ["bg33333344-0"] });
  return forge;
}

const fileOf = (forge: Forge) => join(forge.configDir, "context.yaml");

describe("30 section 17: forge use and forge context", () => {
  test("nothing is set at first, and looking makes nothing", async () => {
    await using forge = new Forge();
    const hint =
      "No context set.\n\nSet context with:\n  forge use <workspace>\n  forge use <workspace>:<agent>\n";
    expect(await forge.must(["use"])).toBe(hint);
    expect(await forge.must(["use", "--show"])).toBe(hint);
    expect(await forge.must(["use", "--clear"])).toBe("Context cleared.\n");
    expect(await forge.must(["context"])).toBe("No context set.\n");
    expect(JSON.parse(await forge.must(["context", "--json"]))).toEqual({
      WorkspaceID: "",
      WorkspaceName: "",
      AgentID: "",
      AgentName: "",
      UpdatedAt: "0001-01-01T00:00:00Z",
    });
    expect([forge.configDir, forge.dataDir].map((path) => existsSync(path))).toEqual([false, false]);
  });

  const forms: [words: string[], said: string, label: string][] = [
    [["--workspace", "web"], "Workspace set to: web (aaaa1111)", "web"],
    [["web"], "Workspace set to: web (aaaa1111)", "web"],
    [["aaaa2"], "Workspace set to: api (aaaa2222)", "api"],
    [["--agent", "bg"], "Agent set to: bg333333", "api:bg333333"],
    [["web:ag1"], "Context set to: web:ag111111", "web:ag111111"],
    [["ag2"], "Agent set to: ag222222", "web:ag222222"],
    [["-w", "web", "-a", "ag2"], "Context set to: web:ag222222", "web:ag222222"],
  ];
  test.each(forms)("use %p", async (words, said, label) => {
    await using forge = withPlaces();
    expect(await forge.must(["use", ...words])).toBe(`${said}\n`);
    expect(await forge.must(["context"])).toBe(`Context: ${label}\n`);
  });

  test("what is set is shown and kept in the file; a workspace clears the agent", async () => {
    await using forge = withPlaces();
    await forge.must(["use", "web:ag1"]);
    expect(await forge.must(["use"])).toBe(
      "Current context: web:ag111111\n  Workspace: aaaa1111-0000 (web)\n  Agent: ag11111122-0 (ag111111)\n",
    );
    const stored = Bun.YAML.parse(readFileSync(fileOf(forge), "utf8"));
    expect(stored).toEqual({
      workspace: "aaaa1111-0000",
      workspace_name: "web",
      agent: "ag11111122-0",
      agent_name: "ag111111",
      updated_at: expect.stringMatching(/Z$/),
    });
    const json = JSON.parse(await forge.must(["use", "web", "--json"]));
    expect(json).toMatchObject({ WorkspaceID: "aaaa1111-0000", WorkspaceName: "web", AgentID: "" });
    expect(await forge.must(["use", "--show"])).toBe(
      "Current context: web\n  Workspace: aaaa1111-0000 (web)\n",
    );
    expect(await forge.must(["use", "--clear"])).toBe("Context cleared.\n");
    expect(existsSync(fileOf(forge))).toBe(false);
  });

  test("a file of another implementation, with empty texts, is read", async () => {
    await using forge = new Forge();
    mkdirSync(forge.configDir, { recursive: true });
    writeFileSync(fileOf(forge), 'workspace: ""\nworkspace_name: ""\nagent: x-1\nagent_name: ""\n');
    expect(await forge.must(["context"])).toBe("Context: :x-1\n");
    expect(await forge.must(["use"])).toBe("Current context: :x-1\n  Agent: x-1 ()\n");
  });

  const refused: [words: string[], message: string][] = [
    [["--workspace", "zz"], "failed to resolve workspace: workspace not found: zz"],
    [["--agent", "zz"], "failed to resolve agent: agent not found: zz"],
    [["zz:ag1"], "failed to resolve workspace 'zz': workspace not found: zz"],
    [["web:zz"], "failed to resolve agent 'zz': agent not found: zz"],
    [["web:bg3"], "failed to resolve agent 'bg3': agent bg3 does not belong to workspace web"],
    [["zz"], "'zz' is not a valid workspace or agent"],
    [["aaaa"], "workspace 'aaaa' is ambiguous; matches: web (aaaa1111-0000), api (aaaa2222-0000)"],
    [
      ["--agent", "ag"],
      "failed to resolve agent: agent 'ag' is ambiguous; matches: ag11111122-0, ag22222233-0",
    ],
  ];
  test.each(refused)("use %p is refused: %s", async (words, message) => {
    await using forge = withPlaces();
    expect(await forge.run(["use", ...words])).toEqual({ code: 1, stdout: "", stderr: `${message}\n` });
    expect(existsSync(fileOf(forge))).toBe(false);
  });

  test("edge case: use --agent x with no agents makes no file", async () => {
    await using forge = new Forge();
    const { code } = await forge.run(["use", "--agent", "x"]);
    expect([code, existsSync(fileOf(forge)), existsSync(forge.dataDir)]).toEqual([1, false, false]);
  });
});
