/* A cell of a record by the type of its field. `link` wraps a reference in what opens it. */
import { createContext, useContext, type ReactNode } from "react";
import type { Cell, Field } from "../gen/api";
import { Badge, type Tone } from "./basics";
import * as format from "./format";
import { termsText } from "./termText";

export type RefLink = (field: Field, id: string, children: ReactNode) => ReactNode;
const NUMERIC = new Set(["integer", "number", "money"]);
export const isNumeric = (field: Field | undefined): boolean => field !== undefined && NUMERIC.has(field.type);

export function cellText(cell: Cell | null | undefined, field: Field | undefined, zone: string): string {
    if (!cell || cell.value === null) return "";
    const { value } = cell;
    if (typeof value === "object") return format.moneyValue(value);
    if (typeof value === "boolean") return value ? "yes" : "no";
    switch (field?.type) {
        case "date": return format.date(String(value));
        case "instant": return format.instant(String(value), zone);
        case "integer": case "number": return format.number(cell.text);
        // The model's words for a value of a closed list; the cell has them too unless the value has no label.
        case "enum": return field.values?.find((one) => one.name === value)?.label ?? cell.text;
        case "json": return termsText(cell.text) ?? cell.text;
        default: return cell.text;
    }
}

/** How a stage field's value ends its process; given by whoever knows the model. */
export type Outcome = (field: Field, stage: string) => "open" | "won" | "lost" | undefined;
export const OutcomeContext = createContext<Outcome>(() => undefined);
const TONES: Record<string, Tone> = { open: "accent", won: "good", lost: "plain" };

export function CellView({ cell, field, zone, link }: { cell: Cell | null | undefined; field: Field | undefined; zone: string; link: RefLink }) {
    const outcome = useContext(OutcomeContext);
    if (!cell || cell.value === null) return <span className="muted">–</span>;
    const text = cellText(cell, field, zone);
    if (field?.kind === "stage") return <Badge tone={TONES[outcome(field, String(cell.value)) ?? "open"] ?? "accent"}>{text}</Badge>;
    if (field?.type === "ref" && field.to) return <>{link(field, String(cell.value), text)}{cell.deleted ? <Badge tone="warn">deleted</Badge> : null}</>;
    if (field?.type === "json" && text === cell.text) return <code className="mono">{text}</code>;
    if (cell.stale) return <>{text} <Badge tone="warn" icon="clock">stale</Badge></>;
    return <>{text}</>;
}
