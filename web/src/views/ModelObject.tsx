import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Field } from "../gen/api";
import { Badge, Card, Code, Owner, PageHead } from "../parts/basics";
import { number } from "../parts/format";
import { Missing } from "../parts/Problem";
import { RuleTable } from "../parts/RuleTable";
import { useModel } from "../state/model";

const route = getRouteApi("/model/objects/$name");

function Details({ field }: { field: Field }) {
    return (
        <>
            {field.description ? <p>{field.description}</p> : null}
            {field.computed ? <p><span className="tiny muted">computed </span><Code>{field.computed}</Code></p> : null}
            {field.rollup ? <p>{field.rollup}</p> : null}
            {field.values?.length ? <p className="tiny">{field.values.filter((one) => !one.retired).map((one) => one.label).join(" · ")}</p> : null}
            {field.min !== undefined || field.max !== undefined ? <p className="tiny muted">{field.min ?? "…"} to {field.max ?? "…"}</p> : null}
            {field.source ? <p className="tiny muted">filled by {field.source}{field.stale_after ? `, stale after ${field.stale_after}` : ""}</p> : null}
        </>
    );
}

export function ModelObjectPage() {
    const { name } = route.useParams();
    const { model, object: find, person } = useModel();
    const [text, setText] = useState("");
    const object = find(name);
    if (!object) return <Missing title={name} problem={{ type: "about:blank", title: `The model has no object '${name}'`, status: 404, code: "not_found" }} />;
    const rules = model.rules.filter((one) => one.object === name);
    const shown = object.fields.filter((one) => `${one.name} ${one.label} ${one.type}`.toLowerCase().includes(text.toLowerCase()));
    const metrics = model.metrics.filter((one) => one.object === name);
    return (
        <>
            <title>{`${object.label} · Model · Revos`}</title>
            <PageHead
                title={object.label}
                lead={<><p>{object.description}</p><div className="row head-facts">{object.builtin ? <Badge>built in</Badge> : <Owner label={object.owner ? person(object.owner) : undefined} />}<Badge>{object.mode === "overlay" ? "overlay: another system is master" : object.kind}</Badge>{object.keys.map((key) => <Badge key={key.join()}>key {key.join(" + ")}</Badge>)}</div></>}
                aside={object.kind === "record" ? <Link className="button" to="/records/$object" params={{ object: name }}>{number(object.records)} records</Link> : null}
            />
            <div className="stack">
                <Card flush title={`${object.fields.length} fields`} id="fields" aside={<label className="field"><span className="visually-hidden">Find a field</span><input className="input" type="search" placeholder="Find a field" value={text} onChange={(event) => setText(event.target.value)} /></label>}>
                    <div className="scroll-x" tabIndex={0} role="group" aria-label="Fields">
                        <table className="table">
                            <caption className="visually-hidden">Fields of {object.label}</caption>
                            <thead><tr><th scope="col">Field</th><th scope="col">Type</th><th scope="col">Filled by</th><th scope="col">Details</th></tr></thead>
                            <tbody>
                                {shown.map((field) => (
                                    <tr key={field.name}>
                                        <th scope="row">{field.label} <span className="tiny muted mono">{field.name}</span></th>
                                        <td>{field.type === "ref" && field.to ? <Link className="cell" to="/model/objects/$name" params={{ name: field.to }}>ref to {field.to}</Link> : field.type}</td>
                                        <td><span className="row"><Badge>{field.kind === "plain" ? "people" : field.kind}</Badge>{field.required && field.kind !== "system" ? <Badge tone="accent">required</Badge> : null}{field.personal ? <Badge tone="warn">personal</Badge> : null}</span></td>
                                        <td className="soft"><Details field={field} /></td>
                                    </tr>
                                ))}
                            </tbody>
                        </table>
                    </div>
                </Card>
                {rules.length ? <Card flush title="Rules" id="rules"><RuleTable rules={rules} person={person} caption={`Rules of ${object.label}`} /></Card> : null}
                <div className="halves">
                    {object.children.length ? <Card title="Children" id="children"><ul className="columns">{object.children.map((one) => <li key={one.name}><Link className="inline-link" to="/model/objects/$name" params={{ name: one.object }}>{one.name}</Link> <span className="tiny muted">by {one.via}</span></li>)}</ul></Card> : null}
                    {metrics.length ? <Card title="Metrics over it" id="metrics"><ul className="columns">{metrics.map((one) => <li key={one.name}><Link to="/metrics/$name" params={{ name: one.name }}>{one.label}</Link></li>)}</ul></Card> : null}
                </div>
            </div>
        </>
    );
}
