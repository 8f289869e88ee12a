import semver from "semver";
import stripAnsi from "strip-ansi";

const [current, kind] = process.argv.slice(2).map(stripAnsi);
process.stdout.write(`${semver.inc(current, kind ?? "patch")}\n`);
