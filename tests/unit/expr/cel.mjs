// cel.mjs - CEL's public conformance suite as JSON on stdout, from the folder of npm modules given.
import { pathToFileURL } from "node:url";
import { join } from "node:path";

const file = join(process.argv[2], "@bufbuild/cel-spec/dist/esm/testdata/conformance.js");
const { tests } = await import(pathToFileURL(file));
process.stdout.write(JSON.stringify(tests));
