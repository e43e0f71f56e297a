/* The rows of a metric answer as a table: the twin of every chart. Knows no URL; `cell` wraps a figure in what opens it. */
import type { ReactNode } from "react";
import type { Answer, AnswerRow, Figure } from "../gen/api";
import { Change, FigureText } from "./Figure";
import * as format from "./format";

export type OpenCell = (row: AnswerRow | undefined, label: string, children: ReactNode) => ReactNode;

export const rowLabel = (row: AnswerRow, answer: Answer): string =>
    [row.bucket ? format.bucket(row.bucket.label) : "", ...answer.columns.map((one) => row.group[one.name]?.label ?? "none")].filter(Boolean).join(", ");

function Reason({ of }: { of: Figure }) {
    return of.value === null && (of.because ?? of.reason) ? <span className="reason">{of.because ?? format.words(of.reason ?? "")}</span> : null;
}

export function AnswerTable({ answer, open, caption }: { answer: Answer; open: OpenCell; caption: string }) {
    const buckets = answer.rows.some((row) => row.bucket), compares = answer.rows.some((row) => row.compare);
    const kind = { shape: answer.shape, unit: answer.unit };
    const word = format.unitWord(answer.shape, answer.unit);
    return (
        <div className="scroll-x" tabIndex={0} role="group" aria-label={caption}>
            <table className="table figures">
                <caption className="visually-hidden">{caption}</caption>
                <thead>
                    <tr>
                        {buckets ? <th scope="col">{format.sentence(answer.grain ?? "period")}</th> : null}
                        {answer.columns.map((one) => <th key={one.name} scope="col">{one.label}</th>)}
                        <th scope="col" className="num">{answer.label}{word ? `, ${word}` : ""}</th>
                        {compares ? <><th scope="col" className="num">Before</th><th scope="col" className="num">Change</th></> : null}
                        <th scope="col" className="num">Records</th>
                    </tr>
                </thead>
                <tbody>
                    {answer.rows.map((row, i) => {
                        const heads = [...(buckets ? [row.bucket ? format.bucket(row.bucket.label) : ""] : []), ...answer.columns.map((one) => row.group[one.name]?.label ?? "None")];
                        return (
                            <tr key={i}>
                                {heads.map((text, h) => (h === 0 ? <th key={h} scope="row">{text}</th> : <td key={h}>{text}</td>))}
                                <td className="num">
                                    {open(row, rowLabel(row, answer), format.figure(row, answer.shape, answer.unit))}
                                    <Reason of={row} />
                                </td>
                                {compares ? (
                                    <>
                                        <td className="num muted">{row.compare ? format.figure(row.compare, answer.shape, answer.unit) : null}</td>
                                        <td className="num">{row.compare ? <Change of={row.compare} target={answer.target} /> : null}</td>
                                    </>
                                ) : null}
                                <td className="num muted">{format.number(row.records)}</td>
                            </tr>
                        );
                    })}
                </tbody>
                {answer.total && answer.rows.length > 1 ? (
                    <tfoot>
                        <tr>
                            <th scope="row" colSpan={Math.max(1, Number(buckets) + answer.columns.length)}>All</th>
                            <td className="num">{open(undefined, "All", <FigureText of={answer.total} kind={kind} />)}</td>
                            {compares ? <><td className="num">{answer.total.compare ? format.figure(answer.total.compare, answer.shape, answer.unit) : null}</td><td /></> : null}
                            <td className="num">{format.number(answer.total.records)}</td>
                        </tr>
                    </tfoot>
                ) : null}
            </table>
        </div>
    );
}
