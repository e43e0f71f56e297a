#!/usr/bin/env node
// What the pages do with answers: chart and table agree, refusals stand where they belong, states have URLs, nothing is lost.
import { becomes, is, ok, open, run, settled, violations } from "./lib.mjs";

async function tableTwin(page, api, metric) {
    const by = metric.dimensions[0].name, query = `by=${encodeURIComponent(by)}&window=last_12_months`;
    const answer = await api(`/metrics/${metric.name}?${query}`);
    await page.visit(`/metrics/${metric.name}?${query}`);
    const rows = page.locator("table tbody tr");
    await becomes(() => rows.count(), answer.rows.length, "the table has a row for each row of the answer");
    await becomes(() => page.getByRole("img", { name: /chart/ }).count(), answer.rows.length > 1 ? 1 : 0, "and a chart stands beside it");
    await rows.first().locator("a").first().click();
    await page.getByRole("dialog").locator("h3").first().waitFor();
    const group = new URL(page.url()).searchParams.get("group"), key = answer.rows[0].group[by];
    is(group, `${by}=${key?.value ?? ""}`, "opening a cell keeps its group in the URL");
    const opened = await api(`/metrics/${metric.name}/explain?window=last_12_months&group=${encodeURIComponent(group)}`);
    is(opened.answer.rows[0].text, answer.rows[0].text, "and the figure that opens is the one in the cell");
}

async function twinOnTiles(page, dashboard) {
    await page.visit(`/dashboards/${dashboard.name}`);
    const button = page.getByRole("button", { name: "Table" }).first();
    if (!(await button.count())) return;
    await button.click();
    await page.locator(".tile table").first().waitFor();
    await becomes(() => page.url().includes("table="), true, "a tile's table has a URL");
    await page.reload();
    await settled(page);
    await becomes(() => page.locator(".tile table").first().isVisible(), true, "and is there again after a reload");
}

async function refusedCondition(page, metric) {
    await page.visit(`/metrics/${metric.name}`);
    const figure = await page.locator(".huge").innerText();
    const field = page.getByLabel("Only records for which (CEL)");
    await field.fill(`${metric.object}.no_such_field == 1`);
    await field.press("Enter");
    const said = page.locator("#where-error");
    await said.waitFor();
    ok((await said.innerText()).includes("no_such_field"), "a condition that does not compile is refused beside its field");
    is(await field.getAttribute("aria-invalid"), "true", "the field is marked");
    is(await page.locator(".huge").innerText(), figure, "the last figure stays");
    const found = await violations(page);
    ok(found.length === 0, "axe finds nothing on the refused page", ...found);
    await page.getByRole("button", { name: "Clear" }).click();
    await said.waitFor({ state: "detached" });
    await becomes(() => page.url().includes("where="), false, "and can be cleared");
}

async function records(page, api, object) {
    const { total, records: first } = await api(`/objects/${object.name}/records?limit=1`);
    await page.visit(`/records/${object.name}`);
    await becomes(() => page.locator("table").getAttribute("aria-rowcount"), String(total + 1), "the list knows how many records there are");
    const row = page.locator("table tbody tr:not(.spacer)");
    await row.first().waitFor();
    const drawn = await row.count();
    ok(drawn > 0 && drawn <= Math.max(60, Math.min(total, 60)), `only the rows in view are drawn (${drawn} of ${total})`);
    const header = page.locator("thead button").first();
    await header.click();
    await page.waitForURL(/sort=/);
    await becomes(() => page.locator("thead th[aria-sort=ascending]").count(), 1, "sorting is in the URL and said");
    const before = new Date(Date.parse((await api(`/objects/${object.name}/records/${first[0].id}`)).created_at) - 3 * 86400000).toISOString().slice(0, 10);
    await page.visit(`/records/${object.name}/${first[0].id}`);
    await becomes(async () => (await page.locator(".timeline > li").count()) > 0, true, "a record shows its history");
    await page.visit(`/records/${object.name}/${first[0].id}?as_of=${before}`);
    await becomes(() => page.locator(".problem").isVisible(), true, "a record asked before it existed says so");
}

async function dryRun(page, object) {
    const fields = object.fields.filter((one) => one.kind === "plain" && one.type === "text").slice(0, 1);
    if (!fields.length) return;
    await page.visit(`/imports/new?object=${object.name}`);
    await page.getByLabel("CSV or JSON Lines").setInputFiles({ name: "two.csv", mimeType: "text/csv", buffer: Buffer.from(`${fields[0].name},Nobody knows this\nOne,1\nTwo,2\n`) });
    await page.getByRole("button", { name: "Dry run" }).click();
    const law = page.locator(".law");
    await law.waitFor();
    ok((await law.innerText()).replace(/\s+/g, " ").startsWith("2 rows in ="), "a dry run shows the row law of the whole file");
    ok((await law.innerText()).includes("adds up"), "which holds");
    await becomes(() => page.getByRole("button", { name: /^Import 2 rows/ }).isVisible(), true, "and offers the run only then");
}

async function theme(page) {
    await page.visit("/");
    await page.getByRole("button", { name: "Dark" }).click();
    await page.reload();
    await settled(page);
    await becomes(() => page.evaluate(() => getComputedStyle(document.documentElement).colorScheme), "dark", "a chosen colour scheme is kept");
}

await run(async (context) => {
    const { api } = context, model = await api("/model"), page = await open(context);
    const metric = model.metrics.find((one) => one.dimensions.length && one.object && one.kind === "simple") ?? model.metrics.find((one) => one.dimensions.length);
    const object = model.objects.find((one) => one.processes.length && one.records) ?? model.objects.find((one) => one.records);
    await tableTwin(page, api, metric);
    await twinOnTiles(page, model.dashboards[0]);
    await records(page, api, object);
    await dryRun(page, object);
    await theme(page);
    const faults = page.faults.filter((one) => !/status of 4\d\d/.test(one));
    await refusedCondition(page, metric);
    ok(faults.length === 0, "nothing goes wrong on the way", ...faults);
});
