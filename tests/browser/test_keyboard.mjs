#!/usr/bin/env node
// With the keyboard alone: from a number on a dashboard down to a record and back, the palette, the help, the skip link.
import { becomes, inDialog, is, ok, open, run } from "./lib.mjs";

/** Presses Tab until `selector` has the focus; says whether it came. */
async function tabTo(page, selector, most = 120) {
    for (let i = 0; i < most; i++) {
        await page.keyboard.press("Tab");
        if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)) return true;
    }
    return false;
}

/** Two keys, one right after the other: when they were pressed is said, not measured, so that a slow machine cannot pull them apart. */
async function sequence(page, ...letters) {
    const keys = await page.context().newCDPSession(page), at = Date.now() / 1000;
    for (const [i, key] of letters.entries()) {
        const event = { key, code: `Key${key.toUpperCase()}`, windowsVirtualKeyCode: key.toUpperCase().charCodeAt(0), timestamp: at + i / 10 };
        await keys.send("Input.dispatchKeyEvent", { ...event, type: "keyDown", text: key });
        await keys.send("Input.dispatchKeyEvent", { ...event, type: "keyUp" });
    }
    await keys.detach();
}

/** Types into the palette and opens what it found, once Enter means it. */
async function choose(page, text, path) {
    await page.keyboard.press("Control+k");
    await page.getByRole("dialog").waitFor();
    await inDialog(page);
    await page.keyboard.type(text);
    await page.waitForFunction((wanted) => document.getElementById(document.activeElement?.getAttribute("aria-activedescendant"))?.dataset.key === wanted, path);
    await page.keyboard.press("Enter");
    await page.waitForURL(`**${path}`);
}

const outline = (page) => page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
const heading = (page) => page.locator("h1").innerText();

/** A page that shows one figure: a dashboard with a number, else a metric. */
async function numberPage(api, model) {
    for (const { name } of model.dashboards) {
        const { tiles } = await api(`/dashboards/${name}`);
        if (tiles.some((one) => one.answer?.rows.length === 1 && one.answer.rows[0].value !== null)) return [`/dashboards/${name}`, "a.big"];
    }
    return [`/metrics/${model.metrics.find((one) => one.object).name}`, ".huge a"];
}

async function fromNumberToRecord(page, path, number) {
    await page.visit(path);
    ok(await tabTo(page, number), "Tab reaches a number");
    is(await outline(page), "solid", "the focus is visible on it");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    await page.getByRole("dialog").locator("table tbody a").first().waitFor();
    await inDialog(page);
    ok(page.url().includes("open=figure"), "the open figure stands in the URL");
    ok(await tabTo(page, "[role=dialog] tbody a"), "Tab reaches a record in the drawer");
    const title = await page.evaluate(() => document.activeElement.textContent);
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/records\//);
    await page.locator("h1", { hasText: title }).waitFor();
    is(await heading(page), title, "Enter opens the record");
    await page.goBack();
    await page.getByRole("dialog").waitFor();
    await inDialog(page);
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await becomes(() => page.url().includes("open="), false, "Escape closes the drawer and its URL");
}

async function palette(page, metric) {
    await page.visit("/");
    await choose(page, metric.name, `/metrics/${metric.name}`);
    // A label that only repeats the name is shown in words.
    await page.locator("h1", { hasText: metric.label.replaceAll("_", " ") }).waitFor();
    ok(true, "Ctrl+K opens a metric by its name");
}

async function idInPalette(page, object, id) {
    await choose(page, id, `/records/${object}/${id}`);
    ok(true, "Ctrl+K opens a record by its id");
}

async function singleKeys(page) {
    await page.visit("/");
    await page.keyboard.press("?");
    const help = page.getByRole("dialog");
    await help.waitFor();
    ok((await help.innerText()).includes("Ctrl"), "? lists the keys");
    await help.getByRole("checkbox").press("Space");
    await page.keyboard.press("Escape");
    await help.waitFor({ state: "detached" });
    await page.keyboard.press("?");
    is(await help.count(), 0, "single keys can be switched off");
    await page.getByRole("button", { name: "Keys" }).click();
    await help.getByRole("checkbox").press("Space");
    await page.keyboard.press("Escape");
    await help.waitFor({ state: "detached" });
    await sequence(page, "g", "m");
    await page.waitForURL("**/metrics");
    ok(true, "g m goes to the metrics");
    await becomes(() => page.evaluate(() => document.activeElement.id), "main", "a new page has the focus");
}

await run(async (context) => {
    const model = await context.api("/model"), page = await open(context);
    const staged = model.objects.find((one) => one.kind === "record" && one.records && !one.builtin);
    const { records } = await context.api(`/objects/${staged.name}/records?limit=1`);
    await page.visit("/");
    await page.keyboard.press("Tab");
    is(await page.evaluate(() => document.activeElement.className), "skip", "the first Tab offers to skip the navigation");
    await fromNumberToRecord(page, ...(await numberPage(context.api, model)));
    await palette(page, model.metrics[0]);
    await idInPalette(page, staged.name, records[0].id);
    await singleKeys(page);
    ok(page.faults.length === 0, "nothing goes wrong on the way", ...page.faults);
});
