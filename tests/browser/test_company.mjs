#!/usr/bin/env node
// Every page over a real server with a simulated company: what the mock does not think of, at three widths.
import { everyPage, run } from "./lib.mjs";

await run((context) => everyPage(context, [
    ["1280 px", { colorScheme: "light" }],
    ["768 px, dark", { colorScheme: "dark", viewport: { width: 768, height: 1024 } }],
    ["320 px", { colorScheme: "light", viewport: { width: 320, height: 640 } }],
]), { company: true });
