/* An answer as a picture, or as its table: the same figures, one key apart. */
import { lazy, Suspense, useMemo } from "react";
import type { Answer, AnswerRow } from "../../gen/api";
import { AnswerTable, type OpenCell } from "../AnswerTable";
import { Skeleton } from "../basics";
import { Icon } from "../Icon";
import { leftOut, pictureOf } from "./shape";

const Canvas = lazy(() => import("./canvas"));

export function ViewSwitch({ table, onChange, of }: { table: boolean; onChange: (table: boolean) => void; of: string }) {
    return (
        <div className="segmented" role="group" aria-label={`View of ${of}`}>
            <button type="button" aria-pressed={!table} aria-label="Chart" title="Chart" onClick={() => onChange(false)}><Icon name="chart" /></button>
            <button type="button" aria-pressed={table} aria-label="Table" title="Table" onClick={() => onChange(true)}><Icon name="table" /></button>
        </div>
    );
}

export function ChartOnly({ answer, label, height, onOpen }: { answer: Answer; label: string; height: number; onOpen: (row: AnswerRow) => void }) {
    const picture = useMemo(() => pictureOf(answer), [answer]);
    if (!picture) return null;
    if (answer.rows.every((row) => row.value === null)) return <p className="no-figures">No value in any of them: {answer.rows.at(-1)?.because ?? "nothing counts"}.</p>;
    const more = leftOut(answer), tall = picture.kind === "bars" ? Math.max(height, picture.categories.length * 34 + 40) : height;
    return (
        <figure>
            {picture.series.length > 1 ? (
                <ul className="legend" aria-label="Series">
                    {picture.series.map((one, i) => <li key={one.name}><i data-series={i + 1} aria-hidden="true" />{one.name}</li>)}
                </ul>
            ) : null}
            <div role="img" aria-label={`${picture.kind === "line" ? "Line" : "Bar"} chart: ${label}. The table has the same figures.`} style={{ minHeight: tall }} className="chart-box">
                <Suspense fallback={<Skeleton height={tall} />}><Canvas answer={answer} picture={picture} onOpen={onOpen} /></Suspense>
            </div>
            {more ? <figcaption className="tiny muted">{more} more groups are in the table.</figcaption> : null}
        </figure>
    );
}

export function Chart({ answer, label, table, height = 236, open, onOpen }: {
    answer: Answer; label: string; table: boolean; height?: number; open: OpenCell; onOpen: (row: AnswerRow) => void;
}) {
    return table ? <AnswerTable answer={answer} open={open} caption={label} /> : <ChartOnly answer={answer} label={label} height={height} onOpen={onOpen} />;
}
