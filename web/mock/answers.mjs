// answers.mjs - metric answers, explanations, dashboards and funnels over the made-up company.
//
// The figures are computed from the records, so that what explain opens adds up; only what the browser tests and a
// person developing the interface need is there.
import { byId, dayText, decimal, headSeq, instantText, objects, STAGE_ORDER, today } from "./data.mjs";
import { dashboards, model } from "./model.mjs";
import { quarantined, records } from "./records.mjs";
import { compileWhere } from "./where.mjs";
import { addDays, buckets, previous, windowOf } from "./time.mjs";

export class Refused extends Error {
    constructor(status, code, title, more = {}) {
        super(title);
        this.problem = { type: "about:blank", title, status, code, ...more };
    }
}

const ms = (day) => Date.parse(`${day}T00:00:00Z`);
const metricOf = (name) => model.metrics.find((one) => one.name === name);

/** The stage a record stood at, by its visits. */
function stageAt(record, at) {
    let stage;
    for (const visit of record.visits) if (visit.entered < at) stage = visit.stage;
    return stage;
}
const isOpen = (stage) => stage !== undefined && stage !== "closed_won" && stage !== "closed_lost";
const mrrAt = (sub, at) => {
    if (sub.values.ends && ms(sub.values.ends) < at) return 0;
    let mrr = 0;
    for (const move of sub.moves) if (move.ms < at) mrr = move.mrr;
    return mrr;
};

/* What each leaf counts: object, which records of a bucket, what each adds; `sum` adds up, `share` and `average` divide. */
const closedAt = (stage) => (deal, from, to, asOf) => stageAt(deal, asOf) === stage && deal.values.close_date >= from && deal.values.close_date < to;
const openAt = (deal, from, to, asOf) => isOpen(stageAt(deal, Math.min(ms(to), asOf)));
const amount = (deal) => deal.values.amount ?? null;
const LEAVES = {
    deals_won: { object: "opportunity", counts: closedAt("closed_won"), value: () => 1, how: "sum" },
    deals_lost: { object: "opportunity", counts: closedAt("closed_lost"), value: () => 1, how: "sum" },
    won_value: { object: "opportunity", counts: closedAt("closed_won"), value: amount, how: "sum", minor: true },
    sales_cycle_days: { object: "opportunity", counts: closedAt("closed_won"), value: (deal) => Math.round((ms(deal.values.close_date) - ms(dayText(deal.created))) / 86400000), how: "average" },
    open_pipeline: { object: "opportunity", counts: openAt, value: amount, how: "sum", minor: true, snapshot: true },
    open_deals: { object: "opportunity", counts: openAt, value: () => 1, how: "sum", snapshot: true },
    leads_created: { object: "lead", counts: (lead, from, to) => lead.created >= ms(from) && lead.created < ms(to), value: () => 1, how: "sum" },
    lead_to_opportunity: { object: "lead", counts: (lead, from, to) => lead.created >= ms(from) && lead.created < ms(to), value: (lead, to, asOf) => (stageAt(lead, asOf) === "opportunity" ? 1 : 0), how: "average" },
    mrr: { object: "subscription", counts: (sub, from, to, asOf) => mrrAt(sub, Math.min(ms(to), asOf)) > 0, value: (sub, to, asOf) => mrrAt(sub, Math.min(ms(to), asOf)), how: "sum", minor: true, snapshot: true },
    nrr: { object: "subscription", counts: (sub, from, to) => mrrAt(sub, ms(to) - 365 * 86400000) > 0, value: (sub, to) => mrrAt(sub, ms(to) - 365 * 86400000), second: (sub, to, asOf) => mrrAt(sub, Math.min(ms(to), asOf)), how: "retain", minor: true, snapshot: true },
};
const DERIVED = {
    average_deal: (get) => divide(get("won_value"), get("deals_won"), "deals won"),
    win_rate: (get) => divide(get("deals_won"), plus(get("deals_won"), get("deals_lost")), "deals closed"),
    pipeline_velocity: (get) => {
        const [deals, rate, deal, days] = ["open_deals", "win_rate", "average_deal", "sales_cycle_days"].map(get);
        const missing = [deals, rate, deal, days].find((one) => one.number === null);
        return missing ?? divide({ number: deals.number * rate.number * deal.number, records: deals.records + rate.records }, days, "days of sales cycle");
    },
    cac_payback: () => ({ number: null, reason: "no_input", because: "acquisition_spend has no value: there are no spend rows in the workspace.", records: 0 }),
    forecast_accuracy: () => ({ number: null, reason: "never_filled", because: "No forecast has been submitted yet.", records: 0 }),
};
const plus = (a, b) => ({ number: a.number === null || b.number === null ? null : a.number + b.number, records: a.records + b.records });
function divide(a, b, what) {
    const records = Math.max(a.records, b.records);
    if (a.number === null || b.number === null) return { number: null, reason: "no_input", because: "An input has no value.", records };
    if (b.number === 0) return { number: null, reason: "zero_divisor", because: `There are no ${what} here, so there is nothing to divide by.`, records };
    return { number: a.number / b.number, records };
}

/** The value of a dimension of a record: {value, label}, or null for none. */
export function dimensionOf(record, path) {
    let at = record;
    const steps = path.split(".");
    for (const step of steps.slice(0, -1)) at = byId.get(at?.values[step]);
    const own = steps.length === 1 && path.startsWith("account") ? at : at;
    let from = own;
    if (record.object === "subscription" && steps[0] === "account") from = byId.get(record.values.account);
    const value = from?.values[steps.at(-1)];
    if (value === undefined || value === null) return null;
    const field = model.objects.find((one) => one.name === from.object)?.fields.find((one) => one.name === steps.at(-1));
    const shown = field?.values?.find((one) => one.name === value)?.label ?? model.people.find((one) => field?.to === "person" && one.name === value)?.label;
    return { value: String(value), label: shown ?? String(value) };
}

function text(number, metric) {
    return metric.shape === "money" ? number.toFixed(2) : String(Number(number.toFixed(6)));
}
function figure(raw, metric) {
    if (raw.number === null) return { value: null, reason: raw.reason ?? "empty", because: raw.because ?? "No record counts here.", records: raw.records };
    const shown = text(raw.number, metric);
    return { value: Number(shown), text: shown, records: raw.records };
}

/** Everything a question fixes, checked. */
function question(name, params) {
    const metric = metricOf(name);
    if (!metric) throw new Refused(404, "not_found", `There is no metric '${name}'`, { help: `The nearest name is '${model.metrics[0].name}'. GET /api/v1/metrics lists all.` });
    const named = params.window ? windowOf(params.window) : { from: params.from ?? "2024-01-01", to: params.to ?? addDays(today, 1) };
    if (!named) throw new Refused(400, "bad_parameter", `'${params.window}' is not a window`, { parameter: "window", help: "Try last_12_months, this_quarter or year_to_date." });
    const asOf = params.as_of ? Math.min(ms(addDays(params.as_of.slice(0, 10), 1)), Date.now() * 2) : Infinity;
    for (const by of params.by ?? []) if (!metric.dimensions.some((one) => one.name === by)) throw new Refused(422, "I0003", `${name} has no dimension '${by}'`, { parameter: "by", help: `It has ${metric.dimensions.map((one) => one.name).join(", ") || "none"}.` });
    const object = LEAVES[name]?.object ?? "opportunity";
    const keep = params.where ? compileWhere(params.where, object) : () => true;
    const pins = (params.group ?? []).map((one) => [one.slice(0, one.indexOf("=")), one.slice(one.indexOf("=") + 1)]);
    let window = named, grain = params.grain === "none" ? undefined : params.grain;
    if (params.bucket) {
        const found = ["day", "week", "month", "quarter", "year", "fiscal_quarter", "fiscal_year"].flatMap((one) => buckets(one, named.from, named.to)).find((one) => one.label === params.bucket);
        if (!found) throw new Refused(400, "bad_parameter", `No bucket '${params.bucket}' in the window`, { parameter: "bucket" });
        window = found;
        grain = undefined;
    }
    return { metric, name, window, grain, asOf, by: params.by ?? [], pins, keep, params };
}

const inGroup = (record, pins) => pins.every(([dimension, value]) => (dimensionOf(record, dimension)?.value ?? "") === value);

/** The records behind a leaf in one bucket and group. */
function recordsOf(name, ask, window, pins) {
    const leaf = LEAVES[name];
    return objects[leaf.object].filter((record) => record.created < ask.asOf && leaf.counts(record, window.from, window.to, ask.asOf) && inGroup(record, pins) && ask.keep(record));
}
function evaluate(name, ask, window, pins) {
    const leaf = LEAVES[name];
    if (!leaf) return DERIVED[name]((input) => evaluate(input, ask, window, pins));
    const counted = recordsOf(name, ask, window, pins), scale = leaf.minor ? 100 : 1;
    const values = counted.map((record) => leaf.value(record, window.to, ask.asOf)).filter((value) => value !== null);
    const total = values.reduce((sum, value) => sum + value, 0);
    if (leaf.how === "sum") return { number: total / scale, records: values.length };
    if (!values.length) return { number: null, reason: "empty", because: "No record counts in this window, so there is nothing to average.", records: 0 };
    if (leaf.how === "average") return { number: total / values.length, records: values.length };
    return { number: counted.reduce((sum, sub) => sum + leaf.second(sub, window.to, ask.asOf), 0) / total, records: values.length };
}

function leavesBelow(name) {
    return LEAVES[name] ? [name] : metricOf(name).inputs.flatMap(leavesBelow);
}

/** All groups a question's records fall into, in the order of their labels; the group of none last. */
function groupsOf(ask) {
    const seen = new Map();
    for (const leaf of new Set(leavesBelow(ask.name)))
        for (const record of recordsOf(leaf, ask, LEAVES[leaf].snapshot && ask.grain ? { from: ask.window.from, to: ask.window.to } : ask.window, ask.pins)) {
            const keys = ask.by.map((one) => dimensionOf(record, one));
            seen.set(JSON.stringify(keys.map((key) => key?.value ?? null)), keys);
        }
    const sortKey = (keys) => keys.map((key) => (key ? `0${key.label}` : "1")).join("\u0000");
    return [...seen.values()].sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
}

function exclusions(name, ask) {
    return leavesBelow(name).flatMap((leaf) => {
        const blank = recordsOf(leaf, ask, ask.window, ask.pins).filter((record) => LEAVES[leaf].value(record, ask.window.to, ask.asOf) === null).length;
        const later = ask.asOf === Infinity ? 0 : objects[LEAVES[leaf].object].filter((record) => record.created >= ask.asOf).length;
        return [
            ...(blank ? [{ metric: leaf, reason: "no_value", text: `${blank} records have no amount, so there is nothing to add.`, records: blank }] : []),
            ...(later ? [{ metric: leaf, reason: "later", text: `${later} records took effect after the as-of day.`, records: later }] : []),
        ];
    });
}

const lineage = () => ({ seq: headSeq, model_version: model.version, now: instantText(ms(today) + 43200000) });
function judged(metric, total) {
    const value = total?.value ?? null, { target, benchmark } = metric;
    const met = target && value !== null && (target.at_least === undefined || value >= Number(target.at_least)) && (target.at_most === undefined || value <= Number(target.at_most));
    return {
        ...(target ? { target: { ...target, ...(value === null ? {} : { state: met ? "met" : "missed" }) } } : {}),
        ...(benchmark ? { benchmark: { ...benchmark, ...(value === null ? {} : { state: value < Number(benchmark.low) ? "below" : value > Number(benchmark.high) ? "above" : "within" }) } } : {}),
    };
}
function compared(now, then, metric) {
    const was = figure(then, metric);
    const { records: _, ...rest } = was;
    return { ...rest, ...(now.number !== null && then.number ? { change: ((now.number - then.number) / Math.abs(then.number)).toFixed(6) } : {}) };
}

export function answer(name, params) {
    const ask = question(name, params), { metric } = ask;
    const before = params.compare ? previous(ask.window) : null;
    const groups = ask.by.length ? groupsOf(ask) : [[]];
    const spans = ask.grain ? buckets(ask.grain, ask.window.from, ask.window.to) : [null];
    const rows = [];
    for (const span of spans)
        for (const keys of groups) {
            const pins = [...ask.pins, ...ask.by.map((dimension, i) => [dimension, keys[i]?.value ?? ""])];
            const raw = evaluate(name, ask, span ?? ask.window, pins);
            rows.push({
                ...(span ? { bucket: span } : {}), group: Object.fromEntries(ask.by.map((dimension, i) => [dimension, keys[i] ?? null])),
                ...figure(raw, metric), ...(before && !span ? { compare: compared(raw, evaluate(name, ask, before, pins), metric) } : {}),
            });
        }
    const whole = evaluate(name, ask, ask.window, ask.pins);
    const total = { ...figure(whole, metric), ...(before ? { compare: compared(whole, evaluate(name, ask, before, ask.pins), metric) } : {}) };
    return {
        metric: name, label: metric.label, kind: metric.kind, shape: metric.shape, unit: metric.unit, owner: metric.owner, so_what: metric.so_what, definition: metric.definition,
        population: LEAVES[name] ? `Records of ${LEAVES[name].object} ${metric.where ? `for which ${metric.where}` : "of the window"}.` : undefined,
        ...judged(metric, total), window: { ...ask.window, label: undefined, zone: model.company.timezone }, grain: ask.grain, as_of: params.as_of, known: params.known, where: params.where,
        columns: ask.by.map((one) => ({ name: one, label: metric.dimensions.find((d) => d.name === one).label })),
        rows, total, excluded: exclusions(name, ask), lineage: lineage(), warnings: [],
    };
}

const PAGE = 20;
export function explain(name, params) {
    const ask = question(name, { ...params, by: undefined, grain: undefined });
    const single = answer(name, { ...params, by: undefined, grain: undefined, compare: undefined });
    if (params.bucket) single.window = { from: ask.window.from, to: ask.window.to, zone: model.company.timezone };
    const parts = [];
    const visit = (one, depth) => {
        const metric = metricOf(one), leaf = LEAVES[one], part = parts.length;
        const offset = Number(params.part) === part && params.cursor ? Number(params.cursor) : 0;
        const counted = leaf ? recordsOf(one, ask, ask.window, ask.pins).filter((record) => leaf.value(record, ask.window.to, ask.asOf) !== null) : [];
        const shown = (value) => (leaf.minor ? decimal(value) : String(value));
        parts.push({
            metric: one, label: metric.label, depth, shape: metric.shape, unit: metric.unit, expr: metric.expr, definition: metric.definition, owner: metric.owner, at: metric.at,
            figure: figure(evaluate(one, ask, ask.window, ask.pins), metric), leaf: Boolean(leaf), excluded: leaf ? exclusions(one, ask) : [],
            ...(leaf ? {
                object: leaf.object, population: `Records of ${leaf.object} ${metric.where ? `for which ${metric.where}` : "of the window"}.`, total: counted.length,
                records: counted.slice(offset, offset + PAGE).map((record) => ({ id: record.id, title: record.title, value: shown(leaf.value(record, ask.window.to, ask.asOf)), ...(leaf.second ? { second: shown(leaf.second(record, ask.window.to, ask.asOf)) } : {}) })),
                cursor: offset + PAGE < counted.length ? String(offset + PAGE) : undefined,
                sql: `SELECT id, ${metric.value ?? "1"} AS adds\nFROM w_${leaf.object}\nWHERE true_from <= $as_of AND true_to > $as_of\n  AND known_from <= $known AND known_to > $known\n  AND ${metric.time ?? "created_at"} >= DATE '${ask.window.from}' AND ${metric.time ?? "created_at"} < DATE '${ask.window.to}'\nORDER BY id`,
            } : {}),
        });
        for (const input of metric.inputs) visit(input, depth + 1);
    };
    visit(name, 0);
    return { answer: single, parts: params.part !== undefined && params.cursor ? [parts[Number(params.part)]] : parts };
}

function funnel(name, query) {
    const process = model.processes.find((one) => one.name === name), window = windowOf(query.window);
    const order = STAGE_ORDER[name], entered = objects[process.object].filter((record) => record.created >= ms(window.from) && record.created < ms(window.to));
    const reached = order.map((stage, i) => ({ stage, records: entered.filter((record) => record.visits.some((visit) => order.indexOf(visit.stage) >= i)).length }));
    return {
        process: name, label: process.label, owner: process.owner, window: { ...window, zone: model.company.timezone }, excluded: [], lineage: lineage(),
        stages: reached.map(({ stage, records }, i) => ({
            stage, label: process.stages.find((one) => one.name === stage).label, records,
            ...(i ? { share: (records / reached[i - 1].records).toFixed(6), of_first: (records / reached[0].records).toFixed(6) } : {}),
        })),
    };
}

/** Two deals that lack something, and whatever was refused; nothing else waits. */
function work(target) {
    if (target === "quarantine") {
        const { rows, total } = quarantined({ limit: 3 });
        return { slices: [], held: rows, total };
    }
    if (target !== "gate_blocked") return { slices: [], total: 0 };
    const columns = ["owner", "amount"];
    const { records: found } = records("opportunity", { where: "opportunity.stage == 'discovery'", fields: columns.join(","), limit: 2 });
    const findings = [{ code: "GATE", criterion: "PROP-2", enforcement: "deny", state: "unmet", field: "champion", message: "Name a champion.", owner: "ben" }];
    return { slices: [{ object: "opportunity", label: "New business: Discovery → Proposal", columns, total: found.length, records: found.map((record) => ({ record, findings })) }], total: found.length };
}

export function dashboard(name, params) {
    const found = dashboards.find((one) => one.name === name);
    if (!found) throw new Refused(404, "not_found", `There is no dashboard '${name}'`, { help: "Dashboards are written under `dashboards:` in the workspace." });
    const { tiles, ...head } = found;
    return {
        ...head,
        tiles: tiles.map(({ kind, target, label, query }) => {
            const asked = { ...query, ...(params.window || params.from ? { window: undefined } : {}), ...params };
            for (const [key, value] of Object.entries(asked)) if (value === undefined) delete asked[key];
            const tile = { kind, target, label: label ?? metricOf(target)?.label ?? target };
            if (kind === "funnel") return { tile: { ...tile, label: label ?? "Lead funnel" }, query: asked, funnel: funnel(target, { window: "last_12_months", ...asked }) };
            if (kind !== "metric") return params.as_of || params.known ? { tile, problem: { type: "about:blank", title: "Bad Request", status: 400, code: "now_only", detail: "work waits now: it has no figure of an earlier day" } } : { tile, work: work(target) };
            try {
                return { tile, query: asked, answer: answer(target, asked) };
            } catch (error) {
                if (error instanceof Refused) return { tile, query: asked, problem: error.problem };
                throw error;
            }
        }),
    };
}
