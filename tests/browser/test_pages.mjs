#!/usr/bin/env node
// Every page over the mock, in both colour schemes and at 320 px.
import { everyPage, run } from "./lib.mjs";

await run((context) => everyPage(context, [
    ["light", { colorScheme: "light" }],
    ["dark", { colorScheme: "dark" }],
    ["320 px", { colorScheme: "light", viewport: { width: 320, height: 640 } }],
]));
