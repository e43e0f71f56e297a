// process.mjs - what waits in the made-up company: offers, tasks, decisions, deadlines, and what people were told.
//
// In:  records.   Out: definitions and records of the built-in objects; the work of a person; what a command does to them.
import { byId, end, headSeq, instantText, make, objects } from "./data.mjs";

const HOUR = 3600000, DAY = 24 * HOUR;
const rule = (name) => ({ kind: "rule", name });
const leads = objects.lead.filter((one) => one.values.lifecycle_stage === "mql").slice(-3);
const deals = objects.opportunity.filter((one) => ["proposal", "negotiation"].includes(one.values.stage)).slice(-4);
const packet = (lead, notes) => JSON.stringify({ fit_score: lead.values.fit_score, lead_source: lead.values.lead_source, notes, touches: { count: 3, last: instantText(end - 5 * HOUR) } });

export const PEOPLE = [["ana", "Ana Ruiz", "revops"], ["ben", "Ben Cole", "sales_lead"], ["chloe", "Chloe Park", "marketing_lead"], ["dev", "Dev Shah", "cs_lead"], ["sam", "Sam Ito", "ae"], ["tia", "Tia Brandt", "ae"], ["uma", "Uma Nair", "ae"], ["raj", "Raj Menon", "sdr"]];
for (const [name, full_name, role] of PEOPLE) make("person", "per", end - 900 * DAY, full_name, { name, full_name, email: `${name}@northlight.example`, role, active: true }, undefined, { kind: "system", name: "seeds" });

leads.forEach((lead, i) => {
    make("handoff", "hand", end - (6 - i) * HOUR, "mql_to_sales", { name: "mql_to_sales", state: "offered", from: "chloe", offered_at: instantText(end - (6 - i) * HOUR), accept_by: instantText(end + (i * 2 - 1) * HOUR), attempt: i + 1, missing: i === 1 ? undefined : "notes", packet: packet(lead, i === 1 ? "met at the booth" : null), lead: lead.id }, "sam", rule("handoffs.mql_to_sales"));
    make("assignment", "asg", end - (6 - i) * HOUR, "inbound", { route: "inbound", rule: "everyone else", pool: "inbound_sdr", cause: "trigger", at: instantText(end - (6 - i) * HOUR), lead: lead.id, log: JSON.stringify({ route: "inbound", cause: "trigger", tried: [
        { rule: "existing customer", when: "lead.account.is_customer", verdict: "absent", empty: "lead.account", values: { "lead.account": null } },
        { rule: "everyone else", when: "has(lead.company)", verdict: "met", values: { "lead.company": lead.values.company }, pool: { pool: "inbound_sdr", strategy: "round_robin", drawn: "sam", members: [{ person: "sam", turns: 40, weight: 1, pass: 40000000 }, { person: "tia", turns: 40, weight: 1, pass: 41000000, skipped: "on holiday" }] } }] }) }, "sam", rule("routes.inbound"));
    make("clock", "clk", end - (6 - i) * HOUR, "mql_to_sales", { name: "mql_to_sales", kind: "accept", state: "running", calendar: "sales_hours", started_at: instantText(end - (6 - i) * HOUR), due_at: instantText(end + (i * 2 - 1) * HOUR), lead: lead.id }, "sam", rule("handoffs.mql_to_sales"));
});
deals.forEach((deal, i) => {
    make("task", "task", end - (9 - i) * DAY, ["Call the champion", "Send the security answers", "Agree the renewal", "Kickoff"][i], { name: ["Call the champion", "Send the security answers", "Agree the renewal", "Kickoff"][i], state: "open", due_at: i === 3 ? undefined : instantText(end + (i - 1) * 2 * DAY + 3 * HOUR), origin: "playbooks.renewal", opportunity: deal.id }, i === 2 ? undefined : "sam", rule("playbooks.renewal"));
    make("notification", "note", end - (i + 1) * HOUR, undefined, { kind: "handoff_offered", text: `${deal.title} waits for you`, why: "handoffs.mql_to_sales", link: `/records/opportunity/${deal.id}`, state: i === 3 ? "read" : "unread", at: instantText(end - (i + 1) * HOUR), channel: "app", opportunity: deal.id }, "sam", rule("notices"));
});
make("approval", "appr", end - 3 * HOUR, "discount", { name: "discount", state: "pending", step: 1, asked_at: instantText(end - 3 * HOUR), opportunity: deals[0].id }, "sam", rule("approvals.discount"));
make("waiver", "wai", end - 2 * HOUR, "PROP-2", { rule: "PROP-2", state: "asked", reason: "The CEO decides alone", asked_by: "tia", opportunity: deals[1].id }, "sam", { kind: "person", name: "tia" });
make("clock", "clk", end - 20 * DAY, "new_business.proposal", { name: "new_business.proposal", kind: "stage_age", state: "running", started_at: instantText(end - 20 * DAY), due_at: instantText(end + 10 * DAY), opportunity: deals[1].id }, "sam", rule("pipelines.new_business"));
for (const list of ["person", "handoff", "task", "approval", "waiver", "clock", "notification", "assignment"].map((name) => objects[name])) for (const record of list) {
    record.version = headSeq - 40;
    record.events.forEach((one, i) => { one.seq = headSeq - 40 + i; });
    byId.set(record.id, record);
}

const words = (...names) => names.map((name) => ({ name, label: name.charAt(0).toUpperCase() + name.slice(1).replaceAll("_", " ") }));
/** Fields beside the system's: name, type, and for references and closed lists what they are of. */
export const PROCESS_OBJECTS = {
    handoff: [["name", "text"], ["state", "enum", words("offered", "accepted", "returned")], ["from", "ref", "person"], ["offered_at", "instant"], ["accept_by", "instant"], ["attempt", "integer"], ["missing", "text"], ["packet", "json"], ["reason", "text"], ["note", "text"], ["lead", "ref", "lead"]],
    task: [["name", "text"], ["state", "enum", words("open", "done", "skipped")], ["due_at", "instant"], ["origin", "text"], ["outcome", "text"], ["reason", "text"], ["note", "text"], ["opportunity", "ref", "opportunity"]],
    approval: [["name", "text"], ["state", "enum", words("pending", "approved", "refused")], ["step", "integer"], ["asked_at", "instant"], ["note", "text"], ["opportunity", "ref", "opportunity"]],
    waiver: [["rule", "text"], ["state", "enum", words("asked", "approved", "refused")], ["reason", "text"], ["asked_by", "ref", "person"], ["note", "text"], ["opportunity", "ref", "opportunity"], ["lead", "ref", "lead"]],
    clock: [["name", "text"], ["kind", "enum", words("accept", "stage_age")], ["state", "enum", words("running", "met", "breached")], ["calendar", "text"], ["started_at", "instant"], ["due_at", "instant"], ["lead", "ref", "lead"], ["opportunity", "ref", "opportunity"]],
    notification: [["kind", "text"], ["text", "text"], ["why", "text"], ["link", "text"], ["channel", "text"], ["state", "enum", words("unread", "read")], ["at", "instant"], ["opportunity", "ref", "opportunity"]],
    assignment: [["route", "text"], ["rule", "text"], ["pool", "text"], ["cause", "text"], ["at", "instant"], ["log", "json"], ["lead", "ref", "lead"]],
};

const becomes = (record, action, state, asks = []) => ({ action, object: record.object, id: record.id, version: record.version, fields: { state }, asks });
const NOTE = { field: "note", required: false };
const ANSWERS = {
    handoff: (one) => [becomes(one, "accept", "accepted"), becomes(one, "return", "returned", [{ field: "reason", required: true, words: ["wrong_segment", "no_need", "duplicate", "bad_contact"] }, NOTE]), { action: "reroute", object: "assignment", fields: { lead: one.values.lead }, asks: [{ field: "route", required: true, words: ["inbound"] }] }],
    task: (one, whose) => [becomes(one, "done", "done", [{ field: "outcome", required: true, words: ["held", "moved"] }, NOTE]), becomes(one, "skip", "skipped", [{ field: "reason", required: true }]), ...(one.values.owner || !whose ? [] : [{ action: "take", object: "task", id: one.id, version: one.version, fields: { owner: whose }, asks: [] }])],
    approval: (one) => [becomes(one, "approve", "approved", [NOTE]), becomes(one, "refuse", "refused", [{ ...NOTE, required: true }])],
    waiver: (one) => [becomes(one, "approve", "approved", [NOTE]), becomes(one, "refuse", "refused", [NOTE])],
    clock: () => [],
};

function due(record) {
    const at = record.values.accept_by ?? record.values.due_at;
    if (!at) return { band: "never" };
    const left = Date.parse(at) - end;
    return { band: left < 0 ? "overdue" : left < 6 * HOUR ? "today" : "later", due: { at, state: left < 0 ? "breached" : "running", left: left / 1000, ...(record.object === "handoff" ? { calendar: "sales_hours" } : {}) } };
}
const SECTIONS = [["offers", "handoff", "offered"], ["tasks", "task", "open"], ["approvals", "approval", "pending"], ["waivers", "waiver", "asked"], ["deadlines", "clock", "running"]];

export function work({ person }, row) {
    const item = (record) => {
        const about = byId.get(record.values.lead ?? record.values.opportunity), travels = record.values.packet ? JSON.parse(record.values.packet) : undefined;
        return {
            object: record.object, record: row(record), ...(about ? { about: { object: about.object, id: about.id, title: about.title } } : {}), ...due(record),
            ...(travels ? { packet: Object.entries(travels).map(([name, value]) => ({ name, label: name, ...(value === null ? { missing: true, ...(name === "notes" ? { blocks: true } : {}) } : { value }) })) } : {}),
            actions: ANSWERS[record.object](record, person),
        };
    };
    const sections = SECTIONS.map(([section, object, state]) => {
        const items = objects[object].filter((one) => one.values.state === state && one.values.kind !== "accept" && (!person || !one.values.owner || one.values.owner === person)).map(item);
        return { section, object, label: object, where: `${object}.state == '${state}'`, total: items.length, items };
    });
    return { ...(person ? { person } : {}), now: instantText(end), sections };
}

/** Who is here; nobody of the mock is away. */
export function here(row) {
    const waits = (person) => SECTIONS.filter(([section]) => section !== "deadlines").map(([, object, state]) => ({
        object, where: `${object}.state == '${state}' && ${object}.owner.name == '${person}'`, count: objects[object].filter((one) => one.values.state === state && one.values.owner === person).length,
    }));
    return { today: instantText(end).slice(0, 10), people: objects.person.map((one) => ({ name: one.values.name, active: one.values.active !== false, record: row(one), away: false, seats: [], absences: [], quotas: [], work: waits(one.values.name) })) };
}

const finding = (code, field, message, help) => ({ code, criterion: "handoffs.mql_to_sales", enforcement: "deny", state: "unmet", field, message, help, owner: "chloe" });
/** A command on a record of the process: the findings that refuse it, or nothing. */
export function change(record, fields) {
    if (record.object === "handoff" && fields.state === "accepted" && record.values.missing) return [finding("PACKET_MISSING", "missing", "what must travel with it is missing: notes", "fill it on the lead, or return the handoff")];
    Object.assign(record.values, fields);
    record.version += 1;
    return undefined;
}
