// Runs a test program compiled for wasm32-wasip1: `node wasi.mjs PROGRAM ARGUMENTS`.
import { readFileSync } from "node:fs";
import { WASI } from "node:wasi";

const [program, ...args] = process.argv.slice(2);
const wasi = new WASI({
  version: "preview1",
  args: [program, ...args],
  env: process.env,
  returnOnExit: false,
});
// Rust's standard library imports these functions, which Debian's wasi-libc is too old to have.
// Programs without threads never call them.
const noThreads = () => {
  throw new Error("there are no threads here");
};
const imports = {
  ...wasi.getImportObject(),
  env: { pthread_join: noThreads, pthread_detach: noThreads },
};
const module = await WebAssembly.compile(readFileSync(program));
wasi.start(await WebAssembly.instantiate(module, imports)); // ends the process
