// data.mjs - the records of a made-up company, the same on every run.
//
// In:  nothing; a seeded generator and a fixed day.
// Out: `today`, `objects` (name → records with values, stage visits and events), all plain data.

export const today = "2026-11-20";
export const headSeq = 48213;

let state = 20261120;
function random() {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}
const between = (low, high) => low + Math.floor(random() * (high - low + 1));
const pick = (list) => list[Math.floor(random() * list.length)];
const weighted = (pairs) => {
    let at = random() * pairs.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [value, weight] of pairs) if ((at -= weight) < 0) return value;
    return pairs[0][0];
};

const DAY = 86400000;
const base = Date.parse("2024-02-01T00:00:00Z");
export const dayText = (ms) => new Date(ms).toISOString().slice(0, 10);
export const instantText = (ms) => new Date(ms).toISOString().replace("Z", "000Z");
export const money = (minor) => ({ minor, currency: "EUR", text: `${decimal(minor)} EUR` });
export function decimal(minor) {
    const whole = String(Math.abs(minor)).padStart(3, "0");
    return `${minor < 0 ? "-" : ""}${whole.slice(0, -2)}.${whole.slice(-2)}`;
}

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
let counter = 0;
function idOf(prefix, ms) {
    let n = BigInt(ms - Date.parse("2020-01-01T00:00:00Z")) * 4194304n + BigInt(counter++ % 4096);
    let text = "";
    for (; n > 0n; n /= 32n) text = ALPHABET[Number(n % 32n)] + text;
    return `${prefix}_${text.padStart(13, "0")}`;
}

const FIRST = ["Amira", "Björn", "Carla", "Dmitri", "Elif", "Femi", "Greta", "Hiro", "Ines", "Jonas", "Kavya", "Lucía", "Mateo", "Nadia", "Oskar", "Priya", "Quentin", "Rosa", "Stefan", "Tove", "Umar", "Vera", "Wout", "Yara", "Zoë"];
const LAST = ["Adler", "Bianchi", "Costa", "Dubois", "Eriksen", "Fischer", "García", "Haas", "Ivanov", "Jansen", "Kowalski", "Lindqvist", "Moreau", "Novák", "Okafor", "Petit", "Rossi", "Sørensen", "Tanaka", "Ullman", "Vogel", "Weber", "Yilmaz", "Zimmer"];
const STEM = ["North", "Blue", "Iron", "Silver", "Green", "Bright", "Stone", "Clear", "Red", "Swift", "Amber", "Deep", "High", "Oak", "River", "Sun"];
const TAIL = ["wind", "field", "gate", "works", "line", "port", "bridge", "forge", "path", "mill", "shore", "yard"];
const FORM = ["GmbH", "AG", "SE", "B.V.", "SAS", "Oy", "AB", "Ltd"];
const PEOPLE = ["sam", "tia", "uma", "raj"];

export const objects = {};
const seq = { next: 120 };
function event(record, ms, kind, actor, changes, extra = {}) {
    record.events.push({ ms, kind, actor, changes, ...extra });
}
export function make(object, prefix, ms, title, values, owner, actor) {
    const record = { id: idOf(prefix, ms), object, title, created: ms, updated: ms, values: { owner, ...values }, visits: [], events: [] };
    (objects[object] ??= []).push(record);
    const filled = Object.entries(record.values).filter(([, value]) => value !== undefined);
    event(record, ms, "create", actor, filled.map(([field, value]) => ({ field, old: null, new: value })));
    return record;
}
function patch(record, ms, actor, fields, extra) {
    const changes = Object.entries(fields).map(([field, value]) => ({ field, old: record.values[field] ?? null, new: value }));
    Object.assign(record.values, fields);
    record.updated = Math.max(record.updated, ms);
    event(record, ms, "patch", actor, changes, extra);
}
function enter(record, ms, process, field, stage, actor, extra) {
    const last = record.visits.at(-1);
    if (last) last.left = ms;
    record.visits.push({ process, stage, entered: ms });
    if (last) patch(record, ms, actor, { [field]: stage }, extra);
}
const person = (name) => ({ kind: "person", name });
const imported = { kind: "import", name: "crm.csv" };

export const end = Date.parse(`${today}T12:00:00Z`);
const started = (from, span) => base + between(from, from + span) * DAY + between(7, 17) * 3600000 + between(0, 59) * 60000;

const campaigns = ["Autumn webinar", "Pricing page retargeting", "Partner roadshow", "Ops benchmark report", "SaaS Days booth", "Customer stories", "Cold outbound DACH", "Search brand", "Search generic", "Nurture Q1"].map((name, i) =>
    make("campaign", "cam", started(i * 60, 30), name, { name, channel: pick(["paid_search", "event", "organic", "partner", "outbound"]), budget: between(4, 60) * 100000 }, "chloe", person("chloe")));

const names = new Set();
for (let i = 0; i < 160; i++) {
    let name;
    do name = `${pick(STEM)}${pick(TAIL)} ${pick(FORM)}`; while (names.has(name));
    names.add(name);
    const segment = weighted([["smb", 5], ["mid", 4], ["enterprise", 2]]);
    const account = make("account", "acc", started(0, 900), name, {
        name, domain: `${name.split(" ")[0].toLowerCase()}.example`, segment,
        employees: segment === "smb" ? between(8, 49) : segment === "mid" ? between(50, 900) : between(1000, 24000),
        country: weighted([["DE", 6], ["AT", 2], ["CH", 2], ["NL", 2], ["FR", 2], ["SE", 1]]),
        nps: random() < 0.7 ? between(-20, 80) : undefined,
    }, pick(PEOPLE), i < 90 ? imported : person(pick(PEOPLE)));
    for (let c = between(1, 4); c > 0; c--) {
        const full = `${pick(FIRST)} ${pick(LAST)}`;
        make("contact", "con", account.created + between(0, 30) * DAY, full, {
            name: full, email: `${full.toLowerCase().normalize("NFD").replace(/[^a-z ]/g, "").replace(" ", ".")}@${account.values.domain}`,
            title: pick(["VP Sales", "Head of Operations", "CFO", "Sales Manager", "IT Lead", "Founder"]), account: account.id,
        }, account.values.owner, imported);
    }
}
const contactsOf = new Map();
for (const contact of objects.contact) contactsOf.set(contact.values.account, [...(contactsOf.get(contact.values.account) ?? []), contact]);

const SOURCES = [["organic", 4], ["paid_search", 3], ["event", 2], ["referral", 2], ["partner", 2], ["outbound", 3]];
const LEAD_STAGES = ["raw", "mql", "sal", "sql", "opportunity"];
for (let i = 0; i < 900; i++) {
    const full = `${pick(FIRST)} ${pick(LAST)}`;
    const source = weighted(SOURCES), at = started(0, 1015);
    if (at > end) continue;
    const lead = make("lead", "led", at, full, {
        name: full, email: `${full.split(" ")[1].toLowerCase().normalize("NFD").replace(/[^a-z]/g, "")}${i}@mail.example`, company: `${pick(STEM)}${pick(TAIL)}`,
        lead_source: source, campaign: random() < 0.6 ? pick(campaigns).id : undefined, fit_score: between(5, 98), fit_score_terms: '[{"because":"Company size in ICP","points":40}]', lifecycle_stage: "raw",
    }, pick(PEOPLE), source === "event" ? imported : { kind: "token", name: "website form" });
    enter(lead, at, "lead_to_revenue", "lifecycle_stage", "raw");
    let ms = at;
    for (const [stage, chance] of [["mql", 0.58], ["sal", 0.72], ["sql", 0.6], ["opportunity", 0.55]]) {
        ms += between(1, 20) * DAY + between(0, 8) * 3600000;
        if (random() > chance || ms > end) break;
        enter(lead, ms, "lead_to_revenue", "lifecycle_stage", stage, stage === "mql" ? { kind: "rule", name: "MQL-FIT" } : person(lead.values.owner));
    }
}

const STAGES = ["discovery", "qualification", "proposal", "negotiation"];
for (let i = 0; i < 620; i++) {
    const account = pick(objects.account), segment = account.values.segment;
    const at = Math.max(account.created, started(0, 1015));
    if (at > end) continue;
    const size = { smb: [3, 18], mid: [12, 70], enterprise: [50, 260] }[segment];
    const source = weighted(SOURCES), name = `${account.title.split(" ")[0]} – ${pick(["new seats", "platform", "pilot", "expansion", "analytics"])}`;
    const deal = make("opportunity", "opp", at, name, {
        name, account: account.id, stage: "discovery", amount: random() < 0.93 ? between(...size) * 100000 + between(0, 99) * 1000 : undefined,
        close_date: dayText(at + between(30, 110) * DAY), lead_source: source, champion: undefined, loss_reason: undefined, discount: undefined,
    }, account.values.owner, random() < 0.3 ? imported : person(account.values.owner));
    enter(deal, at, "new_business", "stage", "discovery");
    const champion = contactsOf.get(account.id)?.[0];
    let ms = at, open = true;
    for (const stage of STAGES.slice(1)) {
        ms += between(8, 48) * DAY + between(0, 9) * 3600000 + between(0, 59) * 60000;
        if (ms > end) { open = true; break; }
        if (random() < 0.17) { open = false; break; }
        if (stage === "proposal") patch(deal, ms - 3600000, person(deal.values.owner), { ...(deal.values.amount ? {} : { amount: between(...size) * 100000 }), ...(champion ? { champion: champion.id } : {}) });
        enter(deal, ms, "new_business", "stage", stage, person(deal.values.owner));
        open = true;
    }
    const last = deal.visits.at(-1).stage, decided = ms + between(5, 30) * DAY;
    if (decided > end || (open && last !== "negotiation")) {
        if (random() < 0.4 && decided < end) patch(deal, decided, person(deal.values.owner), { close_date: dayText(decided + between(20, 60) * DAY) });
        continue;
    }
    const odds = { smb: 0.74, mid: 0.66, enterprise: 0.52 }[segment] + (source === "referral" ? 0.12 : source === "outbound" ? -0.14 : 0);
    const won = open && random() < odds;
    if (won && random() < 0.3) patch(deal, decided - 2 * DAY, person("ben"), { discount: pick([0.05, 0.1, 0.15, 0.2]) });
    patch(deal, decided - 60000, person(deal.values.owner), { close_date: dayText(decided), ...(won ? {} : { loss_reason: pick(["price", "timing", "competitor", "no_decision", "poor_fit"]) }) });
    enter(deal, decided, "new_business", "stage", won ? "closed_won" : "closed_lost", person(deal.values.owner), i % 9 === 0 ? { recorded: decided + 3 * DAY } : {});
    if (won && !account.subscription) {
        account.subscription = make("subscription", "sub", decided + 7 * DAY, `${account.title} subscription`, {
            account: account.id, status: "active", mrr: Math.round(deal.values.amount / 1200) * 100, starts: dayText(decided + 7 * DAY), ends: undefined, plan: pick(["Team", "Business", "Scale"]),
        }, "dev", { kind: "rule", name: "won_to_onboarding" });
    } else if (won) {
        const sub = account.subscription;
        patch(sub, decided + DAY, { kind: "rule", name: "expansion" }, { mrr: sub.values.mrr + Math.round(deal.values.amount / 2400) * 100 });
        (sub.moves ??= []).push({ ms: decided + DAY, mrr: sub.values.mrr });
    }
}
for (const sub of objects.subscription) {
    sub.moves = [{ ms: sub.created, mrr: sub.events[0].changes.find((one) => one.field === "mrr").new }, ...(sub.moves ?? [])];
    const left = sub.created + between(200, 1600) * DAY;
    if (left < end) patch(sub, left, person("dev"), { status: "churned", ends: dayText(left) });
    for (let t = between(0, 4); t > 0; t--) {
        const at = sub.created + between(5, 400) * DAY;
        if (at < end) make("ticket", "tic", at, pick(["Cannot log in", "Export is slow", "Wrong currency", "API limit", "SSO set-up", "Missing rows"]), { account: sub.values.account, priority: pick(["p1", "p2", "p3"]), open: random() < 0.2, subject: "Support request" }, "dev", { kind: "token", name: "helpdesk" });
    }
}

// Events get their numbers in the order in which they were recorded, over all objects.
const all = Object.values(objects).flat().flatMap((record) => record.events.map((one) => ({ record, one })));
all.sort((a, b) => (a.one.recorded ?? a.one.ms) - (b.one.recorded ?? b.one.ms));
for (const { one } of all) one.seq = seq.next += between(1, 6);
const stretch = (headSeq - 3) / seq.next;
for (const { record, one } of all) {
    one.seq = Math.floor(one.seq * stretch);
    record.version = Math.max(record.version ?? 0, one.seq);
}
for (const list of Object.values(objects)) list.sort((a, b) => (a.id < b.id ? -1 : 1));

export const byId = new Map(Object.values(objects).flat().map((record) => [record.id, record]));
export const STAGE_ORDER = { new_business: [...STAGES, "closed_won", "closed_lost"], lead_to_revenue: LEAD_STAGES };
