import { isOneOf } from "../../core/enum.ts";
import { ADAPTERS, type Adapter, type AdapterName } from "../adapter.ts";
import { claude } from "./claude.ts";
import { codex } from "./codex.ts";
import { droid } from "./droid.ts";
import { generic } from "./generic.ts";
import { opencode } from "./opencode.ts";
import { pi } from "./pi.ts";

const adapters: Readonly<Record<AdapterName, Adapter>> = { claude, codex, opencode, pi, droid, generic };

/** The adapter for the harness of a row: amp, empty and unknown ones have none of their own. */
export const adapterFor = (harness: string): Adapter =>
  adapters[isOneOf(ADAPTERS, harness) ? harness : "generic"];
