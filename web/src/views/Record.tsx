import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { childrenQuery, historyQuery, recordQuery } from "../api/queries";
import type { HistoryEvent, ObjectDef } from "../gen/api";
import { Badge, Card, Loading, PageHead } from "../parts/basics";
import { CellView } from "../parts/CellValue";
import * as format from "../parts/format";
import { Icon } from "../parts/Icon";
import { Missing, ProblemBox, problemOf } from "../parts/Problem";
import { Select } from "../parts/Select";
import { StageBar } from "../parts/StageBar";
import { Timeline } from "../parts/Timeline";
import { useModel } from "../state/model";
import { refLink } from "./links";
import { RecordFields } from "./RecordFields";
import { RecordGate } from "./RecordGate";
import { isProcessKind, RecordProcess, RecordScores } from "./RecordProcess";

const route = getRouteApi("/records/$object/$id");

function ChildList({ object, id, child }: { object: string; id: string; child: { name: string; object: string; count: number } }) {
    const { object: find, zone } = useModel();
    const of = find(child.object);
    const [open, setOpen] = useState(false);
    const { data, error } = useQuery({ ...childrenQuery(object, id, child.name), enabled: open });
    const side = of?.fields.find((one) => one.kind === "stage") ?? of?.fields.find((one) => one.type === "money");
    return (
        <li>
            <button type="button" className="child-head" aria-expanded={open} disabled={child.count === 0} onClick={() => setOpen(!open)}>
                <Icon name={open ? "chevron" : "right"} /><span>{format.sentence(child.name)}</span><span className="count push">{format.number(child.count)}</span>
            </button>
            {open ? (
                error ? <ProblemBox problem={problemOf(error)} level={3} /> : data ? (
                    <ul className="child-rows">
                        {data.records.map((one) => (
                            <li key={one.id} className="row between">
                                <Link to="/records/$object/$id" params={{ object: child.object, id: one.id }}>{one.title}</Link>
                                {side ? <CellView cell={one.fields[side.name]} field={side} zone={zone} link={refLink} /> : null}
                            </li>
                        ))}
                        {data.total > data.records.length ? <li className="tiny muted">and {format.number(data.total - data.records.length)} more</li> : null}
                    </ul>
                ) : <Loading lines={3} />
            ) : null}
        </li>
    );
}

function History({ object, id, only }: { object: ObjectDef; id: string; only: string | undefined }) {
    const { field, person, zone } = useModel();
    const navigate = useNavigate({ from: "/records/$object/$id" });
    const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage, refetch } = useInfiniteQuery(historyQuery(object.name, id));
    const events = data?.pages.flatMap((page) => page.events) ?? [];
    const touched = [...new Set(events.flatMap((one) => one.changes.map((change) => change.field)))];
    const shown = only ? events.filter((one) => one.changes.some((change) => change.field === only)) : events;
    const permalink = (event: HistoryEvent) => <a href={`#event-${event.seq}`} className="permalink"><Icon name="link" />event {format.number(event.seq)}</a>;
    return (
        <Card title="History" id="history" aside={<Select label="Field" hideLabel value={only ?? ""} choices={[{ id: "", label: "All fields" }, ...touched.map((name) => ({ id: name, label: field(object.name, name)?.label ?? name }))]} onChange={(name) => void navigate({ search: (before) => ({ ...before, field: name || undefined }), replace: true, resetScroll: false })} />}>
            {error ? <ProblemBox problem={problemOf(error)} retry={() => void refetch()} level={3} /> : null}
            {data ? <Timeline events={shown} fields={(name) => field(object.name, name)} person={person} zone={zone} permalink={permalink} /> : error ? null : <Loading lines={6} height={36} />}
            {hasNextPage ? <button type="button" className="button" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>Older events</button> : null}
        </Card>
    );
}

function AsOf({ asOf, known }: { asOf: string | undefined; known: string | undefined }) {
    const navigate = useNavigate({ from: "/records/$object/$id" });
    const set = (more: { as_of?: string | undefined; known?: string | undefined }) => void navigate({ search: (before) => ({ ...before, ...more }), resetScroll: false });
    return (
        <>
            <label className="field"><span className="label">True as of</span><input className="input" type="date" value={asOf ?? ""} onChange={(event) => set({ as_of: event.target.value || undefined })} /></label>
            <label className="field"><span className="label">As known on</span><input className="input" type="date" value={known ?? ""} onChange={(event) => set({ known: event.target.value || undefined })} /></label>
            {asOf || known ? <button type="button" className="button" onClick={() => set({ as_of: undefined, known: undefined })}>Now</button> : null}
        </>
    );
}

export function RecordPage() {
    const { object: name, id } = route.useParams(), search = route.useSearch();
    const { object: find, process, zone } = useModel();
    const object = find(name);
    const { data: record, error, refetch } = useQuery(recordQuery(name, id, { as_of: search.as_of, known: search.known }));
    // What the process keeps about a record has a card of its own.
    const related = record?.children.filter((one) => !isProcessKind(one.object) && (one.count > 0 || !find(one.object)?.builtin)) ?? [];
    const live = !search.as_of && !search.known && !record?.deleted;
    const mine = (object?.processes ?? []).flatMap((one) => {
        const found = process(one), sharing = object!.processes.filter((other) => process(other)?.field === found?.field);
        // Several pipelines in one field: the record says in which it is.
        const elsewhere = sharing.length > 1 && record?.fields.pipeline && record.fields.pipeline.value !== one;
        return found && !elsewhere ? [found] : [];
    });
    if (!object) return <Missing title={name} problem={{ type: "about:blank", title: `There is no object '${name}'`, status: 404, code: "not_found" }} />;
    const day = (instant: string) => format.dayOf(instant, zone);
    return (
        <>
            <title>{`${record?.title ?? id} · Revos`}</title>
            <PageHead
                title={<>{record?.title ?? id}{record?.deleted ? <> <Badge tone="warn">deleted</Badge></> : null}</>}
                lead={<div className="row"><Badge>{object.label}</Badge><code className="muted tiny">{id}</code></div>}
                aside={<AsOf asOf={search.as_of} known={search.known} />}
            />
            {record && (search.as_of || search.known) && !error ? <p className="notice"><Icon name="clock" /> {search.as_of ? `True on ${format.date(search.as_of)}` : "True now"}{search.known ? `, as known on ${format.date(search.known)}` : ", as known now"}. The history below is the whole one.</p> : null}
            {error ? <ProblemBox problem={problemOf(error)} retry={() => void refetch()} /> : null}
            {record && !error ? (
                <>
                    {mine.map((one) => <StageBar key={one.name} process={one} visits={record.visits} current={record.fields[one.field]?.value as string | undefined} day={day} />)}
                    <div className="record-grid">
                        <div className="stack">
                            {live && mine[0] ? <RecordGate key={record.id} process={mine[0]} record={record} /> : null}
                            <RecordFields key={record.id} object={object} record={record} live={live} />
                            <RecordScores object={object} record={record} live={live} />
                            {related.length ? <Card title="Related" id="related"><ul className="children">{related.map((child) => <ChildList key={child.name} object={name} id={id} child={child} />)}</ul></Card> : null}
                        </div>
                        <div className="stack">
                            {live ? <RecordProcess record={record} /> : null}
                            <History object={object} id={id} only={search.field} />
                        </div>
                    </div>
                </>
            ) : error ? null : <Loading lines={8} height={28} />}
        </>
    );
}
