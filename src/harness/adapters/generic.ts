import { type Adapter, USUAL_BUSY } from "../adapter.ts";

/** Any program: what it prints is text, and only its exit tells how it went. */
export const generic: Adapter = {
  name: "generic",
  open: () => () => undefined,
  signsOfLife: [],
  outlivesItsEnd: false,
  isSilentInTools: false,
  busyFrom: USUAL_BUSY,
  countsSession: false,
  tellsDenials: false,
  fields: {},
};
