import type { Adapter } from "../adapter.ts";

/** Any program: what it prints is text, and only its exit tells how it went. */
export const generic: Adapter = {
  name: "generic",
  open: () => () => undefined,
  signsOfLife: [],
  outlivesItsEnd: false,
  isSilentInTools: false,
  countsSession: false,
  tellsDenials: false,
  requiredFields: {},
};
