// time.mjs - windows and buckets of company days, enough for the mock.
import { dayText, today } from "./data.mjs";

const DAY = 86400000;
const parse = (day) => Date.parse(`${day}T00:00:00Z`);
export const addDays = (day, n) => dayText(parse(day) + n * DAY);
const ymd = (y, m, d = 1) => new Date(Date.UTC(y, m, d)).toISOString().slice(0, 10);
const MONTHS = { month: 1, quarter: 3, year: 12, fiscal_quarter: 3, fiscal_year: 12 };
const GRAINS = ["day", "week", ...Object.keys(MONTHS)];

/** The period of `grain` that holds `day`. */
export function periodOf(grain, day) {
    const at = new Date(parse(day)), y = at.getUTCFullYear(), m = at.getUTCMonth();
    if (grain === "day") return { label: day, from: day, to: addDays(day, 1) };
    if (grain === "week") {
        const from = addDays(day, -((at.getUTCDay() + 6) % 7)), thursday = new Date(parse(addDays(from, 3)));
        const week = Math.floor((thursday - Date.UTC(thursday.getUTCFullYear(), 0, 1)) / DAY / 7) + 1;
        return { label: `${thursday.getUTCFullYear()}-W${String(week).padStart(2, "0")}`, from, to: addDays(from, 7) };
    }
    if (grain === "month") return { label: day.slice(0, 7), from: ymd(y, m), to: ymd(y, m + 1) };
    if (grain === "quarter") { const q = Math.floor(m / 3); return { label: `${y}-Q${q + 1}`, from: ymd(y, q * 3), to: ymd(y, q * 3 + 3) }; }
    if (grain === "year") return { label: String(y), from: ymd(y, 0), to: ymd(y + 1, 0) };
    const start = m >= 1 ? y : y - 1, name = `FY${start + 1}`;
    if (grain === "fiscal_year") return { label: name, from: ymd(start, 1), to: ymd(start + 1, 1) };
    const q = Math.floor(((m + 11) % 12) / 3);
    return { label: `${name}-Q${q + 1}`, from: ymd(start, 1 + q * 3), to: ymd(start, 4 + q * 3) };
}

export function buckets(grain, from, to) {
    const out = [];
    for (let at = from; at < to;) {
        const period = periodOf(grain, at);
        out.push({ label: period.label, from: period.from < from ? from : period.from, to: period.to > to ? to : period.to });
        at = period.to;
    }
    return out;
}

/** "last_12_months" → {from, to}; null when it is no window. */
export function windowOf(word) {
    if (word === "all") return { from: "2024-01-01", to: addDays(today, 1) };
    let found = /^(\w+)_to_date$/.exec(word);
    if (found && GRAINS.includes(found[1])) return { from: periodOf(found[1], today).from, to: addDays(today, 1) };
    found = /^this_(\w+)$/.exec(word);
    if (found && GRAINS.includes(found[1])) { const { from, to } = periodOf(found[1], today); return { from, to }; }
    found = /^last_(?:(\d+)_)?([a-z_]+?)s?$/.exec(word);
    if (!found || !GRAINS.includes(found[2])) return null;
    const to = periodOf(found[2], today).from;
    let from = to;
    for (let n = Number(found[1] ?? 1); n > 0; n--) from = periodOf(found[2], addDays(from, -1)).from;
    return { from, to };
}

/** The window of the same length before. */
export function previous({ from, to }) {
    const months = (Number(to.slice(0, 4)) - Number(from.slice(0, 4))) * 12 + Number(to.slice(5, 7)) - Number(from.slice(5, 7));
    if (from.slice(8) === "01" && to.slice(8) === "01") return { from: ymd(Number(from.slice(0, 4)), Number(from.slice(5, 7)) - 1 - months), to: from };
    const days = Math.round((parse(to) - parse(from)) / DAY);
    return { from: addDays(from, -days), to: from };
}
