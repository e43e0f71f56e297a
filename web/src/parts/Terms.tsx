/* What a score or a health is made of, term by term: they add up to it. */
import type { ReactNode } from "react";
import type { ScoreWhy } from "../gen/api";
import { Badge } from "./basics";
import type { HealthTerm } from "./termText";
import * as format from "./format";

type Term = ScoreWhy["terms"][number];

const signed = (points: number): string => (points > 0 ? `+${format.number(points)}` : format.number(points));

function State({ term, zone }: { term: Term; zone: string }): ReactNode {
    if (term.state === "fault") return <Badge tone="bad">{term.fault ?? "cannot be judged"}</Badge>;
    if (term.state === "absent") return <span className="muted">{term.absent ? <><code>{term.absent}</code> is empty</> : "empty"}, would give {signed(term.of)}</span>;
    if (term.state === "unmet") return <span className="muted">does not hold, would give {signed(term.of)}</span>;
    return (
        <>
            {term.of !== term.points ? <>of {signed(term.of)}</> : null}
            {term.age_days === undefined ? null : <>{term.of !== term.points ? ", " : ""}{format.count(term.age_days, "day", "days")} old</>}
            {term.next_change ? <span className="muted"> · changes by itself {format.dayOf(term.next_change, zone)}</span> : null}
        </>
    );
}

export function ScoreTable({ score, label, zone }: { score: ScoreWhy; label: string; zone: string }) {
    const cut = score.value - score.sum;
    const terms = [...score.terms].sort((a, b) => Number(b.state === "met") - Number(a.state === "met"));
    return (
        <table className="table terms">
            <caption className="visually-hidden">{label}: its terms</caption>
            <thead><tr><th scope="col" className="num">Points</th><th scope="col">Because</th></tr></thead>
            <tbody>
                {terms.map((term, i) => (
                    <tr key={i} data-given={term.state === "met"}>
                        <td className="num">{term.state === "met" ? signed(term.points) : "–"}</td>
                        <th scope="row">{term.because}<div className="tiny soft"><State term={term} zone={zone} /></div></th>
                    </tr>
                ))}
                {cut ? <tr data-given="true"><td className="num">{signed(cut)}</td><th scope="row">{cut < 0 ? "At most" : "At least"} {format.number(score.value)}<div className="tiny soft">what the range cuts off</div></th></tr> : null}
            </tbody>
            <tfoot><tr><td className="num">{format.number(score.value)}</td><th scope="row">{label}</th></tr></tfoot>
        </table>
    );
}

export function HealthTable({ terms, label, score }: { terms: HealthTerm[]; label: string; score: string | undefined }) {
    return (
        <table className="table terms">
            <caption className="visually-hidden">{label}: its inputs</caption>
            <thead><tr><th scope="col" className="num">Points</th><th scope="col">Input</th><th scope="col" className="num">Value</th><th scope="col" className="num">Weight</th></tr></thead>
            <tbody>
                {terms.map((term) => (
                    <tr key={term.input} data-given={term.points !== undefined}>
                        <td className="num">{term.points === undefined ? "–" : format.number(term.points)}</td>
                        <th scope="row">{format.sentence(term.input)}{term.absent ? <div className="tiny soft"><code>{term.absent}</code> is empty: left out with its weight</div> : term.fault ? <div className="tiny soft">{term.fault}: left out with its weight</div> : term.held ? <div className="tiny soft">held within 0 and 1</div> : null}</th>
                        <td className="num">{term.value === undefined ? "–" : format.number(term.value)}</td>
                        <td className="num">{format.number(term.weight)}</td>
                    </tr>
                ))}
            </tbody>
            {score ? <tfoot><tr><td className="num">{format.number(score)}</td><th scope="row" colSpan={3}>{label}</th></tr></tfoot> : null}
        </table>
    );
}
