#!/usr/bin/env node
// My work and notifications: answered with the keyboard alone, refused with reasons, overtaken by others; the focus is never lost.
import { becomes, heard, is, listen, ok, open, run, settled, violations } from "./lib.mjs";

const focused = (page) => page.evaluate(() => document.activeElement?.closest("[data-item]")?.dataset.item ?? document.activeElement?.id ?? "");
const waits = async (page, section) => Number(await page.locator(`#work-${section} .badge`).innerText());
const listed = async (api, person, section) => (await api(`/work?person=${person}`)).sections.filter((one) => one.section === section).flatMap((one) => one.items);

async function whose(page) {
    await page.visit("/work");
    await page.getByRole("button", { name: /Sam/ }).first().click();
    await page.waitForURL(/person=sam/);
    await page.locator("[data-item]").first().waitFor();
    ok(true, "who one is stands in the URL");
    await page.visit("/work");
    await page.waitForURL(/person=sam/);
    ok(true, "and is kept for the next visit");
}

async function refused(page, api) {
    const [first, second] = await listed(api, "sam", "offers");
    await page.visit("/work?person=sam");
    await page.keyboard.press("j");
    is(await focused(page), first.record.id, "J goes to the first item");
    await page.keyboard.press("a");
    const alert = page.locator(`#item-${first.record.id} [role=alert]`);
    await alert.waitFor();
    ok((await alert.innerText()).includes("notes"), "what is refused says what is missing");
    is(await focused(page), first.record.id, "and the item keeps the focus");
    const found = await violations(page);
    ok(found.length === 0, "axe finds nothing on the refused item", ...found);
    await page.keyboard.press("j");
    is(await focused(page), second.record.id, "J goes on");
    await page.keyboard.press("k");
    is(await focused(page), first.record.id, "K goes back");
}

async function returned(page, api) {
    const [first, second] = await listed(api, "sam", "offers");
    await page.keyboard.press("r");
    const form = page.locator(`#item-${first.record.id} form`);
    await form.waitFor();
    is(await page.evaluate(() => document.activeElement?.getAttribute("type")), "radio", "R asks for a reason, which has the focus");
    await page.keyboard.press("Escape");
    await form.waitFor({ state: "detached" });
    is(await focused(page), first.record.id, "Escape leaves it, and the item has the focus again");
    await page.keyboard.press("r");
    await form.waitFor();
    await page.keyboard.press("Space");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Control+Enter");
    is(await heard(page, "Returned"), `item-${second.record.id}`, "when it is said what was done, the next item has the focus");
    await page.locator(`#item-${first.record.id}`).waitFor({ state: "detached" });
    is(await focused(page), second.record.id, "and keeps it once the item has left");
    const now = (await api(`/objects/handoff/records/${first.record.id}`)).fields;
    is(`${now.state.value} ${now.reason.value}`, "returned no_need", "with the reason chosen");
}

async function overtaken(page, api, base) {
    const [task] = await listed(api, "sam", "tasks");
    // Somebody is faster by a hair: between what the page sends and what the server gets, so that no read of the page can know it.
    await page.route("**/api/v1/objects/task/records", async (route) => {
        await fetch(`${base}/api/v1/objects/task/records`, { method: "POST", body: JSON.stringify({ id: task.record.id, fields: { note: "somebody was here" } }) });
        await route.continue();
    }, { times: 1 });
    const item = page.locator(`#item-${task.record.id}`);
    await item.getByRole("button", { name: "Done" }).click();
    await page.keyboard.press("Space");
    await page.keyboard.press("Control+Enter");
    await item.getByRole("alert").waitFor();
    ok((await item.getByRole("alert").innerText()).includes("changed meanwhile"), "what somebody else changed is told");
    await page.waitForFunction((id) => !document.querySelector(`#item-${id} form`), task.record.id);
    is(await focused(page), task.record.id, "and the item has the focus when its form has closed");
    await page.reload();
    await settled(page);
    await item.getByRole("button", { name: "Done" }).click();
    await page.keyboard.press("Space");
    await page.keyboard.press("Control+Enter");
    await item.waitFor({ state: "detached" });
    ok(true, "read anew it can be answered");
}

async function decided(page) {
    const before = await waits(page, "approvals");
    await page.locator("section[aria-labelledby=work-approvals]").getByRole("button", { name: "Refuse" }).click();
    const note = page.locator("form textarea");
    is(await note.getAttribute("required"), "", "a refusal asks why");
    await note.fill("Too much");
    await page.keyboard.press("Control+Enter");
    await page.waitForFunction(() => document.activeElement?.id === "work-approvals");
    await becomes(() => waits(page, "approvals"), before - 1, "the last one leaves, its section has the focus");
}

async function told(page, api) {
    await page.visit("/notifications?person=sam");
    const unread = () => page.locator(".notice-row").count(), before = await unread();
    await becomes(() => page.locator(".nav .count").first().innerText().then((text) => parseInt(text, 10)), before, "the navigation counts what is unread");
    const next = await page.locator(".notice-row").nth(1).getAttribute("id");
    await page.getByRole("button", { name: /^Mark as read/ }).first().click();
    is(await heard(page, "Marked as read."), next, "when it is said that one is read, the next has the focus");
    await page.waitForFunction((n) => document.querySelectorAll(".notice-row").length === n, before - 1);
    await page.getByRole("button", { name: "Mark all read" }).click();
    is(await heard(page, `${before - 1} notification`), "notices", "when all are, the head of the list");
    await page.getByText("Everything is read.").waitFor();
    const left = await api(`/objects/notification/records?where=${encodeURIComponent("notification.owner.name == 'sam' && notification.state == 'unread'")}`);
    is(left.total, 0, "one, then all are read");
    await becomes(() => page.locator(".nav .count").count(), 0, "the number is gone");
}

/** A record: what stands before the next stage, a refused move, an exception asked for, the move. */
async function moved(page, api) {
    const where = encodeURIComponent("opportunity.stage == 'qualification' && !has(opportunity.champion)");
    const { records: [deal] } = await api(`/objects/opportunity/records?where=${where}&limit=1`);
    await page.visit(`/records/opportunity/${deal.id}`);
    const panel = page.locator("section[aria-labelledby=gate-new_business]");
    const { criteria } = await api(`/objects/opportunity/records/${deal.id}/gates/next`);
    await becomes(() => panel.locator(".gate-line").count(), criteria.length, "every criterion of the next stage is listed");
    await panel.getByRole("button", { name: "Move to Proposal" }).click();
    await panel.getByRole("alert").waitFor();
    ok((await panel.getByRole("alert").innerText()).includes("Name a champion."), "a refused move says why");
    await becomes(() => page.evaluate(() => document.activeElement?.textContent), "Move to Proposal", "and its button has the focus again");
    const found = await violations(page);
    ok(found.length === 0, "axe finds nothing on the refused move", ...found);
    await panel.getByRole("button", { name: "Ask for an exception" }).click();
    await page.keyboard.type("The CEO decides alone");
    await page.keyboard.press("Control+Enter");
    is(await heard(page, "An exception"), "Ask for an exception…", "when it is said that it was asked for, the focus is back where it began");
}

/** A lead that is qualified becomes an account, a contact and, when wanted, an opportunity. */
async function converted(page, api) {
    const { records: [lead] } = await api(`/objects/lead/records?where=${encodeURIComponent("lead.lifecycle_stage == 'sql'")}&limit=1`);
    await page.visit(`/records/lead/${lead.id}`);
    const panel = page.locator("section[aria-labelledby=gate-lead_to_revenue]");
    await panel.getByRole("button", { name: "Convert" }).click();
    await panel.getByLabel("Yes").check();
    await panel.getByLabel(/^Close date/).fill("2020-01-01");
    await page.keyboard.press("Control+Enter");
    await panel.getByRole("alert").waitFor();
    ok((await panel.getByRole("alert").innerText()).includes("in the past"), "a refused conversion says why");
    const found = await violations(page);
    ok(found.length === 0, "axe finds nothing on the refused conversion", ...found);
    await panel.getByLabel("No", { exact: true }).check();
    await panel.getByLabel(/^Close date/).fill("");
    await page.keyboard.press("Control+Enter");
    is(await heard(page, "Converted"), "gate-lead_to_revenue", "when it is said that it was converted, the head of its card has the focus");
    await panel.getByText("Nothing comes after this stage.").waitFor();
    is(await focused(page), "gate-lead_to_revenue", "and keeps it when the button has left");
    is((await api(`/objects/lead/records/${lead.id}`)).fields.lifecycle_stage.value, "opportunity", "converted, it stands in its stage");
}

async function explained(page, api) {
    const { records: [offer] } = await api("/objects/handoff/records?limit=1");
    const lead = offer.fields.lead.value, score = await api(`/objects/lead/records/${lead}/scores/fit_score`);
    await page.visit(`/records/lead/${lead}`);
    const table = page.locator("section[aria-labelledby=score-fit_score] table");
    await table.waitFor();
    is(await table.locator("tbody tr").count(), score.terms.length, "a score has a row for every term");
    is(await table.locator("tfoot td").innerText(), String(score.value), "and its sum");
    await page.getByText("The rules that were tried").first().click();
    await becomes(() => page.getByText("passed over: on holiday").first().isVisible(), true, "the log of a route tells who was passed over");
}

async function imported(page, api) {
    const { imports } = await api("/imports"), running = imports.find((one) => one.state === "running"), ended = imports.find((one) => one.state === "done");
    await page.visit(`/imports/${running.id}`);
    is(await page.getByRole("progressbar").getAttribute("value"), String(running.progress.bytes), "a run shows how far it is");
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByText("stopped", { exact: true }).waitFor();
    ok(true, "and can be stopped");
    await page.visit(`/imports/${ended.id}`);
    await page.getByRole("button", { name: "Undo" }).click();
    await page.keyboard.press("Enter");
    is(await heard(page, "Taken back"), "undone", "when it is said that it was taken back, what it did has the focus");
    await page.getByText("undone", { exact: true }).waitFor();
    await becomes(() => page.getByText("it was edited since").isVisible(), true, "taken back, it names what stays");
}

await run(async (context) => {
    if (!context.mock) return ok(true, "answers that change things are for the mock");
    const page = await open(context), { api, base } = context;
    await listen(page);
    await whose(page);
    await refused(page, api);
    await returned(page, api);
    await overtaken(page, api, base);
    await decided(page);
    await told(page, api);
    await moved(page, api);
    await converted(page, api);
    await explained(page, api);
    await imported(page, api);
    const faults = page.faults.filter((one) => !/status of 4\d\d/.test(one));
    ok(faults.length === 0, "nothing goes wrong on the way", ...faults);
});
