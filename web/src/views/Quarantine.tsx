import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { apiUrl } from "../api/client";
import { quarantineQuery } from "../api/queries";
import type { QuarantinedRow } from "../gen/api";
import { Badge, Empty, Loading, PageHead } from "../parts/basics";
import * as format from "../parts/format";
import { Icon } from "../parts/Icon";
import { Findings, ProblemBox, problemOf } from "../parts/Problem";
import { Select } from "../parts/Select";
import { useModel } from "../state/model";

const route = getRouteApi("/quarantine");

function Row({ of }: { of: QuarantinedRow }) {
    const { object, person, zone } = useModel();
    const expired = of.text === "" && of.findings.length === 0;
    return (
        <li className="card">
            <div className="row between small">
                <span className="row"><strong>Row {format.number(of.row)}</strong><Badge>{object(of.object)?.label ?? of.object}</Badge>{of.batch ? <Link to="/imports/$id" params={{ id: of.batch }} className="tiny mono">{of.batch}</Link> : null}</span>
                <span className="tiny muted">{of.source} · {format.instant(of.at, zone)}</span>
            </div>
            {expired ? <p className="small soft">Its text and its reasons were sealed for 90 days and have expired; what came of its import stays counted.</p> : <div className="quarantine-body">
                <Findings of={of.findings} person={person} />
                {of.cells ? <dl className="facts cells">{Object.entries(of.cells).map(([header, text]) => <div key={header} className="contents"><dt>{header}</dt><dd>{text || <span className="muted">empty</span>}</dd></div>)}</dl> : <pre className="code" tabIndex={0}>{of.text}</pre>}
            </div>}
        </li>
    );
}

export function QuarantinePage() {
    const search = route.useSearch(), navigate = useNavigate({ from: "/quarantine" });
    const { model } = useModel();
    const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(quarantineQuery({ ...search }));
    const rows = data?.pages.flatMap((page) => page.rows) ?? [], total = data?.pages[0]?.total ?? 0;
    const set = (more: Partial<typeof search>) => void navigate({ search: (before) => ({ ...before, ...more }), replace: true });
    const codes = [...new Set([...rows.flatMap((one) => one.findings.map((finding) => finding.code)), ...(search.code ? [search.code] : [])])];
    return (
        <>
            <title>Quarantine · Revos</title>
            <PageHead
                title="Quarantine"
                lead="Rows that a rule refused, kept as they came, with every reason. Repair them and import them again."
                aside={
                    <>
                        <Select label="Object" value={search.object ?? ""} choices={[{ id: "", label: "All objects" }, ...model.objects.map((one) => ({ id: one.name, label: one.label }))]} onChange={(object) => set({ object: object || undefined })} />
                        <Select label="Reason" value={search.code ?? ""} choices={[{ id: "", label: "All reasons" }, ...codes.map((id) => ({ id, label: id }))]} onChange={(code) => set({ code: code || undefined })} />
                        {search.batch ? <a className="button" href={apiUrl("/quarantine", { ...search, format: "csv" })} download="quarantine.csv"><Icon name="download" /> CSV</a> : null}
                    </>
                }
            />
            {search.batch ? <p className="notice">Rows of import <code>{search.batch}</code>. <button type="button" className="button link" onClick={() => set({ batch: undefined })}>Show all</button></p> : null}
            {error ? <ProblemBox problem={problemOf(error)} retry={() => void refetch()} /> : null}
            {data && total === 0 ? <Empty title="Nothing is in quarantine"><p>Rows that break a rule on import wait here; nothing does at the moment.</p></Empty> : null}
            {data ? (
                <>
                    <p className="small muted" role="status">{format.number(rows.length)} of {format.count(total, "row", "rows")}</p>
                    <ul className="stack gap-top">{rows.map((one) => <Row key={one.id} of={one} />)}</ul>
                    {hasNextPage ? <p className="gap-top"><button type="button" className="button" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>More rows</button></p> : null}
                </>
            ) : error ? null : <Loading lines={6} height={60} />}
        </>
    );
}
