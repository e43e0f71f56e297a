/* The windows offered; the server knows what each means, and any other may stand in the URL. */
import type { Choice } from "./Select";

export const WINDOWS: readonly Choice[] = [
    { id: "this_month", label: "This month" },
    { id: "this_quarter", label: "This quarter" },
    { id: "this_fiscal_year", label: "This fiscal year" },
    { id: "last_quarter", label: "Last quarter" },
    { id: "last_4_quarters", label: "Last 4 quarters" },
    { id: "last_6_months", label: "Last 6 months" },
    { id: "last_12_months", label: "Last 12 months" },
    { id: "last_24_months", label: "Last 24 months" },
    { id: "year_to_date", label: "Year to date" },
    { id: "all", label: "All time" },
];

export const GRAINS: readonly Choice[] = ["day", "week", "month", "quarter", "year", "fiscal_quarter", "fiscal_year"].map((id) => ({
    id, label: id.replace("_", " ").replace(/^./, (first) => first.toUpperCase()),
}));

/** The choices with `value` among them, whatever it is. */
export function withValue(choices: readonly Choice[], value: string): readonly Choice[] {
    return value === "" || choices.some((one) => one.id === value) ? choices : [...choices, { id: value, label: value.replaceAll("_", " ") }];
}
