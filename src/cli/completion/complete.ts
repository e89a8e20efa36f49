import { type Entry, findEntry, type Group } from "../../console/command.ts";
import type { Completion, Flag, Flags } from "../../console/flags.ts";

export interface Candidate {
  word: string;
  description: string;
}

export interface Completions {
  candidates: Candidate[];
  /** Whether the shell should offer files as well. */
  files: boolean;
}

/** Gives the stored names of a kind: loops, profiles, pools. */
export type NamesOf = (kind: Exclude<Completion, readonly string[] | "file" | "directory">) => Candidate[];

interface Context {
  root: Group;
  globalFlags: Flags;
  namesOf: NamesOf;
}

/** What may stand in place of the last of `words`, the others being complete. Never throws for any words. */
export function complete(words: readonly string[], context: Context): Completions {
  const current = words.at(-1) ?? "";
  const place = placeAfter(words.slice(0, -1), context);
  const found = candidatesAt(place, current, context);
  return { ...found, candidates: found.candidates.filter(({ word }) => word.startsWith(current)) };
}

interface Place {
  entry: Entry;
  flags: Flags;
  /** Positional words that stand before. */
  position: number;
  /** The flag whose value is being typed. */
  pending?: Flag;
  /** After `--`: no flags any more. */
  literal: boolean;
}

function placeAfter(words: readonly string[], { root, globalFlags }: Context): Place {
  let place: Place = { entry: root, flags: globalFlags, position: 0, literal: false };
  for (const word of words) place = step(place, word);
  return place;
}

function step(place: Place, word: string): Place {
  const { pending, ...rest } = place;
  if (pending) return rest;
  if (!place.literal && word === "--") return { ...rest, literal: true };
  if (!place.literal && word.startsWith("-") && word.length > 1) {
    const flag = word.includes("=") ? undefined : flagOf(word, place.flags);
    return flag && flag.type !== "bool" ? { ...rest, pending: flag } : rest;
  }
  if (place.entry.kind === "command") return { ...rest, position: place.position + 1 };
  const entry = findEntry(place.entry.commands, word);
  return entry ? { ...rest, entry, flags: { ...place.flags, ...entry.flags } } : rest;
}

function flagOf(word: string, flags: Flags): Flag | undefined {
  if (word.startsWith("--")) return Object.hasOwn(flags, word.slice(2)) ? flags[word.slice(2)] : undefined;
  return Object.values(flags).find(({ short }) => short === word.at(-1));
}

function candidatesAt(place: Place, current: string, context: Context): Completions {
  if (place.pending) return valueCandidates(place.pending.completes, context);
  const [, name, value] = /^--([^=]+)=(.*)$/s.exec(current) ?? [];
  if (!place.literal && name !== undefined && value !== undefined) {
    const { candidates, files } = valueCandidates(flagOf(`--${name}`, place.flags)?.completes, context);
    return {
      candidates: candidates.map(({ word, ...rest }) => ({ word: `--${name}=${word}`, ...rest })),
      files,
    };
  }
  if (!place.literal && current.startsWith("-"))
    return { candidates: flagCandidates(place.flags), files: false };
  if (place.entry.kind === "group") return { candidates: commandCandidates(place.entry), files: false };
  const { completes = [], max } = place.entry.arity;
  if (place.position >= max) return { candidates: [], files: false };
  return valueCandidates(completes[Math.min(place.position, completes.length - 1)], context);
}

function valueCandidates(completion: Completion | undefined, { namesOf }: Context): Completions {
  if (completion === undefined) return { candidates: [], files: false };
  if (completion === "file" || completion === "directory") return { candidates: [], files: true };
  if (typeof completion === "string")
    return { candidates: namesOf(completion), files: completion === "prompt" };
  return { candidates: completion.map((word) => ({ word, description: "" })), files: false };
}

const flagCandidates = (flags: Flags): Candidate[] =>
  Object.entries(flags)
    .filter(([, { hidden }]) => !hidden)
    .map(([name, { help }]) => ({ word: `--${name}`, description: help }));

const commandCandidates = ({ commands }: Group): Candidate[] =>
  commands.filter(({ hidden }) => !hidden).map(({ name, summary }) => ({ word: name, description: summary }));
