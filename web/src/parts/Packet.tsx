/* What travelled with a handoff: each entry with its value, and by name what is missing. */
import type { Field, PacketEntry } from "../gen/api";
import { Badge } from "./basics";
import { cellText } from "./CellValue";
import * as format from "./format";

type Listed = { count: number; last?: string };
const isListed = (value: unknown): value is Listed => typeof value === "object" && value !== null && typeof (value as Listed).count === "number";

export function packetText(value: unknown, field: Field | undefined, zone: string): string {
    if (isListed(value)) return `${format.number(value.count)}${value.last ? `, last ${format.instant(value.last, zone)}` : ""}`;
    if (value === "(personal)") return "filled (personal)";
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return cellText({ value, text: String(value) }, field, zone);
    return JSON.stringify(value);
}

export function Packet({ entries, field, zone }: { entries: PacketEntry[]; field: (name: string) => Field | undefined; zone: string }) {
    if (!entries.length) return null;
    return (
        <dl className="packet" aria-label="Packet">
            {entries.map((one) => (
                <div key={one.name} data-missing={one.missing ?? false}>
                    <dt>{field(one.name)?.label ?? format.sentence(one.label)}</dt>
                    <dd>{one.missing ? <Badge tone={one.blocks ? "bad" : "warn"} icon="alert">{one.blocks ? "missing: fill it first" : "missing"}</Badge> : packetText(one.value, field(one.name), zone)}</dd>
                </div>
            ))}
        </dl>
    );
}
