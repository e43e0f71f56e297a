/* A figure opened: value, definition, inputs, window, records, SQL. Its URL is the metric page's with `open`. */
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { Button, Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { explainPageQuery, explainQuery } from "../api/queries";
import type { Explanation, ExplainPart, Metric, MetricQuery } from "../gen/api";
import { Badge, Loading, Owner } from "../parts/basics";
import { FigureText } from "../parts/Figure";
import * as format from "../parts/format";
import { Icon } from "../parts/Icon";
import { ProblemBox, problemOf } from "../parts/Problem";
import { closedSearch, explainParams, type MetricSearch } from "../state/metric";
import { useModel } from "../state/model";
import { readableExplanation } from "../state/readable";
import { Since } from "./Since";

function Tree({ parts }: { parts: ExplainPart[] }) {
    const { model } = useModel();
    const shown = parts.length > 1;
    if (!shown) return null;
    return (
        <section aria-labelledby="made-of">
            <h3 id="made-of">How it is made</h3>
            <ol className="tree">
                {parts.map((part, i) => (
                    <li key={i} data-depth={Math.min(part.depth, 5)}>
                        <span>
                            {part.leaf ? <a href={`#part-${i}`} className="inline-link">{part.label}</a> : <strong>{part.label}</strong>}
                            {part.expr ? <code className="muted tiny"> {part.expr}</code> : null}
                            {part.since && part.since.version > 1 ? <span className="muted tiny"> since version {part.since.version}</span> : null}
                        </span>
                        <span className="num"><FigureText of={part.figure} kind={{ shape: part.shape, unit: part.unit }} /></span>
                    </li>
                ))}
            </ol>
            <p className="tiny muted">Definitions of model version {model.version}.</p>
        </section>
    );
}

function added(text: string | undefined, part: ExplainPart): string {
    if (text === undefined) return "";
    return part.shape === "money" && part.unit ? format.money(text, part.unit) : format.number(text);
}

function Leaf({ metric, params, part, at }: { metric: string; params: MetricQuery; part: ExplainPart; at: number }) {
    const { object } = useModel();
    const [cursors, setCursors] = useState<string[]>([]);
    const cursor = cursors.at(-1);
    const next = useQuery({ ...explainPageQuery(metric, params, at, cursor ?? ""), enabled: cursor !== undefined });
    const page = cursor === undefined ? part : next.data?.parts[0];
    const records = page?.records ?? [], first = cursors.length * 20;
    const second = records.some((one) => one.second !== undefined);
    const titled = records.some((one) => one.title !== one.id);
    const adds = part.shape === "money" || records.some((one) => one.value !== "1");
    const caption = `Records of ${part.label}`;
    return (
        <section aria-labelledby={`part-${at}`}>
            <h3 id={`part-${at}`} tabIndex={-1}>
                {part.label}: {format.count(part.total ?? records.length, "record", "records")}
            </h3>
            {part.population ? <p className="small soft wrap">{part.population}</p> : null}
            {part.excluded.map((one, i) => <p key={i} className="notice small"><Icon name="alert" /> {one.text}</p>)}
            {next.error && cursor !== undefined ? <ProblemBox problem={problemOf(next.error)} level={3} /> : null}
            <div className="card flush" aria-busy={next.isFetching}>
                {page ? (
                    <div className="scroll-x" tabIndex={0} role="group" aria-label={caption}>
                        <table className="table">
                            <caption className="visually-hidden">{caption}</caption>
                            <thead><tr><th scope="col">{object(part.object ?? "")?.label ?? "Record"}</th>{titled ? <th scope="col">Id</th> : null}{adds ? <th scope="col" className="num">{second ? "At the start" : "Adds"}</th> : null}{second ? <th scope="col" className="num">At the end</th> : null}</tr></thead>
                            <tbody>
                                {records.map((one) => (
                                    <tr key={one.id}>
                                        <th scope="row"><Link to="/records/$object/$id" params={{ object: part.object ?? "", id: one.id }} search={params.as_of ? { as_of: params.as_of } : {}}>{one.title}</Link></th>
                                        {titled ? <td className="mono muted tiny">{one.id}</td> : null}
                                        {adds ? <td className="num">{added(one.value, part)}</td> : null}
                                        {second ? <td className="num">{added(one.second, part)}</td> : null}
                                    </tr>
                                ))}
                            </tbody>
                        </table>
                    </div>
                ) : <div className="pad"><Loading lines={5} /></div>}
                <div className="table-foot row between">
                    <span role="status">{records.length ? `${format.number(first + 1)} to ${format.number(first + records.length)} of ${format.number(part.total ?? records.length)}` : "No records"}</span>
                    <span className="row">
                        <button type="button" className="button ghost" disabled={!cursors.length} onClick={() => setCursors(cursors.slice(0, -1))}>Previous</button>
                        <button type="button" className="button ghost" disabled={!page?.cursor} onClick={() => page?.cursor && setCursors([...cursors, page.cursor])}>Next</button>
                    </span>
                </div>
            </div>
            {part.sql ? <details className="sql"><summary>SQL</summary><pre className="code" tabIndex={0}>{part.sql}</pre></details> : null}
        </section>
    );
}

function pinned(search: MetricSearch, metric: Metric): string {
    const groups = (search.group ?? []).map((one) => {
        const [name, value] = [one.slice(0, one.indexOf("=")), one.slice(one.indexOf("=") + 1)];
        return `${metric.dimensions.find((dimension) => dimension.name === name)?.label ?? name}: ${value || "none"}`;
    });
    return [...(search.bucket ? [format.bucket(search.bucket)] : []), ...groups].join(" · ");
}

function Body({ metric, params, data, search }: { metric: Metric; params: MetricQuery; data: Explanation; search: MetricSearch }) {
    const { person, zone } = useModel();
    const { answer, parts } = data;
    const figure = answer.rows[0] ?? answer.total ?? { value: null, records: 0 };
    return (
        <div className="drawer-body">
            <div>
                <p className="huge"><FigureText of={figure} kind={{ shape: answer.shape, unit: answer.unit }} /></p>
                {figure.value === null ? <p className="soft">{figure.because ?? format.words(figure.reason ?? "no value")}</p> : null}
                {parts[0]?.expr === answer.definition ? <code className="soft">{answer.definition}</code> : <p className="soft">{answer.definition}</p>}
            </div>
            <dl className="facts">
                <dt>Owner</dt><dd><Owner label={person(answer.owner)} /></dd>
                {answer.window ? <><dt>Window</dt><dd>{format.span(answer.window.from, answer.window.to)} <span className="muted">in {answer.window.zone}</span></dd></> : null}
                <dt>True as of</dt><dd>{search.as_of ? format.date(search.as_of) : "now"}{search.known ? `, as known on ${format.date(search.known)}` : ""}</dd>
                {search.where ? <><dt>Only where</dt><dd><code>{search.where}</code></dd></> : null}
                <dt>Read at</dt><dd>event {format.number(answer.lineage.seq)}, {format.instant(answer.lineage.now, zone)}</dd>
                <dt>Formula</dt><dd>{answer.since ? <Since of={answer.since} /> : <>of model version {answer.lineage.model_version}</>}{metric.at ? <span className="muted mono"> {metric.at}</span> : null}</dd>
                {answer.lineage.rates ? <><dt>Exchange rates</dt><dd className="mono">{answer.lineage.rates}</dd></> : null}
                <dt>Left out</dt><dd>{answer.excluded.length ? answer.excluded.map((one, i) => <span key={i} className="block">{format.number(one.records)}: {one.text}</span>) : "nothing"}</dd>
            </dl>
            <Tree parts={parts} />
            {parts.map((part, i) => (part.leaf ? <Leaf key={i} metric={metric.name} params={params} part={part} at={i} /> : null))}
        </div>
    );
}

export function ExplainDrawer({ metric, search }: { metric: Metric; search: MetricSearch }) {
    const navigate = useNavigate({ from: "/metrics/$name" });
    const params = explainParams(search);
    const { dimension, model } = useModel();
    const { data: raw, error, refetch } = useQuery(explainQuery(metric.name, params));
    const data = useMemo(() => (raw ? readableExplanation(raw, dimension, model.company.currency) : undefined), [raw, dimension, model]);
    const close = () => void navigate({ search: (before: MetricSearch) => closedSearch(before), resetScroll: false });
    const where = pinned(search, metric);
    return (
        <ModalOverlay className="scrim" isOpen onOpenChange={(on) => { if (!on) close(); }} isDismissable>
            <Modal className="drawer">
                <Dialog>
                    <header className="drawer-head">
                        <div>
                            <Heading slot="title" level={2}>{metric.label}</Heading>
                            {where ? <p className="small soft">{where}</p> : <p className="small soft">All of the window</p>}
                        </div>
                        <span className="row"><Badge>explained</Badge><Button className="button ghost icon" aria-label="Close" onPress={close}><Icon name="close" /></Button></span>
                    </header>
                    {error ? <div className="drawer-body"><ProblemBox problem={problemOf(error)} {...(search.where ? { source: search.where } : {})} retry={() => void refetch()} level={3} /></div> : null}
                    {data ? <Body metric={metric} params={params} data={data} search={search} /> : error ? null : <div className="drawer-body"><Loading lines={8} height={22} /></div>}
                </Dialog>
            </Modal>
        </ModalOverlay>
    );
}
