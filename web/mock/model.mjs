// model.mjs - the definitions of the made-up company, in the shape of GET /api/v1/model.
import { headSeq, instantText, objects } from "./data.mjs";
import { PEOPLE, PROCESS_OBJECTS } from "./process.mjs";

const label = (name) => name.replaceAll("_", " ").replace(/^./, (c) => c.toUpperCase());
const field = (name, type, more = {}) => ({ name, label: label(name), type, kind: "plain", ...more });
const values = (...names) => names.map((name) => ({ name, label: label(name) }));
const system = [field("id", "text", { kind: "system", label: "Id" }), field("owner", "ref", { to: "person", kind: "plain" }), field("created_at", "instant", { kind: "system" }), field("updated_at", "instant", { kind: "system" })];
const SOURCES = values("organic", "paid_search", "social", "event", "referral", "partner", "outbound", "other");

const criterion = (id, object, require, message, fieldName, enforcement = "deny", owner = "ben") =>
    ({ id, object, require, message, field: fieldName, enforcement, owner, at: "pipelines.yaml:21" });
const stage = (name, more = {}) => ({ name, label: label(name), outcome: "open", advance: "manual", enter: [], exit: [], ...more });

const newBusiness = {
    name: "new_business", kind: "pipeline", label: "New business", object: "opportunity", owner: "ben", field: "stage", skip: "forbid", back: "reason", at: "pipelines.yaml:3",
    description: "From the first conversation to a signed order.",
    stages: [
        stage("discovery", { probability: "0.1", forecast: "pipeline", initial: true, description: "A conversation with someone who has the problem." }),
        stage("qualification", { probability: "0.2", forecast: "pipeline", max_age: "21d", enter: [criterion("QUAL-1", "opportunity", "has(opportunity.account)", "Link the account this deal is for.", "account")] }),
        stage("proposal", { probability: "0.4", forecast: "best_case", max_age: "30d", enter: [
            criterion("PROP-1", "opportunity", "is_positive(opportunity.amount)", "Add an amount so the forecast can count this deal.", "amount"),
            criterion("PROP-2", "opportunity", "has(opportunity.champion)", "Name a champion.", "champion"),
            criterion("PROP-3", "opportunity", "opportunity.close_date >= today", "Close date is in the past.", "close_date", "warn")] }),
        stage("negotiation", { probability: "0.75", forecast: "commit", max_age: "30d", enter: [criterion("NEG-1", "opportunity", "!has(opportunity.discount) || opportunity.discount <= 0.25", "A discount above 25 % needs an approval.", "discount")] }),
        stage("closed_won", { probability: "1", forecast: "closed", outcome: "won", label: "Closed won" }),
        stage("closed_lost", { probability: "0", outcome: "lost", label: "Closed lost", requires_reason: true }),
    ],
};
const leadToRevenue = {
    name: "lead_to_revenue", kind: "lifecycle", label: "Lead to revenue", object: "lead", owner: "chloe", field: "lifecycle_stage", skip: "forbid", back: "reason", at: "lifecycle.yaml:2",
    stages: [
        stage("raw", { label: "Raw lead", initial: true }),
        stage("mql", { label: "MQL", advance: "auto", description: "Fits, and has acted.", enter: [
            criterion("MQL-FIT", "lead", "lead.fit_score >= 60", "Fit score below 60.", "fit_score", "deny", "chloe"),
            criterion("MQL-ACTION", "lead", "lead.touches.exists(t, t.channel in ['demo_request', 'pricing'] && t.at > now - duration('720h'))", "No demo request or pricing visit in 30 days.", undefined, "deny", "chloe")] }),
        stage("sal", { label: "SAL", advance: "handoff" }),
        stage("sql", { label: "SQL", enter: [criterion("SQL-BANT", "lead", "lead.budget && lead.authority && lead.need && has(lead.timeline)", "Budget, authority, need and timeline are all needed.", undefined, "deny", "ben")] }),
        stage("opportunity", { label: "Opportunity", advance: "convert", outcome: "won" }),
        stage("recycled", { label: "Recycled", requires_reason: true, outcome: "lost" }),
    ],
};
const processes = [newBusiness, leadToRevenue];
const stageField = (process) => ({ ...field(process.field, "enum"), kind: "stage", values: process.stages.map(({ name, label: text }) => ({ name, label: text })) });

const object = (name, plural, owner, title, fields, more = {}) => ({
    name, plural, label: label(name), owner, title, kind: "record", mode: "record", keys: [], processes: [], children: [], at: `objects/${name}.yaml:1`,
    records: objects[name]?.length ?? 0, fields: [...system, ...fields], prefix: objects[name]?.[0]?.id.slice(0, 3) ?? name.slice(0, 3), ...more,
});

/** What the process keeps, and by what its records hang on others. */
const kept = Object.entries(PROCESS_OBJECTS).map(([name, fields]) => object(name, `${name}s`, "ana", fields.some(([one]) => one === "name") ? "name" : undefined,
    fields.map(([one, type, of]) => field(one, type, type === "enum" ? { values: of } : type === "ref" ? { to: of } : {})), { builtin: true, prefix: objects[name][0].id.split("_")[0] }));
const processChildren = (about) => kept.filter((one) => one.fields.some((other) => other.name === about && other.to === about)).map((one) => ({ name: one.plural, object: one.name, via: about }));

const objectList = [
    ...kept,
    object("person", "people", "ana", "full_name", [field("name", "text"), field("full_name", "text"), field("email", "email"), field("role", "text"), field("active", "boolean")], { builtin: true, records: 8, prefix: "per" }),
    object("account", "accounts", "ana", "name", [
        field("name", "text", { required: true }), field("domain", "domain"), field("segment", "enum", { values: [{ name: "smb", label: "SMB" }, { name: "mid", label: "Mid-market" }, { name: "enterprise", label: "Enterprise" }], source: "enrichment", stale_after: "180d" }),
        field("employees", "integer", { min: 1 }), field("country", "country"), field("nps", "integer", { min: -100, max: 100, label: "NPS" })],
    { keys: [["domain"]], description: "A company we sell to or might sell to.", children: [{ name: "contacts", object: "contact", via: "account" }, { name: "opportunities", object: "opportunity", via: "account" }, { name: "subscriptions", object: "subscription", via: "account" }, { name: "tickets", object: "ticket", via: "account" }] }),
    object("contact", "contacts", "ana", "name", [field("name", "text", { personal: true }), field("email", "email", { personal: true, required: true }), field("title", "text"), field("account", "ref", { to: "account" })], { keys: [["email"]] }),
    object("lead", "leads", "chloe", "name", [
        field("name", "text", { personal: true }), field("email", "email", { required: true, personal: true }), field("company", "text"), field("lead_source", "enum", { values: SOURCES }),
        field("campaign", "ref", { to: "campaign" }), field("fit_score", "integer", { kind: "derived", description: "Sum of the terms of the fit score." }), field("fit_score_terms", "json", { kind: "derived" }), stageField(leadToRevenue)],
    { keys: [["email"]], processes: ["lead_to_revenue"], converts: [{ object: "account" }, { object: "contact" }, { object: "opportunity", optional: true }], children: processChildren("lead") }),
    object("campaign", "campaigns", "chloe", "name", [field("name", "text"), field("channel", "text"), field("budget", "money")], { children: [{ name: "leads", object: "lead", via: "campaign" }] }),
    object("opportunity", "opportunities", "ben", "name", [
        field("name", "text"), field("account", "ref", { to: "account", required: true }), stageField(newBusiness), field("amount", "money"), field("close_date", "date"),
        field("lead_source", "enum", { values: SOURCES }), field("champion", "ref", { to: "contact" }), field("discount", "number", { min: 0, max: 1 }),
        field("loss_reason", "enum", { values: values("price", "timing", "competitor", "no_decision", "poor_fit", "other") })],
    { processes: ["new_business"], children: processChildren("opportunity") }),
    object("subscription", "subscriptions", "dev", undefined, [
        field("account", "ref", { to: "account", required: true }), field("status", "enum", { values: values("active", "churned") }), field("mrr", "money", { label: "MRR" }),
        field("starts", "date"), field("ends", "date"), field("plan", "text")]),
    object("ticket", "tickets", "dev", "subject", [field("account", "ref", { to: "account" }), field("subject", "text"), field("priority", "enum", { values: values("p1", "p2", "p3") }), field("open", "boolean")]),
    object("touch", "touches", "chloe", undefined, [field("lead", "ref", { to: "lead" }), field("channel", "text"), field("at", "instant")], { kind: "fact", time: "at", records: 18240, prefix: "tou" }),
];

const rule = (id, objectName, require, message, more = {}) => ({ id, object: objectName, require, message, enforcement: "deny", owner: "ana", at: "rules.yaml:4", ...more });
const rules = [
    rule("OPP-1", "opportunity", "has(opportunity.loss_reason)", "Pick a loss reason before closing the deal as lost.", { when: "opportunity.stage == 'closed_lost'", field: "loss_reason", owner: "ben" }),
    rule("OPP-2", "opportunity", "is_positive(opportunity.amount)", "A won deal has an amount.", { when: "opportunity.stage == 'closed_won'", field: "amount", owner: "ben" }),
    rule("OPP-3", "opportunity", "opportunity.discount <= 0.15", "Discounts above 15 % are reviewed.", { when: "has(opportunity.discount)", field: "discount", enforcement: "audit", owner: "ben" }),
    rule("ACC-1", "account", "has(account.nps)", "Ask for a score at least once a year.", { field: "nps", enforcement: "warn", owner: "dev" }),
    rule("ACC-2", "account", "account.employees >= 1", "Employees must be a count.", { field: "employees" }),
    rule("LEAD-1", "lead", "has(lead.campaign)", "Leads from paid channels name their campaign.", { when: "lead.lead_source == 'paid_search'", field: "campaign", enforcement: "audit", owner: "chloe" }),
];

const dimension = (name, text) => ({ name, label: text ?? label(name.split(".").at(-1)) });
const DEAL = [dimension("account.segment"), dimension("account.country"), dimension("owner"), dimension("lead_source"), dimension("loss_reason")];
const metric = (name, text, kind, owner, definition, more = {}) => ({ name, label: text, kind, shape: "number", owner, dimensions: [], inputs: [], definition, at: "metrics.yaml:8", ...more });
const COUNT = { unit: "deals", object: "opportunity", aggregate: "count", time: "close_date", grain: "month", dimensions: DEAL };
const VALUE = { shape: "money", unit: "EUR", object: "opportunity", aggregate: "sum", value: "amount", time: "close_date", grain: "month", dimensions: DEAL };

const metrics = [
    metric("deals_won", "Deals won", "simple", "ben", "Count of opportunities that stand at closed won, by close date.", { ...COUNT, where: "opportunity.stage == 'closed_won'" }),
    metric("deals_lost", "Deals lost", "simple", "ben", "Count of opportunities that stand at closed lost, by close date.", { ...COUNT, where: "opportunity.stage == 'closed_lost'" }),
    metric("won_value", "Won value", "simple", "ben", "Sum of amount of opportunities at closed won, by close date.", { ...VALUE, where: "opportunity.stage == 'closed_won'", target: { at_least: "900000" }, so_what: "Below plan: look at stage conversion first, then at new pipeline." }),
    metric("average_deal", "Average deal", "derived", "ben", "Won value divided by deals won.", { shape: "money", unit: "EUR", expr: "won_value / deals_won", inputs: ["won_value", "deals_won"], dimensions: DEAL, grain: "month" }),
    metric("win_rate", "Win rate", "derived", "ben", "Of the deals closed in the period, the share that was won, by count.", { unit: "%", expr: "deals_won / (deals_won + deals_lost)", inputs: ["deals_won", "deals_lost"], dimensions: DEAL, grain: "month", target: { at_least: "0.4" }, benchmark: { low: "0.2", high: "0.3", source: "B2B average" }, so_what: "Below target two weeks running: review waivers and lost reasons with the team." }),
    metric("sales_cycle_days", "Sales cycle", "simple", "ben", "Average days from creation to close date of opportunities at closed won.", { unit: "days", object: "opportunity", aggregate: "average", value: "opportunity.close_date - date(opportunity.created_at)", where: "opportunity.stage == 'closed_won'", time: "close_date", grain: "month", dimensions: DEAL, target: { at_most: "75" }, so_what: "Longer than target: find the stage that grew in time in stage." }),
    metric("open_pipeline", "Open pipeline", "snapshot", "ben", "Sum of amount of open opportunities as they stood at the end of the bucket.", { shape: "money", unit: "EUR", object: "opportunity", aggregate: "sum", value: "amount", where: "!(opportunity.stage in ['closed_won', 'closed_lost'])", dimensions: DEAL }),
    metric("open_deals", "Open deals", "snapshot", "ben", "Count of open opportunities as they stood at the end of the bucket.", { unit: "deals", object: "opportunity", aggregate: "count", where: "!(opportunity.stage in ['closed_won', 'closed_lost'])", dimensions: DEAL }),
    metric("pipeline_velocity", "Pipeline velocity", "derived", "ben", "Open deals times win rate times average deal, per day of the sales cycle.", { shape: "money", unit: "EUR", expr: "open_deals * win_rate * average_deal / sales_cycle_days", inputs: ["open_deals", "win_rate", "average_deal", "sales_cycle_days"], dimensions: DEAL.slice(0, 4), so_what: "The four factors below say which lever moved." }),
    metric("leads_created", "New leads", "simple", "chloe", "Count of leads by creation.", { unit: "leads", object: "lead", aggregate: "count", time: "created_at", grain: "month", dimensions: [dimension("lead_source"), dimension("owner")] }),
    metric("lead_to_opportunity", "Lead to opportunity", "conversion", "chloe", "Of the leads created in the period, the share that reached the stage opportunity.", { unit: "%", object: "lead", grain: "month", dimensions: [dimension("lead_source"), dimension("owner")], target: { at_least: "0.15" }, benchmark: { low: "0.1", high: "0.15", source: "B2B SaaS median" } }),
    metric("mrr", "MRR", "snapshot", "dev", "Sum of MRR of active subscriptions as they stood at the end of the bucket.", { shape: "money", unit: "EUR", object: "subscription", aggregate: "sum", value: "mrr", where: "subscription.status == 'active'", grain: "month", dimensions: [dimension("account.segment"), dimension("account.country")] }),
    metric("nrr", "Net revenue retention", "cohort", "dev", "MRR now of the accounts that paid twelve months before, over their MRR then.", { unit: "%", grain: "month", object: "subscription", inputs: [], dimensions: [dimension("account.segment")], target: { at_least: "1.05" }, benchmark: { low: "1", high: "1.1", source: "SaaS, 5-20 M ARR" }, so_what: "Below 100 %: growth has to refill the bucket first." }),
    metric("cac_payback", "CAC payback", "derived", "chloe", "Acquisition spend divided by new MRR.", { unit: "months", expr: "acquisition_spend / new_mrr", inputs: [], so_what: "Needs spend rows; import them to see it." }),
    metric("forecast_accuracy", "Forecast accuracy", "derived", "ben", "One minus the distance of submitted forecast and won value.", { unit: "%", expr: "1 - abs(forecast - won_value) / won_value", inputs: ["won_value"] }),
];

export const dashboards = [
    { name: "board", label: "Board", audience: "board", refresh: "monthly", owner: "ana", at: "dashboards.yaml:2", description: "Growth, retention and efficiency at a glance.", tiles: [
        { kind: "metric", target: "won_value", query: { window: "last_4_quarters", compare: "previous" } },
        { kind: "metric", target: "nrr", query: { window: "last_12_months" } },
        { kind: "metric", target: "win_rate", query: { window: "last_12_months", compare: "previous" } },
        { kind: "metric", target: "mrr", query: { window: "last_12_months", compare: "previous" } },
        { kind: "metric", target: "mrr", label: "MRR by month", query: { grain: "month", window: "last_24_months" } },
        { kind: "metric", target: "won_value", label: "Won value by quarter and segment", query: { grain: "quarter", by: ["account.segment"], window: "last_6_quarters" } },
        { kind: "metric", target: "win_rate", label: "Win rate by segment", query: { by: ["account.segment"], window: "last_12_months" } },
        { kind: "metric", target: "cac_payback", query: { window: "last_12_months" } }] },
    { name: "sales", label: "Sales performance", audience: "manager", refresh: "weekly", owner: "ben", at: "dashboards.yaml:14", description: "What closed, what is open, and how fast it moves.", tiles: [
        { kind: "metric", target: "open_pipeline", query: {} },
        { kind: "metric", target: "win_rate", query: { window: "last_2_quarters", compare: "previous" } },
        { kind: "metric", target: "sales_cycle_days", query: { window: "last_2_quarters", compare: "previous" } },
        { kind: "metric", target: "pipeline_velocity", query: { window: "last_2_quarters" } },
        { kind: "metric", target: "win_rate", label: "Win rate by month", query: { grain: "month", window: "last_18_months" } },
        { kind: "metric", target: "deals_lost", label: "Lost deals by reason", query: { by: ["loss_reason"], window: "last_12_months" } },
        { kind: "metric", target: "won_value", label: "Won value by owner", query: { by: ["owner"], window: "last_12_months" } },
        { kind: "metric", target: "open_pipeline", label: "Open pipeline by segment", query: { by: ["account.segment"] } }] },
    { name: "channels", label: "Channels", audience: "manager", refresh: "weekly", owner: "chloe", at: "dashboards.yaml:30", description: "Where leads come from and what becomes of them.", tiles: [
        { kind: "metric", target: "leads_created", query: { window: "last_12_months", compare: "previous" } },
        { kind: "metric", target: "lead_to_opportunity", query: { window: "last_12_months", compare: "previous" } },
        { kind: "funnel", target: "lead_to_revenue", query: { window: "last_12_months" } },
        { kind: "metric", target: "leads_created", label: "New leads by source", query: { by: ["lead_source"], grain: "quarter", window: "last_6_quarters" } },
        { kind: "metric", target: "win_rate", label: "Win rate by source", query: { by: ["lead_source"], window: "last_12_months" } }] },
    { name: "my_day", label: "My day", audience: "rep", refresh: "live", owner: "ben", at: "dashboards.yaml:44", tiles: [
        { kind: "metric", target: "deals_won", query: { window: "this_quarter" } },
        { kind: "queue", target: "mine", label: "My work" },
        { kind: "list", target: "gate_blocked", label: "Blocked at a gate" },
        { kind: "list", target: "overdue", label: "Overdue" },
        { kind: "list", target: "quarantine", label: "Refused rows" }] },
];

const cell = (pillar, side, owner, artefacts, more = {}) => ({ pillar, side, owner, artefacts, ...more });
export const model = {
    version: 7, digest: "b2:7c1f09aa42", company: { name: "Northlight", currency: "EUR", timezone: "Europe/Berlin", fiscal_year_starts: "02-01" },
    people: PEOPLE
        .map(([name, text, role]) => ({ name, label: text, email: `${name}@northlight.example`, role, active: true })),
    objects: objectList, rules, processes, metrics,
    dashboards: dashboards.map(({ tiles, ...rest }) => ({ ...rest, tiles: tiles.length })),
    cells: [
        cell("data", "sales", "ana", ["pipelines.new_business", "rules.OPP-1"], { feeds: "rules", review_by: "2027-01-31" }), cell("data", "marketing", "ana", ["lifecycles.lead_to_revenue"]), cell("data", "success", "ana", ["objects.subscription"]),
        cell("process", "sales", "ben", ["pipelines.new_business", "handoffs.won_to_onboarding"]), cell("process", "marketing", "chloe", ["handoffs.mql_to_sales"]), cell("process", "success", "dev", ["playbooks.onboarding"]),
        cell("insight", "sales", "ben", ["metrics.win_rate", "dashboards.sales"]), cell("insight", "marketing", "chloe", ["dashboards.channels"]), cell("insight", "success", undefined, ["metrics.nrr"])],
    definitions: [{ kind: "handoffs", name: "mql_to_sales", owner: "chloe", object: "lead", at: "handoffs.yaml:2" }, { kind: "handoffs", name: "won_to_onboarding", owner: "ben", object: "opportunity", at: "handoffs.yaml:12" }, { kind: "scores", name: "fit_score", owner: "chloe", object: "lead", at: "scores.yaml:2" }, { kind: "health", name: "account_health", owner: "dev", object: "account", at: "health.yaml:2" }, { kind: "playbooks", name: "onboarding", owner: "dev", object: "account", at: "playbooks.yaml:2" }],
};
export const versions = [
    ["Gate NEG-1 added to negotiation", "Rule OPP-3 starts in audit"], ["Metric forecast_accuracy added"], ["Stage qualification added between discovery and proposal"], ["Dashboard channels added"], ["Field account.nps added"], ["Lifecycle lead_to_revenue added"], ["First version"],
].map((changes, i) => ({ version: 7 - i, seq: headSeq - 400 - i * 6100, recorded_at: instantText(Date.parse("2026-10-30T09:12:00Z") - i * 97 * 86400000), digest: `b2:${(0x7c1f09aa42 - i * 7919991).toString(16)}`, actor: i % 3 ? "ana" : "ben", changes }));
