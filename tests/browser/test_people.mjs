#!/usr/bin/env node
// People over a real server: seats, quotas, who is away and who stands in; days away entered, refused and ended with the keyboard.
import { becomes, is, ok, open, run, violations } from "./lib.mjs";

const MODEL = `version: 1
company: {name: Acme, currency: EUR, timezone: Europe/Berlin, owner: ana}
people:
  ana: {name: Ana Ruiz, role: revops}
  ben: {name: Ben Cole, role: lead}
  sam: {name: Sam Ode, role: ae, manager: ben}
  lou: {name: Lou Fabre, role: ae, manager: ben}
teams: {sales: {lead: ben, members: [sam, lou]}}
objects:
- {name: account, owner: ana, keys: [domain], fields: [{name: domain, type: domain}, {name: country, type: country}]}
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
    await page.keyboard.type("lou");
    await page.getByRole("option", { name: /Lou/ }).waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
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

await run(async (context) => {
    const page = await open(context), { api } = context;
    await shown(page, api);
    await away(page, api);
    await ended(page, api);
    const faults = page.faults.filter((one) => !/status of 4\d\d/.test(one));
    ok(faults.length === 0, "nothing goes wrong on the way", ...faults);
}, { model: MODEL });
