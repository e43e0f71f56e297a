// records.mjs - records, their history, imports, quarantine and audit of the made-up company.
import { byId, dayText, headSeq, instantText, money, objects } from "./data.mjs";
import { model } from "./model.mjs";
import { change, PROCESS_OBJECTS } from "./process.mjs";
import { compileWhere } from "./where.mjs";
import { Refused } from "./answers.mjs";

const definition = (name) => {
    const found = model.objects.find((one) => one.name === name);
    if (!found) throw new Refused(404, "not_found", `There is no object '${name}'`, { help: `Objects are ${model.objects.map((one) => one.name).join(", ")}.` });
    return found;
};
const people = new Map(model.people.map((one) => [one.name, one]));

function cell(field, value) {
    if (value === undefined || value === null) return undefined;
    if (field.type === "money") return { value: money(value), text: money(value).text };
    if (field.type === "ref" && field.to === "person") return { value, text: people.get(value)?.label ?? value };
    if (field.type === "ref") return { value, text: byId.get(value)?.title ?? value };
    return { value, text: String(field.values?.find((one) => one.name === value)?.label ?? value) };
}
function fieldsOf(record, values, only) {
    const out = {};
    for (const field of definition(record.object).fields) {
        if (only && !only.includes(field.name)) continue;
        const value = { id: record.id, created_at: instantText(record.created), updated_at: instantText(record.updated) }[field.name] ?? values[field.name];
        const shown = cell(field, value);
        if (shown) out[field.name] = shown;
    }
    return out;
}
export const row = (record, only) => ({ id: record.id, version: record.version, title: record.title, fields: fieldsOf(record, record.values, only) });

function page(list, params, shape) {
    const limit = Number(params.limit ?? 50), offset = Number(params.cursor ?? 0);
    if (!(limit >= 1 && limit <= 500)) throw new Refused(400, "bad_parameter", "limit is 1 to 500", { parameter: "limit" });
    return { items: list.slice(offset, offset + limit).map(shape), cursor: offset + limit < list.length ? String(offset + limit) : undefined };
}
const order = (value) => (value === undefined || value === null ? null : typeof value === "object" ? value.minor : value);

export function records(object, params, list = objects[object] ?? []) {
    const fields = definition(object).fields;
    let found = params.where ? list.filter(compileWhere(params.where, object)) : [...list];
    if (params.ids) found = found.filter((record) => params.ids.split(",").includes(record.id));
    if (params.sort) {
        const name = params.sort.replace(/^-/, ""), sign = params.sort.startsWith("-") ? -1 : 1;
        if (!fields.some((one) => one.name === name)) throw new Refused(400, "bad_parameter", `${object} has no field '${name}'`, { parameter: "sort" });
        const key = (record) => order(name === "created_at" ? record.created : name === "updated_at" ? record.updated : name === "id" ? record.id : record.values[name]);
        found.sort((a, b) => { const x = key(a), y = key(b); return x === null || y === null ? (x === y ? 0 : x === null ? 1 : -1) : x < y ? -sign : x > y ? sign : 0; });
    }
    const { items, cursor } = page(found, params, (record) => row(record, params.fields?.split(",")));
    return { records: items, cursor, total: found.length };
}

function recordOf(object, id) {
    definition(object);
    const found = byId.get(id);
    if (!found || found.object !== object) throw new Refused(404, "not_found", `There is no ${object} '${id}'`, { help: "Ids are listed by GET /api/v1/objects/OBJECT/records." });
    return found;
}
const childList = (object, id, name) => {
    const child = definition(object).children.find((one) => one.name === name);
    if (!child) throw new Refused(404, "not_found", `${object} has no children '${name}'`);
    return [child.object, (objects[child.object] ?? []).filter((record) => record.values[child.via] === id)];
};

export function record(object, id, params) {
    const found = recordOf(object, id);
    let values = found.values, visits = found.visits, asOf;
    if (params.as_of) {
        asOf = Date.parse(`${params.as_of.slice(0, 10)}T00:00:00Z`) + 86400000;
        if (Number.isNaN(asOf)) throw new Refused(400, "bad_parameter", `'${params.as_of}' is not a date`, { parameter: "as_of", help: "Write 2026-03-01." });
        if (asOf <= found.created) throw new Refused(404, "not_yet", `${found.title} did not exist at that time`, { detail: `It was created on ${dayText(found.created)}.`, parameter: "as_of" });
        values = {};
        for (const event of found.events) if (event.ms < asOf) for (const change of event.changes) values[change.field] = change.new;
        visits = visits.filter((visit) => visit.entered < asOf).map((visit) => ({ ...visit, left: visit.left < asOf ? visit.left : undefined }));
    }
    const fields = fieldsOf(found, values);
    for (const event of found.events) if (!asOf || event.ms < asOf) for (const change of event.changes) if (fields[change.field]) Object.assign(fields[change.field], { by: actorText(event.actor), at: instantText(event.ms) });
    if (fields.segment && found.created < Date.parse("2024-12-01")) fields.segment.stale = true;
    return {
        id, object, version: found.version, title: found.title, created_at: instantText(found.created), updated_at: instantText(found.updated), as_of: params.as_of, known: params.known, fields,
        visits: visits.map((visit) => ({ process: visit.process, stage: visit.stage, entered_at: instantText(visit.entered), left_at: visit.left ? instantText(visit.left) : undefined })),
        children: definition(object).children.map((child) => ({ name: child.name, object: child.object, count: childList(object, id, child.name)[1].length })),
    };
}
export function children(object, id, name, params) {
    recordOf(object, id);
    const [of, list] = childList(object, id, name);
    return records(of, params, list);
}

/** The criteria of the stage that comes next, or of the one named; nothing is judged here but what the mock can. */
export function gate(object, id, name) {
    const found = recordOf(object, id), process = model.processes.find((one) => one.object === object);
    if (!process) throw new Refused(404, "not_found", `${object} has no '${name}'`);
    const from = process.stages.findIndex((one) => one.name === found.values[process.field]);
    const to = name === "next" ? process.stages.slice(from + 1).find((one) => one.outcome !== "lost") : process.stages.find((one) => one.name === name);
    if (!to && name !== "next") throw new Refused(404, "not_found", `${object} has no '${name}'`);
    return {
        process: process.name, from: process.stages[from]?.name, ...(to ? { to: to.name } : {}), asks: to?.requires_reason ? [{ code: "REASON_REQUIRED", forbidden: false, message: "a reason is needed" }] : [],
        criteria: (to?.enter ?? []).map(({ id: criterion, enforcement, message, owner, require, field }) => {
            const met = !field || found.values[field] !== undefined;
            return { id: criterion, gate: "enter", enforcement, state: met ? "met" : "unmet", message, owner, needs: met ? [] : [{ condition: require, state: "unmet", field: `${object}.${field}`, value: "a value" }] };
        }),
    };
}

const MADE = { system: "Revos", computed: "a formula", rollup: "what belongs to it", derived: "a definition of the model" };
/** What may be filled; the mock locks the discount of every deal that has one. */
export function form(object, id) {
    const found = id ? recordOf(object, id) : undefined;
    return {
        object, ...(found ? { id, version: found.version } : { by_people: !PROCESS_OBJECTS[object] }),
        fields: definition(object).fields.map((one) => ({
            name: one.name, ...(MADE[one.kind] ? { state: "made", because: MADE[one.kind] } : found && one.name === "discount" && found.values.discount
                ? { state: "locked", rule: "approvals.discount.discount", because: "discount stays as it is while ben decides on discount", help: "Wait for the decision, make the approval void first, or ask for a waiver.", owner: "ben" }
                : { state: "open", ...(one.required ? { required: true } : {}) }),
        })),
    };
}

/** What a command does: nothing but to records of the process, and moves of a stage. */
export function command(object, body) {
    const { id, fields = {}, version } = JSON.parse(body), found = id ? recordOf(object, id) : undefined;
    definition(object);
    const refuse = (status, findings) => { throw new Refused(status, status === 409 ? "conflict" : "refused", status === 409 ? "Conflict" : "Unprocessable Content", { detail: findings[0].message, findings }); };
    if (found && version !== undefined && version !== found.version) refuse(409, [finding("STALE", "the record was changed meanwhile")]);
    const findings = found && PROCESS_OBJECTS[object] ? change(found, fields) : undefined;
    if (findings) refuse(422, findings);
    const process = model.processes.find((one) => one.object === object), to = process && fields[process.field];
    if (found && to) {
        const unmet = gate(object, id, to).criteria.filter((one) => one.state === "unmet" && one.enforcement === "deny");
        if (unmet.length) refuse(422, unmet.map((one) => finding("GATE", one.message, { criterion: one.id, owner: one.owner, field: one.needs[0].field.split(".")[1] })));
        found.values[process.field] = to;
        found.version += 1;
    } else if (found && !PROCESS_OBJECTS[object]) {
        Object.assign(found.values, fields);
        found.version += 1;
    }
    return { outcome: found ? "updated" : "created", object, id: id ?? `${definition(object).prefix}_0FWB0000000ZZ`, version: found?.version ?? 1, findings: [], followed: [] };
}

/** A lead becomes what it becomes; a day in the past is refused, so that there is a refusal to see. */
export function convert(object, id, body) {
    const found = recordOf(object, id), { fields } = JSON.parse(body), process = model.processes.find((one) => one.object === object);
    if (fields?.close_date && fields.close_date < "2026-11-20") throw new Refused(422, "refused", "Unprocessable Content", { detail: "Close date is in the past.", findings: [finding("RULE", "Close date is in the past.", { criterion: "OPP-2", field: "close_date", owner: "ben" })] });
    found.values[process.field] = "opportunity";
    found.version += 1;
    return { outcome: "updated", object, id, version: found.version, findings: [], followed: [] };
}

export function readNotices(body) {
    const { as } = JSON.parse(body), unread = objects.notification.filter((one) => one.values.owner === as && one.values.state === "unread");
    for (const one of unread) one.values.state = "read";
    return { read: unread.length, more: false };
}

const actorText = (actor) => (actor.kind === "person" ? people.get(actor.name)?.label ?? actor.name : `${actor.kind} ${actor.name}`);
export function history(object, id, params) {
    const found = recordOf(object, id), fields = definition(object).fields;
    const shown = (name, value) => cell(fields.find((one) => one.name === name) ?? { type: "text" }, value) ?? null;
    const events = [...found.events].sort((a, b) => b.seq - a.seq);
    const { items, cursor } = page(events, params, (event) => ({
        seq: event.seq, recorded_at: instantText(event.recorded ?? event.ms + 412), effective_at: instantText(event.ms), kind: event.kind, actor: event.actor, model_version: 7,
        changes: event.changes.map((change) => ({ field: change.field, old: shown(change.field, change.old), new: shown(change.field, change.new) })),
        ...(event.actor.kind === "import" ? { batch: "imp_0FWB000000001" } : {}),
    }));
    return { events: items, cursor };
}

const finding = (code, message, more = {}) => ({ code, enforcement: "deny", state: "unmet", message, ...more });
const at = (day) => `${day}T08:14:02.113000Z`;
const batch = (id, object, name, day, counts, more = {}) => ({
    id, object, source: "crm", name, bytes: 184320 + counts[0] * 91, digest: "b2:90cc17d2a1", map: `crm_${object}`, state: "done", dry_run: false, actor: "ana", started_at: at(day), ended_at: `${day}T08:14:41.900000Z`,
    rows: counts[0], created: counts[1], updated: counts[2], unchanged: counts[3], merged: counts[4], quarantined: counts[5], blank: 0, law: true, reasons: [], unmapped: [], ...more,
});
const VALUES = [
    { code: "BAD_VALUE", field: "lead_source", message: "'Linkedin ads' is not a value of lead_source", rows: 14 },
    { code: "UNREADABLE", field: "close_date", message: "'31.02.2026' is not a date", rows: 6 },
    { code: "RULE", field: "loss_reason", message: "Pick a loss reason before closing the deal as lost.", rows: 3 },
];
export const imports = [
    batch("imp_0FWB000000004", "opportunity", "deals-november.csv", "2026-11-18", [188, 61, 84, 20, 0, 23], { reasons: VALUES, unmapped: ["Internal note"] }),
    batch("imp_0FWB000000003", "lead", "webinar-attendees.csv", "2026-11-11", [240, 171, 0, 55, 12, 2], { reasons: [{ code: "REQUIRED", field: "email", message: "email is empty", rows: 2 }], actor: "chloe" }),
    batch("imp_0FWB000000002", "contact", "contacts.csv", "2024-03-02", [413, 413, 0, 0, 0, 0]),
    batch("imp_0FWB000000001", "account", "accounts.csv", "2024-03-01", [90, 90, 0, 0, 0, 0]),
    batch("imp_0FWB000000005", "lead", "fair-2026.csv", "2026-11-20", [4000, 3980, 0, 20, 0, 0], { state: "running", ended_at: undefined, progress: { rows: 4000, bytes: 410000, bytes_total: 1250000 } }),
];
const SAMPLES = [
    ["BAD_VALUE", "lead_source", "'Linkedin ads' is not a value of lead_source", "Use social, or alias it: revos quarantine alias lead_source 'Linkedin ads' social", "Linkedin ads", "2026-12-01"],
    ["UNREADABLE", "close_date", "'31.02.2026' is not a date", "The mapping says day.month.year; February has no 31st.", "event", "31.02.2026"],
    ["RULE", "loss_reason", "Pick a loss reason before closing the deal as lost.", "Fill loss_reason, or leave the stage open.", "outbound", "2026-10-14"],
];
export const quarantine = objects.account.slice(0, 23).map((account, i) => {
    const [code, field, message, help, source, day] = SAMPLES[i < 14 ? 0 : i < 20 ? 1 : 2];
    const cells = { Deal: `${account.title.split(" ")[0]} – renewal`, Account: account.values.domain, Amount: `${12 + i}.500,00`, "Close date": day, Source: source, Stage: code === "RULE" ? "Lost" : "Discovery" };
    return {
        id: 9000 + i, batch: imports[0].id, row: 7 + i * 8, object: "opportunity", source: "crm", text: Object.values(cells).join(";"), cells, at: at("2026-11-18"),
        findings: [finding(code, message, { field, help, ...(code === "RULE" ? { criterion: "OPP-1", owner: "ben" } : {}) })],
    };
});
export function quarantined(params) {
    const found = quarantine.filter((one) => (!params.batch || one.batch === params.batch) && (!params.object || one.object === params.object) && (!params.code || one.findings.some((f) => f.code === params.code)));
    const { items, cursor } = page(found, params, (one) => one);
    return { rows: items, cursor, total: found.length };
}

/** Reads just enough of a CSV file to propose a mapping and to count. */
function table(text) {
    const lines = text.replace(/^\ufeff/, "").split(/\r?\n/).filter((line) => line.trim());
    const delimiter = [";", ",", "\t"].find((one) => lines[0]?.includes(one)) ?? ",";
    const cells = (line) => line.split(delimiter).map((one) => one.replace(/^"|"$/g, ""));
    return { delimiter, header: cells(lines[0] ?? ""), rows: lines.slice(1).map(cells) };
}
export function propose(object, text) {
    const { fields } = definition(object), { delimiter, header, rows } = table(text);
    const plain = (name) => name.toLowerCase().replace(/[^a-z0-9]+/g, "_");
    const columns = header.map((name, i) => {
        const exact = fields.find((one) => one.name === plain(name)), near = exact ?? fields.find((one) => plain(name).includes(one.name) || one.name.includes(plain(name)));
        return { header: name, ...(near ? { field: near.name, type: near.type } : {}), confidence: exact ? "sure" : near ? "likely" : "none", because: exact ? "the header is the field's name" : near ? `the header resembles '${near.name}'` : "no field resembles it", samples: rows.slice(0, 3).map((one) => one[i] ?? "") };
    });
    const yaml = `object: ${object}\nsource: upload\ncolumns:\n${columns.map((one) => `  ${JSON.stringify(one.header)}: ${one.field ?? "null"}`).join("\n")}\n`;
    return { object, encoding: "UTF-8", delimiter, rows: rows.length, columns, yaml };
}
export function runImport(params, text) {
    const proposal = propose(params.object, text), { rows } = table(text), dry = params.dry_run === "1";
    const field = Object.fromEntries(proposal.columns.map((one) => [one.header, one.field]));
    for (const one of [params.column ?? []].flat()) field[one.slice(0, one.lastIndexOf("="))] = one.slice(one.lastIndexOf("=") + 1) || undefined;
    const broken = rows.map((cells, i) => [cells, i]).filter(([cells]) => cells.some((one) => one.trim() === "?"));
    const examples = broken.map(([cells, i]) => ({
        id: i, row: i + 1, object: params.object, source: "upload", text: cells.join(proposal.delimiter), at: instantText(Date.parse("2026-11-20T12:00:00Z")),
        cells: Object.fromEntries(proposal.columns.map((one, c) => [one.header, cells[c] ?? ""])), findings: [finding("BAD_VALUE", "'?' is not a value", { help: "Leave the cell empty when it is not known." })],
    }));
    const report = batch(dry ? undefined : `imp_0FWB00000${1000 + imports.length}`, params.object, params.name, "2026-11-20", [rows.length, rows.length - broken.length, 0, 0, 0, broken.length], {
        bytes: text.length, map: params.map, source: "upload", dry_run: dry, actor: "operator", examples: examples.slice(0, 20), unmapped: proposal.columns.filter((one) => !field[one.header]).map((one) => one.header),
        reasons: broken.length ? [{ code: "BAD_VALUE", message: "'?' is not a value", rows: broken.length }] : [],
    });
    if (!dry) imports.unshift(report);
    return report;
}

const importOf = (id) => imports.find((one) => one.id === id) ?? (() => { throw new Refused(404, "not_found", `There is no import '${id}'`); })();
export function stopImport(id) {
    const found = importOf(id);
    if (found.state !== "running") throw new Refused(404, "not_found", `No import ${id} is under way`);
    found.state = "stopped";
    delete found.progress;
    return { stopping: true };
}
export function undoImport(id) {
    const found = importOf(id), account = objects.account[0];
    if (found.state === "running") throw new Refused(409, "under_way", `${id} is under way; stop it, then undo it`);
    found.state = "undone";
    return { id, retracted: found.created + found.updated - 1, kept: 1, first: [{ object: "account", id: account.id, why: "it was edited since" }] };
}

export function scoreOf(object, id, score) {
    const found = recordOf(object, id), value = found.values[score];
    if (value === undefined) throw new Refused(404, "not_found", `${object} has no '${score}'`);
    const terms = [{ points: 40, because: "Company size in ICP", state: "met", of: 40 }, { points: 12, because: "Looked at pricing", state: "met", of: 20, age_days: 33, next_change: "2026-11-23T23:00:00Z" }, { points: 0, because: "Senior title", state: "absent", of: 25, absent: "lead.title" }, { points: 0, because: "Personal mailbox", state: "unmet", of: -40 }];
    return { score, value, sum: value, terms: [...terms, { points: value - 52, because: "Events attended", state: "met", of: value - 52 }] };
}

export function audit() {
    const stored = { "OPP-3": (r) => r.values.discount > 0.15, "ACC-1": (r) => r.values.nps === undefined, "LEAD-1": (r) => r.values.lead_source === "paid_search" && !r.values.campaign, "PROP-2": (r) => ["proposal", "negotiation"].includes(r.values.stage) && !r.values.champion, "PROP-3": (r) => ["proposal", "negotiation"].includes(r.values.stage) && r.values.close_date < "2026-11-20" };
    const gates = model.processes.flatMap((process) => process.stages.flatMap((stage) => stage.enter.map((one) => ({ ...one, kind: "gate", process: process.name, stage: stage.name }))));
    const rules = [...model.rules.map((one) => ({ ...one, kind: "rule" })), ...gates].map(({ id, kind, process, stage, object, enforcement, message, require, owner, at: place }) => {
        const broken = stored[id] ? objects[object].filter(stored[id]) : [];
        return { id, kind, process, stage, object, enforcement, message, require, owner, at: place, broken: broken.length, checked: objects[object].length, first: broken.slice(0, 10).map((one) => ({ id: one.id, title: one.title })) };
    });
    return { as_of_seq: headSeq, records: Object.values(objects).flat().length, rules: rules.sort((a, b) => b.broken - a.broken) };
}
