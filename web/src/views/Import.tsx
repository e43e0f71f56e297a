import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useLayoutEffect, useRef, useState } from "react";
import { post } from "../api/client";
import { importQuery } from "../api/queries";
import type { ImportReport, Stopping, Undone } from "../gen/api";
import { Badge, Card, Empty, Loading, PageHead, type Tone } from "../parts/basics";
import * as format from "../parts/format";
import { Icon } from "../parts/Icon";
import { ProblemBox, problemOf } from "../parts/Problem";
import { RowLaw } from "../parts/RowLaw";
import { announce } from "../state/announce";
import { focusIsLost, focusOn } from "../state/focus";
import { useModel } from "../state/model";

const route = getRouteApi("/imports/$id");

/** What a run did, or what a dry run would do. */
export function ReportBody({ of }: { of: ImportReport }) {
    const { object, field, person, zone } = useModel();
    return (
        <div className="stack">
            <Card title={of.dry_run ? "What this file would do" : "What this file did"} id="law"><RowLaw of={of} />{of.blank ? <p className="tiny muted">{format.count(of.blank, "blank line", "blank lines")} apart.</p> : null}</Card>
            <div className="halves">
                <Card title="Why rows were quarantined" id="reasons" aside={of.quarantined && of.id ? <Link className="button" to="/quarantine" search={{ batch: of.id }}>Open the rows</Link> : null}>
                    {of.reasons.length ? (
                        <table className="table">
                            <caption className="visually-hidden">Reasons</caption>
                            <thead><tr><th scope="col">Reason</th><th scope="col">Field</th><th scope="col" className="num">Rows</th></tr></thead>
                            <tbody>
                                {of.reasons.map((one, i) => (
                                    <tr key={i}><th scope="row">{one.message} <code className="muted tiny">{one.code}</code></th><td>{one.field ? (field(of.object, one.field)?.label ?? one.field) : ""}</td><td className="num">{of.id ? <Link className="cell" to="/quarantine" search={{ batch: of.id, code: one.code }}>{format.number(one.rows)}</Link> : format.number(one.rows)}</td></tr>
                                ))}
                            </tbody>
                        </table>
                    ) : <p className="soft">None were.</p>}
                </Card>
                <Card title="File" id="file">
                    <dl className="facts">
                        <dt>Name</dt><dd>{of.name}</dd>
                        <dt>Into</dt><dd>{object(of.object)?.label ?? of.object}</dd>
                        {of.bytes === undefined ? null : <><dt>Size</dt><dd>{format.bytes(of.bytes)}</dd></>}
                        {of.map ? <><dt>Mapping</dt><dd className="mono">{of.map}</dd></> : null}
                        <dt>Source</dt><dd>{of.source}</dd>
                        {of.unmapped.length ? <><dt>Not used</dt><dd>{of.unmapped.join(", ")}</dd></> : null}
                        <dt>By</dt><dd>{person(of.actor)}</dd>
                        <dt>Began</dt><dd>{format.instant(of.started_at, zone, "medium")}</dd>
                        {of.ended_at ? <><dt>Ended</dt><dd>{format.instant(of.ended_at, zone, "medium")}</dd></> : null}
                        {of.digest ? <><dt>BLAKE2b</dt><dd className="mono">{of.digest}</dd></> : null}
                    </dl>
                </Card>
            </div>
        </div>
    );
}

/** How far a run is. The bar is of bytes: how many rows a file has is known at its end. */
function Progress({ of }: { of: ImportReport }) {
    const { progress } = of;
    if (!progress) return <p className="soft">It waits for its turn.</p>;
    return (
        <div className="stack import-progress">
            <progress aria-label="Read of the file" value={progress.bytes} max={Math.max(progress.bytes_total, 1)} />
            <p className="small soft">{format.count(progress.rows, "row", "rows")} done · {format.bytes(progress.bytes)} of {format.bytes(progress.bytes_total)} read</p>
        </div>
    );
}

/** What is undone is gone from lists; what was edited since stays, and is named. */
function UndoneBody({ of }: { of: Undone }) {
    const { object } = useModel();
    // The question is gone, and its button with it: the answer has the focus, and is said.
    useLayoutEffect(() => { focusOn("undone"); announce(`Taken back: ${of.retracted}, ${of.kept} stay.`); }, [of]);
    return (
        <Card title="Taken back" id="undone">
            <p>{format.count(of.retracted, "record or batch of facts was", "records and batches of facts were")} taken back{of.kept ? <>, {format.number(of.kept)} {of.kept === 1 ? "stays" : "stay"}</> : ""}.</p>
            {of.first.length ? (
                <ul className="gap-top stack-tight">{of.first.map((one) => <li key={one.id} className="small"><Link to="/records/$object/$id" params={{ object: one.object, id: one.id }}>{object(one.object)?.label ?? one.object} {one.id}</Link> <span className="soft">{one.why}</span></li>)}</ul>
            ) : null}
            {of.kept > of.first.length ? <p className="small soft">and {format.number(of.kept - of.first.length)} more</p> : null}
        </Card>
    );
}

function ImportControls({ of, id, undone }: { of: ImportReport; id: string; undone: (report: Undone) => void }) {
    const queries = useQueryClient(), [sure, setSure] = useState(false), ask = useRef<HTMLButtonElement>(null), halt = useRef<HTMLButtonElement>(null);
    const stop = useMutation({ mutationFn: () => post<Stopping>(`/imports/${encodeURIComponent(id)}/stop`), onSuccess: () => { focusOn("main"); announce("The import ends at its next step."); return queries.invalidateQueries({ queryKey: ["import", id] }); } });
    const undo = useMutation({ mutationFn: () => post<Undone>(`/imports/${encodeURIComponent(id)}/undo`), onSuccess: (report) => { setSure(false); undone(report); return queries.invalidateQueries(); } });
    const failed = stop.error ?? undo.error;
    // Refused, what was pressed and switched off is lost to the focus: the way to it is not.
    useLayoutEffect(() => { if (failed && focusIsLost()) (ask.current ?? halt.current)?.focus(); }, [failed]);
    return (
        <>
            {of.state === "running" ? <button ref={halt} type="button" className="button" disabled={stop.isPending || stop.isSuccess} onClick={() => stop.mutate()}><Icon name="stop" /> {stop.isSuccess ? "Stopping…" : "Stop"}</button> : null}
            {of.state === "done" || of.state === "stopped" ? <button ref={ask} type="button" className="button" aria-expanded={sure} onClick={() => setSure(!sure)}><Icon name="undo" /> Undo…</button> : null}
            {sure ? (
                <div className="card sure" role="group" aria-label="Undo the import">
                    <p>Takes back what this import made and changed. What somebody edited since, or refers to, stays.</p>
                    <div className="row"><button type="button" className="button primary" autoFocus disabled={undo.isPending} onClick={() => undo.mutate()}>{undo.isPending ? "Taking back…" : "Undo the import"}</button><button type="button" className="button ghost" onClick={() => { setSure(false); ask.current?.focus(); }}>Keep it</button></div>
                </div>
            ) : null}
            {failed ? <ProblemBox problem={problemOf(failed)} level={3} /> : null}
        </>
    );
}

const TONES: Record<ImportReport["state"], Tone> = { running: "accent", done: "good", stopped: "warn", undone: "plain" };

export function ImportPage() {
    const { id } = route.useParams();
    const { data, error, refetch } = useQuery(importQuery(id));
    const [undone, setUndone] = useState<Undone | undefined>();
    return (
        <>
            <title>{`${data?.name ?? "Import"} · Revos`}</title>
            <PageHead title={data?.name ?? "Import"} lead={<div className="row">{data ? <Badge tone={TONES[data.state]}>{data.state}</Badge> : null}<code className="muted tiny">{id}</code></div>} aside={data ? <ImportControls of={data} id={id} undone={setUndone} /> : null} />
            {error ? <ProblemBox problem={problemOf(error)} retry={() => void refetch()} /> : null}
            {data?.state === "running" ? <div className="gap-below"><Card title="Under way" id="progress"><Progress of={data} /></Card></div> : null}
            {undone ? <div className="gap-below"><UndoneBody of={undone} /></div> : null}
            {data ? <ReportBody of={data} /> : error ? null : <Loading />}
            {data?.state === "done" && data.quarantined === 0 ? null : data ? <div className="gap-top"><Empty title="Repair the quarantined rows" command={`revos quarantine export --batch ${id} -o fix.csv\nrevos import ${data.object} fix.csv`}><p>The file has the original columns and one for the reason. Fix the cells and import it again: rows that are already in stay as they are.</p></Empty></div> : null}
        </>
    );
}
