/** How every executable of this project is compiled; the benchmarks build the empty program to compare with by them too. */
export const compileFlags = [
  ...["build", "--compile", "--minify", "--bytecode", "--format=esm", "--splitting"],
  // Without these two a foreign repository's .env and bunfig.toml would act inside Forge.
  ...["--no-compile-autoload-dotenv", "--no-compile-autoload-bunfig"],
  // Ends Bun's own flags, so that none of BUN_OPTIONS (such as --preload) is heeded: measured on Bun 1.4.5, at no cost.
  "--compile-exec-argv=--",
  // Compiling code that runs a few times costs a short command more than it gains; main.ts takes it back for long ones.
  "--compile-jit-policy=100",
  // Hundreds of modules of a few lines, each in a file of its own, would cost a command more to open than to run.
  "--min-chunk-size=8192",
];
