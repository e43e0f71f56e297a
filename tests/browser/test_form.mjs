#!/usr/bin/env node
// A record's fields changed in place and a record made, over a real server: refusals at their fields, values overtaken by others, locks.
import { becomes, is, ok, open, pick, run, settled, violations } from "./lib.mjs";

const MODEL = `version: 1
company: {name: Acme, currency: EUR, timezone: Europe/Berlin, owner: ana}
people:
  ana: {name: Ana Ruiz, role: revops}
  ben: {name: Ben Cole, role: lead}
  sam: {name: Sam Ode, role: ae, manager: ben}
objects:
- name: account
  owner: ana
  keys: [domain]
  fields: [{name: name, type: text}, {name: domain, type: domain}]
- name: deal
  owner: ana
  keys: [ext]
  fields:
  - {name: ext, type: text}
  - {name: name, type: text, required: true}
  - {name: account, type: ref, to: account}
  - {name: amount, type: money}
  - {name: discount, type: number, description: "A share: 0.1 is ten percent."}
  - {name: size, type: enum, values: [small, large], default: small}
  - {name: closing, type: date}
  - {name: call_at, type: instant}
  - {name: signed, type: boolean}
  - {name: land, type: country}
  - {name: doubled, type: number, computed: "deal.discount * 2.0"}
pipelines:
- {name: sales, object: deal, owner: ben, stages: [{name: open}, {name: won, outcome: won, locks: [amount]}, {name: lost, outcome: lost}]}
approvals:
- {name: rebate, object: deal, owner: ben, needed_when: deal.discount > 0.5, chain: [{to: {person: ben}}], locks: [discount]}
rules:
- {id: D-1, object: deal, owner: ben, require: "!has(deal.discount) || deal.discount < 0.9", field: discount, message: Ask for less., help: At most 0.9.}
- {id: D-2, object: deal, owner: ana, require: has(deal.amount), field: amount, message: Say what it is worth., enforcement: warn}
`;

const focused = (page) => page.evaluate(() => document.activeElement?.id ?? "");
const focusOn = (page, id) => page.waitForFunction((wanted) => document.activeElement?.id === wanted, id);
const said = (page, text) => page.waitForFunction((wanted) => document.querySelector("[role=status][aria-live=polite]")?.textContent?.includes(wanted), text);
const value = async (api, id, field) => (await api(`/objects/deal/records/${id}`)).fields[field]?.text;

/** From the list to a new record, with the keyboard. */
async function created(page, api) {
    await page.visit("/records/deal");
    await page.getByRole("link", { name: "New", exact: true }).click();
    await page.locator("#new-name").waitFor();
    is(await page.locator(".form-grid label").first().innerText(), "Name (required)", "what it has to have comes first");
    ok((await page.locator("#new-size-hint").innerText()).includes("Left empty: Small"), "what an empty field becomes is said");
    is(await page.locator("#new-doubled").count(), 0, "what a formula makes is not asked for");
    await page.locator("#new-ext").fill("one");
    await page.locator("#new-discount").fill("much");
    await page.keyboard.press("Enter");
    await focusOn(page, "new-name");
    ok((await page.locator("#new-name-findings").innerText()).includes("required"), "a refusal stands at its field, which has the focus");
    ok((await page.locator("#new-discount-findings").innerText()).includes("INVALID"), "and so does the next one, with its code");
    is(await page.locator("#new-ext").inputValue(), "one", "nothing typed is lost");
    const found = await violations(page);
    ok(found.length === 0, "axe finds nothing on the refused form", ...found);
    await page.locator("#new-name").fill("First deal");
    await page.locator("#new-discount").fill("0.95");
    await page.keyboard.press("Control+Enter");
    const rule = page.locator("#new-discount-findings");
    await rule.getByText("D-1").waitFor();
    const text = await rule.innerText();
    ok(text.includes("Ask for less.") && text.includes("Ben Cole") && text.includes("At most 0.9."), "a rule says what, who answers for it, and what to do");
    await page.locator("#new-discount").fill("0.2");
    await page.locator("#new-account").focus();
    await pick(page, "ALD", "Alder");
    await becomes(() => page.locator("#new-account").inputValue(), "Alder Analytics", "a record is looked for by its name");
    await page.locator("#new-closing").fill("2027-03-01");
    await page.locator("#new-call_at").fill("2027-07-01T11:30");
    await page.locator("#new-signed").selectOption("false");
    await page.locator("#new-land").fill("Germany");
    await page.getByRole("button", { name: "Create deal" }).click();
    await focusOn(page, "created");
    ok((await page.locator("section[aria-labelledby=created]").innerText()).includes("Say what it is worth."), "a warning does not refuse, and is told");
    await page.getByRole("link", { name: "Open it" }).click();
    await page.waitForURL(/\/records\/deal\/[a-z]+_/);
    await settled(page);
    const id = page.url().split("/").at(-1), fields = (await api(`/objects/deal/records/${id}`)).fields;
    is([fields.name, fields.account, fields.closing, fields.call_at, fields.signed, fields.land, fields.size].map((one) => one?.text).join(), "First deal,Alder Analytics,2027-03-01,2027-07-01T09:30:00Z,false,DE,Small", "every kind of value came as it was meant");
    return id;
}

async function twice(page) {
    await page.visit("/records/deal/new");
    await page.locator("#new-name").fill("Again");
    await page.locator("#new-ext").fill("one");
    await page.keyboard.press("Enter");
    await page.getByText("It is there already").waitFor();
    await becomes(() => page.getByRole("link", { name: "Open the one that is there" }).isVisible(), true, "what is there already is not overwritten");
    page.once("dialog", (dialog) => void dialog.accept());
    await page.getByRole("link", { name: "Open the one that is there" }).click();
    await page.waitForURL(/\/records\/deal\/[a-z]+_/);
    await settled(page);
}

/** One field by its own button, then all by a key. */
async function edited(page, api, id) {
    await page.visit(`/records/deal/${id}`);
    const pencil = page.locator("#edit-name");
    await pencil.waitFor();
    await pencil.focus();
    await page.keyboard.press("Enter");
    await focusOn(page, "input-name");
    await page.keyboard.press("Escape");
    await focusOn(page, "edit-name");
    ok(true, "a field is opened with the keyboard, and closed with Escape");
    await page.keyboard.press("Enter");
    await focusOn(page, "input-name");
    await page.locator("#input-name").fill("Renamed");
    await page.keyboard.press("Enter");
    await said(page, "Saved 1 change");
    await focusOn(page, "edit-name");
    is(await value(api, id, "name"), "Renamed", "saved, the focus is back where it began");
    ok(await page.getByText("Say what it is worth.").count() === 0, "a rule that reads nothing of it is not asked");
    await page.keyboard.press("e");
    await page.locator("#input-amount").waitFor();
    ok((await page.getByText("Made by the formula deal.discount * 2.0.").count()) === 1, "what a formula makes says so");
    await page.locator("#input-amount").fill("1200.5");
    await page.getByLabel("Currency of Amount").fill("usd");
    await page.locator("#input-size").selectOption("large");
    await page.locator("#input-name").fill("");
    await page.getByRole("button", { name: "Save 3 changes" }).click();
    await focusOn(page, "input-name");
    is(await page.locator("#input-amount").inputValue(), "1200.5", "refused, all that was typed is still there");
    const found = await violations(page);
    ok(found.length === 0, "axe finds nothing on the form", ...found);
    await page.locator("#input-name").fill("Renamed");
    await page.keyboard.press("Enter");
    await said(page, "Saved 2 changes");
    is(`${await value(api, id, "amount")} ${await value(api, id, "size")}`, "1200.50 USD Large", "two changes went as one command");
    const { events: [last] } = await api(`/objects/deal/records/${id}/history`);
    is(last.changes.filter((one) => ["amount", "size"].includes(one.field)).length, 2, "and are one event");
}

async function overtaken(page, api, put, id) {
    await page.visit(`/records/deal/${id}`);
    await page.locator("#edit-name").click();
    await focusOn(page, "input-name");
    await page.locator("#input-name").fill("Mine");
    await page.locator("#edit-closing").click();
    await focusOn(page, "input-closing");
    await page.locator("#input-closing").fill("2027-04-01");
    await put("deal", { name: "Theirs", size: "small" }, { id, as: "sam" });
    await page.getByRole("button", { name: "Save 2 changes" }).click();
    const choice = page.locator(".clash");
    await choice.waitFor();
    const text = await choice.innerText();
    ok(text.includes("Mine") && text.includes("Theirs") && text.includes("Sam Ode"), "what both changed is shown with who did it", text);
    is(await page.locator(".clash").count(), 1, "what only one of them changed is no question");
    const found = await violations(page);
    ok(found.length === 0, "axe finds nothing on the choice", ...found);
    await page.getByRole("button", { name: "Save 2 changes" }).click();
    await focusOn(page, "input-name-mine");
    ok(true, "it is not sent before somebody chose");
    await page.keyboard.press("Space");
    await page.keyboard.press("ArrowDown");
    await page.getByRole("button", { name: "Save 1 change" }).click();
    await said(page, "Saved 1 change");
    is([await value(api, id, "name"), await value(api, id, "closing"), await value(api, id, "size")].join(), "Theirs,2027-04-01,Small", "what was chosen stands, and the rest was saved");
    await page.locator("#edit-name").click();
    await focusOn(page, "input-name");
    await page.locator("#input-name").fill("Mine");
    await put("deal", { signed: true }, { id });
    await page.keyboard.press("Enter");
    await page.getByText("but nothing that you typed").waitFor();
    await page.locator("#input-name").press("Enter");
    // What was said before is the same: the record tells.
    await becomes(() => value(api, id, "name"), "Mine", "when nothing was in the way, it is sent again");
}

async function locked(page, api, put, id) {
    await put("deal", { discount: 0.6 }, { id, as: "sam" });
    await page.visit(`/records/deal/${id}`);
    await page.locator("#edit-name").waitFor();
    const lock = page.locator("dd", { hasText: "approvals.rebate.discount" });
    await lock.waitFor();
    ok((await lock.innerText()).includes("while ben decides on rebate"), "a locked field says what locks it");
    is(await page.locator("#edit-discount").count(), 0, "and is not offered");
    await lock.getByRole("button", { name: "Ask for an exception" }).click();
    await page.waitForFunction(() => document.activeElement?.tagName === "TEXTAREA");
    await page.keyboard.type("The customer waits");
    await page.keyboard.press("Control+Enter");
    await said(page, "exception was asked for");
    is((await api(`/objects/waiver/records?where=${encodeURIComponent("waiver.rule == 'approvals.rebate.discount'")}`)).total, 1, "the way past it can be asked for there");
    const found = await violations(page);
    ok(found.length === 0, "axe finds nothing on the locked field", ...found);
}

/** What was typed is not left behind without a word. */
async function left(page, id) {
    await page.visit(`/records/deal/${id}`);
    await page.locator("#edit-name").click();
    await focusOn(page, "input-name");
    await page.locator("#input-name").fill("Half a thought");
    const asked = page.waitForEvent("dialog");
    const going = page.getByRole("link", { name: "Metrics", exact: true }).click();
    const dialog = await asked;
    ok(dialog.message().includes("not saved"), "leaving asks");
    await dialog.dismiss();
    await going;
    is(await page.locator("#input-name").inputValue(), "Half a thought", "and staying keeps it");
    await page.getByRole("button", { name: "Cancel" }).click();
    ok(await focused(page) !== "input-name", "cancelled, the form is closed");
}

await run(async (context) => {
    const { api, put } = context, page = await open(context);
    await put("account", { name: "Alder Analytics", domain: "alder.example" });
    await put("account", { name: "Birch Works", domain: "birch.example" });
    await page.visit("/records/account");
    const id = await created(page, api);
    await twice(page);
    await edited(page, api, id);
    await overtaken(page, api, put, id);
    await locked(page, api, put, id);
    await left(page, id);
    const faults = page.faults.filter((one) => !/status of 4\d\d/.test(one));
    ok(faults.length === 0, "nothing goes wrong on the way", ...faults);
}, { model: MODEL });
