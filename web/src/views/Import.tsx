import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { importQuery } from "../api/queries";
import type { ImportReport } from "../gen/api";
import { Badge, Card, Empty, Loading, PageHead } from "../parts/basics";
import * as format from "../parts/format";
import { ProblemBox, problemOf } from "../parts/Problem";
import { RowLaw } from "../parts/RowLaw";
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

export function ImportPage() {
    const { id } = route.useParams();
    const { data, error, refetch } = useQuery(importQuery(id));
    return (
        <>
            <title>{`${data?.name ?? "Import"} · Revos`}</title>
            <PageHead title={data?.name ?? "Import"} lead={<div className="row">{data ? <Badge tone={data.state === "done" ? "good" : "accent"}>{data.state}</Badge> : null}<code className="muted tiny">{id}</code></div>} />
            {error ? <ProblemBox problem={problemOf(error)} retry={() => void refetch()} /> : null}
            {data ? <ReportBody of={data} /> : error ? null : <Loading />}
            {data?.state === "done" && data.quarantined === 0 ? null : data ? <div className="gap-top"><Empty title="Repair the quarantined rows" command={`revos quarantine export --batch ${id} -o fix.csv\nrevos import ${data.object} fix.csv`}><p>The file has the original columns and one for the reason. Fix the cells and import it again: rows that are already in stay as they are.</p></Empty></div> : null}
        </>
    );
}
