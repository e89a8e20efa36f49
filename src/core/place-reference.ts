import type { Agent } from "./agent.ts";
import { ForgeError, notFound } from "./errors.ts";
import type { Workspace } from "./workspace.ts";

type NamedWorkspace = Pick<Workspace, "id" | "name">;

/** The workspace of an id, an exact name, or the start of an id. Throws `workspace not found: <reference>`. */
export function findWorkspace<Found extends NamedWorkspace>(
  workspaces: readonly Found[],
  reference: string,
): Found {
  const exact =
    workspaces.find(({ id }) => id === reference) ?? workspaces.find(({ name }) => name === reference);
  return exact ?? onlyOne("workspace", workspaces, reference, ({ id, name }) => `${name} (${id})`);
}

/** The agent of an id or of the start of one. Throws `agent not found: <reference>`. */
export const findAgent = <Found extends Pick<Agent, "id">>(
  agents: readonly Found[],
  reference: string,
): Found => agents.find(({ id }) => id === reference) ?? onlyOne("agent", agents, reference, ({ id }) => id);

/** The one whose id begins so. Throws `<noun> not found: <reference>` and `<noun> '<reference>' is ambiguous; ...`. */
export function onlyOne<Found extends { readonly id: string }>(
  noun: string,
  candidates: readonly Found[],
  reference: string,
  label: (candidate: Found) => string,
): Found {
  const matches = candidates.filter(({ id }) => reference !== "" && id.startsWith(reference));
  const [match] = matches;
  if (!match) throw notFound(`${noun} not found: ${reference}`);
  if (matches.length > 1)
    throw new ForgeError(
      "ambiguous",
      `${noun} '${reference}' is ambiguous; matches: ${matches.map(label).join(", ")}`,
    );
  return match;
}

/** The workspace whose repository holds a folder; the innermost one where they lie in one another. */
export const workspaceAt = <Found extends Pick<Workspace, "repoPath">>(
  workspaces: readonly Found[],
  folder: string,
): Found | undefined =>
  workspaces
    .filter(({ repoPath }) => folder === repoPath || folder.startsWith(`${repoPath.replace(/\/+$/, "")}/`))
    .toSorted((a, b) => b.repoPath.length - a.repoPath.length)[0];

const SHORTEST_LABEL = 8;

/** The start of an id, at least eight characters and as long as it takes to tell it from the others. */
export function idLabel(id: string, all: readonly string[]): string {
  const others = all.filter((other) => other !== id);
  let length = SHORTEST_LABEL;
  while (length < id.length && others.some((other) => other.startsWith(id.slice(0, length)))) length++;
  return id.slice(0, length);
}
