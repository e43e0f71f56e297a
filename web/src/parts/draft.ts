/* What somebody types into a field, as text until the server has read it: no value is converted here but between zones. */
import { parseAbsolute, parseDateTime, toCalendarDateTime, toZoned } from "@internationalized/date";
import type { Cell, Command, Field } from "../gen/api";

/** What stands in an input; of a reference the id, with the title beside it. */
export type Draft = { text: string; label?: string };
export type Drafts = { [field: string]: Draft };

/** What a cell is in an input; an empty field is empty text. */
export function draftOf(cell: Cell | null | undefined, field: Field): Draft {
    if (!cell || cell.value === null || cell.erased) return { text: "" };
    const { value, text } = cell;
    if (typeof value === "object") return { text: value.text };
    if (field.type === "ref") return { text: String(value), label: text };
    return { text: field.type === "integer" || field.type === "number" || field.type === "json" ? text : String(value) };
}

export const sameDraft = (a: Draft, b: Draft): boolean => a.text.trim() === b.text.trim();

/** What differs from what stood there. */
export function changed(drafts: Drafts, before: (field: string) => Draft): Drafts {
    return Object.fromEntries(Object.entries(drafts).filter(([name, draft]) => !sameDraft(draft, before(name))));
}

/** The fields of a command: every value as it was typed, which the server reads by the field's type; nothing typed empties it. */
export function commandFields(drafts: Drafts): Command["fields"] {
    return Object.fromEntries(Object.entries(drafts).map(([name, { text }]) => [name, text.trim() === "" ? null : text]));
}

/** "1200.50 EUR" in its two inputs; what is no currency stays with the amount, so that nothing typed gets lost. */
export function moneyParts(text: string, currency: string): { amount: string; currency: string } {
    const found = /^(.*?)\s*([A-Za-z]{3})?$/s.exec(text.trim());
    return { amount: found?.[1] ?? "", currency: found?.[2]?.toUpperCase() ?? currency };
}
export const moneyText = (amount: string, currency: string): string => (amount.trim() ? `${amount.trim()} ${currency.trim()}`.trim() : "");

/** An instant as the clock on the wall of `zone` shows it, for an input, and back; text that is none stays as it is. */
export function localOf(instant: string, zone: string): string {
    try {
        return instant ? toCalendarDateTime(parseAbsolute(instant, zone)).toString().slice(0, 16) : "";
    } catch {
        return "";
    }
}
export function instantOf(local: string, zone: string): string {
    try {
        return local ? toZoned(parseDateTime(local), zone).toAbsoluteString() : "";
    } catch {
        return local;
    }
}

let names: [code: string, name: string][] | undefined;
/** Every country that the browser has a name for. */
export function countries(): [code: string, name: string][] {
    if (names) return names;
    const say = new Intl.DisplayNames(undefined, { type: "region", fallback: "none" }), letters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
    // AA, QM to QZ, XA to XZ and ZZ are for private use.
    const codes = letters.flatMap((a) => letters.map((b) => a + b)).filter((code) => !/^(AA|Q[M-Z]|X[A-JL-Z]|ZZ|EU|EZ|UN)$/.test(code));
    names = codes.flatMap((code): [string, string][] => { const name = say.of(code); return name ? [[code, name]] : []; }).sort((a, b) => a[1].localeCompare(b[1]));
    return names;
}
