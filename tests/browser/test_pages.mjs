#!/usr/bin/env node
// Every page, in both colour schemes and at 320 px: nothing that axe objects to, no error, no message of the security
// policy, no request to elsewhere, no sideways scrolling.
import { ok, open, pages, run, violations } from "./lib.mjs";

const LOOKS = [
    ["light", { colorScheme: "light" }],
    ["dark", { colorScheme: "dark" }],
    ["320 px", { colorScheme: "light", viewport: { width: 320, height: 640 } }],
];

await run(async (context) => {
    for (const [look, options] of LOOKS) {
        const page = await open(context, options);
        for (const [name, path] of await pages(context.api)) {
            page.faults.length = 0;
            await page.visit(path);
            const found = await violations(page);
            ok(found.length === 0, `${name}, ${look}: axe finds nothing`, ...found);
            // A refusal that the page is there to show is a message of the browser too.
            const faults = page.faults.filter((one) => !/status of 4\d\d/.test(one));
            ok(faults.length === 0, `${name}, ${look}: nothing goes wrong`, ...faults);
            if (options.viewport) {
                const wide = await page.evaluate(() => document.documentElement.scrollWidth);
                ok(wide <= 320, `${name}, ${look}: fits`, `the page is ${wide} px wide`);
            }
        }
        await page.context().close();
    }
});
