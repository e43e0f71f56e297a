#!/usr/bin/env node
// People over a real server: seats, quotas, who is away and who stands in; days away entered, refused and ended with the keyboard.
import { becomes, is, ok, open, pick, run, violations } from "./lib.mjs";

const MODEL = `version: 1
company: {name: Acme, currency: EUR, timezone: Europe/Berlin, owner: ana}
people:
  ana: {name: Ana Ruiz, role: revops}
  ben: {name: Ben Cole, role: lead}
  sam: {name: Sam Ode, role: ae, manager: ben}
  lou: {name: Lou Fabre, role: ae, manager: ben}
  kim: {name: Kim Sato, role: desk, manager: ben}
calendars: {hours: {open: {mon-fri: ["09:00-17:00"]}}}
teams: {sales: {lead: ben, members: [sam, lou]}}
objects:
- {name: account, owner: ana, keys: [domain], fields: [{name: domain, type: domain}, {name: country, type: country}, {name: discount, type: number}, {name: worth, type: money}]}
approvals:
- {name: rebate, object: account, owner: ana, needed_when: account.discount > 0.1, chain: [{to: {person: kim}}], locks: [discount], void_when: changed(account.worth)}
territories:
- {name: dach, owner: ben, object: account, covers: "account.country in ['DE', 'AT']", seats: {ae: sam}, from: 2026-02-01}
`;

const focusOn = (page, id) => page.waitForFunction((wanted) => document.activeElement?.id === wanted, id);
const said = (page, text) => page.waitForFunction((wanted) => document.querySelector("[role=status][aria-live=polite]")?.textContent?.includes(wanted), text);
const later = (day, days) => new Date(Date.parse(`${day}T00:00:00Z`) + days * 86400000).toISOString().slice(0, 10);
const person = async (api, name) => (await api("/people")).people.find((one) => one.name === name);

async function shown(page, api) {
    await page.visit("/people");
    const row = page.locator("#person-sam");
    const text = await row.innerText();
    ok(text.includes("Sam Ode") && text.includes("AE · reports to Ben Cole"), "a person with role and manager", text);
    ok(/AE of Dach/.test(text), "and the seat they hold", text);
    is(await page.locator("section[aria-labelledby=team-sales] .person-row").count(), 2, "people stand under their team");
    const { people } = await api("/people");
    is(await page.locator(".person-row").count(), people.length, "everybody is there");
}

async function away(page, api) {
    const { today } = await api("/people");
    await page.locator("#away-sam").focus();
    await page.keyboard.press("Enter");
    await focusOn(page, "new-starts");
    await page.locator("#new-starts").fill(today);
    await page.locator("#new-ends").fill(later(today, -1));
    await page.keyboard.press("Enter");
    await page.locator("#new-ends-findings").waitFor();
    ok(true, "days that end before they begin are refused at their field");
    const found = await violations(page);
    ok(found.length === 0, "axe finds nothing on the form", ...found);
    await page.locator("#new-ends").fill(later(today, 3));
    await page.locator("#new-delegate").focus();
    await pick(page, "lou", "Lou");
    await page.getByRole("button", { name: "Create absence" }).click();
    await said(page, "is away");
    await focusOn(page, "away-sam");
    await page.locator("#person-sam").getByText("away, Lou Fabre stands in").waitFor();
    const sam = await person(api, "sam");
    is(`${sam.away} ${sam.stand_in?.title} ${sam.absences.length}`, "true Lou Fabre 1", "the days stand, with who stands in, and the focus is back");
}

async function ended(page, api) {
    const { today } = await api("/people");
    await page.locator("#person-sam").getByRole("button", { name: "Ends today" }).click();
    await said(page, "ends today");
    await becomes(async () => (await person(api, "sam")).absences[0].record.fields.ends.text, today, "an absence is ended");
    await becomes(() => page.locator("#person-sam").getByRole("button", { name: "Ends today" }).count(), 0, "once");
    await focusOn(page, "away-sam");
    ok(true, "and the focus stays with the person");
}

/** What waits for somebody who is away waits for who stands in, and for who is above them; what is to be decided is told. */
async function answered(page, api, put) {
    const { today } = await api("/people");
    const account = await put("account", { domain: "rebate.example", discount: 0.2, worth: "1200 EUR", owner: "lou" });
    await put("absence", { person: "kim", starts: later(today, -3), ends: later(today, 4), delegate: "lou" });
    const [approval] = (await api("/objects/approval/records")).records;
    is(approval.fields.account.value, account.id, "an approval waits");
    await page.visit("/work?person=ben");
    const item = page.locator(`#item-${approval.id}`);
    await item.waitFor();
    ok((await item.innerText()).includes("reports to you"), "who is above has it too, and hears why");
    await page.visit("/work?person=lou");
    await item.waitFor();
    const text = await item.innerText();
    ok(text.includes("for Kim Sato, away until"), "who stands in has it, and hears for whom", text);
    ok(/Discount\s*0\.2/.test(text) && text.includes("1,200"), "with what is to be decided", text);
    ok(text.includes("discount is above 0.1") && text.includes("Discount stays as it is") && text.includes("It lapses when worth changes"), "why, what is locked, and when it lapses", text);
    const found = await violations(page);
    ok(found.length === 0, "axe finds nothing on it", ...found);
    await item.getByRole("button", { name: "Approve" }).click();
    await page.keyboard.press("Control+Enter");
    await becomes(async () => (await api(`/objects/approval/records/${approval.id}`)).fields.state.value, "approved", "and answered there it is answered");
}

/** How somebody is told: chosen, refused at its field, chosen again. */
async function told(page, api) {
    await page.visit("/notifications?person=lou");
    const form = page.getByRole("form", { name: "How it is told" });
    await form.getByLabel("By mail").check();
    await form.getByLabel("All in one message a day, at").fill("08:30");
    await form.getByLabel("Only while this calendar is open").fill("no_such_hours");
    await page.keyboard.press("Enter");
    await focusOn(page, "notify_hours");
    ok((await page.locator("#notify_hours-findings").innerText()).includes("no_such_hours"), "a calendar that is not there is refused at its field");
    const found = await violations(page);
    ok(found.length === 0, "axe finds nothing on the refused choice", ...found);
    await form.getByLabel("Only while this calendar is open").fill("hours");
    await page.keyboard.press("Enter");
    await said(page, "Saved");
    is(await page.evaluate(() => document.activeElement?.id), "notify_hours", "saved, the focus is where it was");
    const { fields } = (await api(`/objects/person/records?where=${encodeURIComponent("person.name == 'lou'")}`)).records[0];
    is(`${fields.notify_by.text} ${fields.digest_at.text} ${fields.notify_hours.text}`, "mail 08:30 hours", "the choices stand on their record");
    await page.reload();
    await form.getByLabel("By mail").waitFor();
    await becomes(() => form.getByLabel("By mail").isChecked(), true, "and are shown again");
    await form.getByLabel("By mail").uncheck();
    await form.getByRole("button", { name: "Save" }).click();
    await said(page, "Saved");
    await becomes(async () => (await api(`/objects/person/records?where=${encodeURIComponent("person.name == 'lou'")}`)).records[0].fields.notify_by?.text, undefined, "none but the app is a choice too");
}

await run(async (context) => {
    const page = await open(context), { api } = context;
    await shown(page, api);
    await away(page, api);
    await ended(page, api);
    await told(page, api);
    await answered(page, api, context.put);
    const faults = page.faults.filter((one) => !/status of 4\d\d/.test(one));
    ok(faults.length === 0, "nothing goes wrong on the way", ...faults);
}, { model: MODEL });
