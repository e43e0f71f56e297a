import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useMemo, useState, type ReactNode } from "react";
import { apiUrl } from "../api/client";
import { metricQuery } from "../api/queries";
import type { Answer, AnswerRow, Metric } from "../gen/api";
import { AnswerTable } from "../parts/AnswerTable";
import { Badge, Card, Code, Owner, PageHead, Skeleton } from "../parts/basics";
import { ChartOnly } from "../parts/chart/Chart";
import { Change, FigureText, Judgement } from "../parts/Figure";
import * as format from "../parts/format";
import { Icon } from "../parts/Icon";
import { Diagnostics, Missing, ProblemBox, problemOf } from "../parts/Problem";
import { Select } from "../parts/Select";
import { GRAINS, WINDOWS, withValue } from "../parts/windows";
import { useKept } from "../state/kept";
import { openSearch, questionOf, type MetricSearch } from "../state/metric";
import { useModel } from "../state/model";
import { readableAnswer } from "../state/readable";
import { ExplainDrawer } from "./Explain";
import { Since } from "./Since";

const route = getRouteApi("/metrics/$name");

function WhereField({ value, metric, error, onChange }: { value: string; metric: Metric; error: unknown; onChange: (where: string | undefined) => void }) {
    const [draft, setDraft] = useState(value);
    const object = useModel().objectOfMetric(metric.name) ?? "record";
    const problem = error ? problemOf(error) : undefined;
    const mine = problem?.parameter === "where" ? problem : undefined;
    return (
        <form className="field grow where" onSubmit={(event) => { event.preventDefault(); onChange(draft.trim() || undefined); }}>
            <label htmlFor="where">Only records for which (CEL)</label>
            <div className="row nowrap">
                <input id="where" className="input mono" value={draft} spellCheck={false} autoComplete="off" placeholder={`has(${object}.owner)`} aria-invalid={mine ? true : undefined} aria-describedby={mine ? "where-error" : undefined} onChange={(event) => setDraft(event.target.value)} />
                <button type="submit" className="button">Apply</button>
                {value ? <button type="button" className="button ghost" onClick={() => { setDraft(""); onChange(undefined); }}>Clear</button> : null}
            </div>
            {mine ? <div id="where-error" className="field-error" role="alert">{mine.diagnostics?.length ? <Diagnostics of={mine.diagnostics} source={value} /> : (mine.detail ?? mine.title)}</div> : null}
        </form>
    );
}

function Controls({ metric, search, error, set }: { metric: Metric; search: MetricSearch; error: unknown; set: (more: MetricSearch) => void }) {
    const by = search.by ?? [];
    const dimensions = metric.dimensions.map((one) => ({ id: one.name, label: one.label, hint: one.name === one.label.toLowerCase() ? undefined : one.name }));
    const custom = Boolean(search.from ?? search.to);
    return (
        <div className="controls" role="group" aria-label="Question">
            <Select label="By" value={by[0] ?? ""} choices={withValue([{ id: "", label: "Everything" }, ...dimensions], by[0] ?? "")} onChange={(id) => set({ by: id ? [id, ...by.slice(1).filter((one) => one !== id)] : undefined })} />
            {by.length ? <Select label="Then by" value={by[1] ?? ""} choices={withValue([{ id: "", label: "Nothing" }, ...dimensions.filter((one) => one.id !== by[0])], by[1] ?? "")} onChange={(id) => set({ by: id ? [by[0]!, id] : [by[0]!] })} /> : null}
            <Select label="Per" value={search.grain ?? ""} choices={withValue([{ id: "", label: "Whole window" }, ...GRAINS], search.grain ?? "")} onChange={(grain) => set({ grain: grain || undefined })} />
            <Select label="Window" value={custom ? "custom" : (search.window ?? "")} choices={withValue([{ id: "", label: "All time" }, ...WINDOWS.filter((one) => one.id !== "all"), { id: "custom", label: "From – to" }], search.window ?? "")} onChange={(id) => set(id === "custom" ? { window: undefined, from: search.from ?? `${new Date().getFullYear()}-01-01` } : { window: id || undefined, from: undefined, to: undefined })} />
            {custom ? (
                <>
                    <label className="field"><span className="label">From</span><input className="input" type="date" value={search.from ?? ""} onChange={(event) => set({ from: event.target.value || undefined })} /></label>
                    <label className="field"><span className="label">To, exclusive</span><input className="input" type="date" value={search.to ?? ""} onChange={(event) => set({ to: event.target.value || undefined })} /></label>
                </>
            ) : null}
            <Select label="Compare" value={search.compare ?? ""} choices={withValue([{ id: "", label: "Nothing" }, { id: "previous", label: "Window before" }, { id: "previous_year", label: "A year before" }], search.compare ?? "")} onChange={(compare) => set({ compare: compare || undefined })} />
            <label className="field"><span className="label">True as of</span><input className="input" type="date" value={search.as_of ?? ""} onChange={(event) => set({ as_of: event.target.value || undefined })} /></label>
            <label className="field"><span className="label">As known on</span><input className="input" type="date" value={search.known ?? ""} onChange={(event) => set({ known: event.target.value || undefined })} /></label>
            <WhereField key={search.where ?? ""} value={search.where ?? ""} metric={metric} error={error} onChange={(where) => set({ where })} />
        </div>
    );
}

function Headline({ answer, open }: { answer: Answer; open: (row: AnswerRow | undefined, label: string, children: ReactNode) => ReactNode }) {
    const figure = answer.total ?? answer.rows[0] ?? { value: null, records: 0 };
    const kind = { shape: answer.shape, unit: answer.unit };
    return (
        <div className="headline">
            <p className="huge">{open(undefined, answer.label, <FigureText of={figure} kind={kind} precision="short" />)}</p>
            <div className="headline-side">
                {figure.compare ? <p className="row small soft"><Change of={figure.compare} target={answer.target} /> from {format.figure(figure.compare, answer.shape, answer.unit, "short")}</p> : null}
                {figure.value === null ? <p className="soft">{figure.because ?? format.words(figure.reason ?? "no value")}</p> : null}
                <Judgement target={answer.target} benchmark={answer.benchmark} kind={kind} />
                <p className="tiny muted">
                    {format.count(figure.records, "record", "records")}
                    {answer.window ? <> · {format.span(answer.window.from, answer.window.to)}, {answer.window.zone}</> : null}
                </p>
            </div>
        </div>
    );
}

function MetricLinks({ names }: { names: string[] }) {
    const { metric } = useModel();
    return <>{names.map((name, i) => <span key={name}>{i ? ", " : ""}<Link to="/metrics/$name" params={{ name }} className="inline-link">{metric(name)?.label ?? name}</Link></span>)}</>;
}

function About({ metric, answer }: { metric: Metric; answer: Answer | undefined }) {
    const { model, object, person, zone } = useModel();
    const users = model.metrics.filter((one) => one.inputs.includes(metric.name)).map((one) => one.name);
    return (
        <Card title="Definition" id="definition">
            {metric.expr === metric.definition ? null : <p>{metric.definition}</p>}
            {metric.expr ? <pre className="code" tabIndex={0}>{metric.expr}</pre> : null}
            {metric.where ? <pre className="code" tabIndex={0}>{metric.where}</pre> : null}
            <dl className="facts">
                <dt>Owner</dt><dd><Owner label={person(metric.owner)} /></dd>
                {metric.so_what ? <><dt>So what</dt><dd>{metric.so_what}</dd></> : null}
                <dt>Kind</dt><dd>{metric.kind}{metric.aggregate ? `, ${format.words(metric.aggregate)}` : ""}{metric.value ? <> of <Code>{metric.value}</Code></> : null}</dd>
                {metric.object ? <><dt>Records</dt><dd><Link to="/records/$object" params={{ object: metric.object }} className="inline-link">{object(metric.object)?.label ?? metric.object}</Link></dd></> : null}
                {metric.time ? <><dt>Bucket by</dt><dd><Code>{metric.time}</Code></dd></> : null}
                {metric.inputs.length ? <><dt>Made of</dt><dd><MetricLinks names={metric.inputs} /></dd></> : null}
                {users.length ? <><dt>Used in</dt><dd><MetricLinks names={users} /></dd></> : null}
                {metric.at ? <><dt>Written in</dt><dd className="mono">{metric.at}</dd></> : null}
                {answer?.since ? <><dt>Formula</dt><dd><Since of={answer.since} /></dd></> : null}
                {answer ? <><dt>Read at</dt><dd>event {format.number(answer.lineage.seq)}, model version {answer.lineage.model_version}, {format.instant(answer.lineage.now, zone)}</dd></> : null}
                {answer?.lineage.rates ? <><dt>Rates</dt><dd className="mono">{answer.lineage.rates}</dd></> : null}
            </dl>
        </Card>
    );
}

export function MetricPage() {
    const { name } = route.useParams(), search: MetricSearch = route.useSearch(), navigate = useNavigate({ from: "/metrics/$name" });
    const model = useModel();
    const metric = model.metric(name);
    const question = questionOf(search);
    const { data, error, refetch, isPlaceholderData } = useQuery(metricQuery(name, question));
    const fresh = useMemo(() => (data ? readableAnswer(data, model.dimension) : undefined), [data, model]);
    const answer = useKept(fresh, name);
    const set = (more: MetricSearch) => void navigate({ search: (before: MetricSearch) => ({ ...before, ...more, open: undefined, group: undefined, bucket: undefined }) });
    const open = (row: AnswerRow | undefined, label: string, children: ReactNode) => (
        <Link className="cell" to="/metrics/$name" params={{ name }} search={openSearch(question, row, answer)} resetScroll={false}>{children}<span className="visually-hidden">, {label}: open</span></Link>
    );
    if (!metric) return <Missing title={name} problem={error ? problemOf(error) : { type: "about:blank", title: `There is no metric '${name}'`, status: 404, code: "not_found", help: "The list of metrics has every name of the live model." }} />;
    const failed = error && problemOf(error).parameter !== "where";
    return (
        <>
            <title>{`${metric.label} · Revos`}</title>
            <PageHead
                title={metric.label}
                lead={<div className="row"><Owner label={model.person(metric.owner)} /><Badge>{metric.kind}</Badge><span className="tiny muted mono">{metric.name}</span></div>}
                aside={<a className="button" href={apiUrl(`/metrics/${encodeURIComponent(name)}`, { ...question, format: "csv" })} download={`${name}.csv`}><Icon name="download" /> CSV</a>}
            />
            <Controls metric={metric} search={search} error={error} set={set} />
            {failed ? <ProblemBox problem={problemOf(error)} retry={() => void refetch()} /> : null}
            <div className="metric-grid">
                <div className="stack" data-stale={isPlaceholderData}>
                    {answer && error ? <p className="notice"><Icon name="alert" /> These are the last figures that could be read{answer.where ? <>, where <code>{answer.where}</code></> : null}.</p> : null}
                    {answer ? (
                        <>
                            {answer.warnings.map((text) => <p key={text} className="notice"><Icon name="alert" /> {text}</p>)}
                            <Card>
                                <Headline answer={answer} open={open} />
                                <ChartOnly answer={answer} label={metric.label} height={280} onOpen={(row) => void navigate({ search: openSearch(question, row, answer), resetScroll: false })} />
                            </Card>
                            {answer.rows.length > 1 || answer.columns.length ? <Card title="Figures" id="figures" flush><AnswerTable answer={answer} open={open} caption={`${metric.label}: figures`} /></Card> : null}
                            {answer.excluded.length ? (
                                <Card title="Left out" id="left-out">
                                    <ul className="stack">{answer.excluded.map((one, i) => <li key={i} className="small"><strong className="num">{format.number(one.records)}</strong> {one.text} <span className="muted">({model.metric(one.metric)?.label ?? one.metric})</span></li>)}</ul>
                                </Card>
                            ) : null}
                        </>
                    ) : error ? null : <div className="card" role="status"><span className="visually-hidden">Loading</span><Skeleton height={52} width="40%" /><br /><Skeleton height={280} /></div>}
                </div>
                <aside aria-label="About this metric"><About metric={metric} answer={answer} /></aside>
            </div>
            {search.open ? <ExplainDrawer metric={metric} search={search} /> : null}
        </>
    );
}
