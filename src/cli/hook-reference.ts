import { onlyOne } from "../core/place-reference.ts";

/** The hook of an id or of the start of one. Throws `hook not found: <id>` and `hook '<id>' is ambiguous; ...`. */
export const findHook = <Found extends { readonly id: string }>(hooks: readonly Found[], word = ""): Found =>
  onlyOne("hook", hooks, word.trim(), ({ id }) => id);
