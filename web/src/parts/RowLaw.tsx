/* Rows in = created + updated + unchanged + merged + quarantined, written out; the server says whether it holds. */
import type { ImportReport } from "../gen/api";
import { Badge } from "./basics";
import { number } from "./format";

const PARTS = ["created", "updated", "unchanged", "merged", "quarantined"] as const;

export function RowLaw({ of }: { of: ImportReport }) {
    return (
        <div className="law">
            <span className="law-part total"><strong>{number(of.rows)}</strong><span>rows in</span></span>
            {PARTS.map((part, i) => (
                <span key={part} className="law-pair">
                    <span className="law-sign">{i === 0 ? "=" : "+"}</span>
                    <span className="law-part" data-part={part} data-zero={of[part] === 0}><strong>{number(of[part])}</strong><span>{part}</span></span>
                </span>
            ))}
            <span className="push">{of.law ? <Badge tone="good" icon="check">adds up</Badge> : of.state === "running" ? <Badge>running</Badge> : <Badge tone="bad" icon="alert">does not add up</Badge>}</span>
        </div>
    );
}
