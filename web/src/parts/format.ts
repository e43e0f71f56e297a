/* Numbers, money, dates and instants for people, in the reader's language. Every figure comes as decimal text and goes to Intl as
 * text, so nothing passes through a binary fraction and nothing is added up here. */
import type { Compared, Figure, Money, Shape } from "../gen/api";

const cache = new Map<string, Intl.NumberFormat>();
let locale: string | undefined;

/** Fixes the language, for tests; without it the browser's own. */
export function useLocale(name: string | undefined): void {
    locale = name;
    cache.clear();
}

function formatter(options: Intl.NumberFormatOptions): Intl.NumberFormat {
    const key = JSON.stringify(options);
    let found = cache.get(key);
    if (!found) {
        found = new Intl.NumberFormat(locale, options);
        cache.set(key, found);
    }
    return found;
}

/** The text of a decimal as Intl wants it; Intl takes decimal strings exactly. */
const decimal = (text: string) => text as Intl.StringNumericLiteral;

export type Precision = "short" | "full";

export function number(text: string | number, precision: Precision = "full"): string {
    return formatter({ maximumFractionDigits: precision === "full" ? 6 : 2 }).format(decimal(String(text)));
}

export function percent(text: string, precision: Precision = "full"): string {
    return formatter({ style: "percent", maximumFractionDigits: precision === "full" ? 2 : 1 }).format(decimal(text));
}

/** `short` drops minor units of amounts of four digits and more; `full` shows what there is. */
export function money(text: string, currency: string, precision: Precision = "full"): string {
    const long = text.replace("-", "").split(".")[0]!.length >= 4;
    const options: Intl.NumberFormatOptions = { style: "currency", currency, currencyDisplay: "narrowSymbol" };
    if (precision === "short" && long) return formatter({ ...options, maximumFractionDigits: 0 }).format(decimal(text));
    return formatter({ ...options, trailingZeroDisplay: precision === "short" ? "stripIfInteger" : "auto" }).format(decimal(text));
}

export function moneyValue(value: Money, precision: Precision = "full"): string {
    return money(value.text.split(" ")[0] ?? "0", value.currency, precision);
}

/** The unit of money: a currency, and perhaps per what: "EUR a day". Undefined where no currency stands. */
function moneyUnit(unit: string | undefined): { currency: string; word: string } | undefined {
    const found = unit?.match(/^([A-Z]{3})(?: (.+))?$/);
    return found ? { currency: found[1]!, word: found[2] ?? "" } : undefined;
}

/** Money cut to three or four digits, for axes: €1.2M. */
export function axis(value: number, shape: Shape, unit: string | undefined): string {
    if (unit === "%") return formatter({ style: "percent", maximumFractionDigits: 1 }).format(value);
    const compact: Intl.NumberFormatOptions = { notation: "compact", maximumFractionDigits: 1 };
    const money = shape === "money" ? moneyUnit(unit) : undefined;
    if (money) return formatter({ ...compact, style: "currency", currency: money.currency, currencyDisplay: "narrowSymbol" }).format(value);
    return formatter(compact).format(value);
}

export const noValue = "–";

/** A figure without its unit word; shares and money carry theirs in the number. */
export function figure(of: Figure | Compared, shape: Shape, unit: string | undefined, precision: Precision = "full"): string {
    if (of.value === null) return noValue;
    const text = of.text ?? String(of.value);
    if (shape === "text") return text;
    // A currency is never guessed: without one the amount stands alone.
    const inMoney = shape === "money" ? moneyUnit(unit) : undefined;
    if (inMoney) return money(text, inMoney.currency, precision);
    return unit === "%" ? percent(text, precision) : number(text, precision);
}

/** The word after a figure: days, deals, "a day" of money; empty for shares. */
export function unitWord(shape: Shape, unit: string | undefined): string {
    if (shape === "money") return moneyUnit(unit)?.word ?? "";
    return shape === "number" && unit && unit !== "%" ? unit : "";
}

/** A bound of a target or benchmark, as a figure of its metric. */
export function bound(text: string, shape: Shape, unit: string | undefined): string {
    const shown = figure({ value: 0, text }, shape, unit, "short"), word = unitWord(shape, unit);
    return word ? `${shown} ${word}` : shown;
}

/** "+12.4 %": a relative change that the server gave. */
export function change(text: string): string {
    return formatter({ style: "percent", maximumFractionDigits: 1, signDisplay: "exceptZero" }).format(decimal(text));
}

const dates = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, options);

/** A date has no zone: it is shown as the day it is. */
export function date(text: string): string {
    const at = new Date(`${text}T00:00:00Z`);
    return Number.isNaN(at.getTime()) ? text : dates({ dateStyle: "medium", timeZone: "UTC" }).format(at);
}

export function instant(text: string, zone: string, style: "short" | "medium" = "short"): string {
    const at = new Date(text);
    return Number.isNaN(at.getTime()) ? text : dates({ dateStyle: "medium", timeStyle: style, timeZone: zone }).format(at);
}

export function dayOf(text: string, zone: string): string {
    const at = new Date(text);
    return Number.isNaN(at.getTime()) ? text : dates({ dateStyle: "medium", timeZone: zone }).format(at);
}

/** "2 h 10 min": so much time, to the minute. Open time of a calendar stays in hours: its days are not as long as others. */
export function duration(seconds: number, open: boolean): string {
    const minutes = Math.floor(Math.abs(seconds) / 60), hours = Math.floor(minutes / 60), days = Math.floor(hours / 24);
    const part = (n: number, unit: string) => formatter({ style: "unit", unit, unitDisplay: unit === "day" ? "long" : "short" }).format(n);
    if (!open && days >= 2) return part(days, "day");
    const shown = [...(hours ? [part(hours, "hour")] : []), ...(minutes % 60 && hours < 24 ? [part(minutes % 60, "minute")] : [])];
    return shown.length ? shown.join(" ") : part(minutes, "minute");
}

/** A window's two ends as a reader says them; `to` is exclusive. */
export function span(from: string, to: string): string {
    const last = new Date(new Date(`${to}T00:00:00Z`).getTime() - 86400000), first = new Date(`${from}T00:00:00Z`);
    if (Number.isNaN(last.getTime()) || Number.isNaN(first.getTime())) return `${from} – ${to}`;
    return dates({ dateStyle: "medium", timeZone: "UTC" }).formatRange(first, last);
}

/** "2026-03" as "Mar 2026"; other labels of periods stay as they are. */
export function bucket(label: string): string {
    if (/^\d{4}-\d{2}$/.test(label)) return dates({ month: "short", year: "numeric", timeZone: "UTC" }).format(new Date(`${label}-01T00:00:00Z`));
    if (/^\d{4}-\d{2}-\d{2}$/.test(label)) return date(label);
    return label.replace("-", " ");
}

export function bytes(n: number): string {
    const [value, unit] = n >= 1e6 ? [n / 1e6, "megabyte"] : n >= 1e3 ? [n / 1e3, "kilobyte"] : [n, "byte"];
    return formatter({ style: "unit", unit, unitDisplay: "short", maximumFractionDigits: 1 }).format(value);
}

/** "sales_cycle" as "sales cycle". */
export const words = (name: string) => name.replaceAll("_", " ");
export const sentence = (name: string) => words(name).replace(/^./, (first) => first.toUpperCase());
export const count = (n: number, one: string, many: string) => `${number(n)} ${n === 1 ? one : many}`;
