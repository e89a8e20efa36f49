/** Is given when the user or the system asks the program to end; the program then ends in order (spec/50 section 7.3). */
export function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => controller.abort());
  return controller.signal;
}
