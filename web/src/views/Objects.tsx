import { Link } from "@tanstack/react-router";
import type { ObjectDef } from "../gen/api";
import { Badge, Empty, Owner, PageHead } from "../parts/basics";
import { count, number, sentence } from "../parts/format";
import { useModel } from "../state/model";

function Kinds({ of, level }: { of: ObjectDef[]; level: "h2" | "h3" }) {
    const { person } = useModel(), Heading = level;
    return (
        <ul className="tiles-3">
            {of.map((one) => (
                <li key={one.name} className="card link-card">
                    <div className="row between">
                        <Heading><Link to="/records/$object" params={{ object: one.name }} className="stretch">{sentence(one.plural.replaceAll("_", " "))}</Link></Heading>
                        <span className="count-big">{number(one.records)}</span>
                    </div>
                    <p className="soft small">{one.description ?? count(one.fields.length, "field", "fields")}</p>
                    <div className="row between">
                        {one.builtin ? <Badge>built in</Badge> : <Owner label={one.owner ? person(one.owner) : undefined} />}
                        {one.mode === "overlay" ? <Badge tone="accent">overlay</Badge> : null}
                    </div>
                </li>
            ))}
        </ul>
    );
}

export function ObjectsPage() {
    const { model } = useModel();
    const objects = model.objects.filter((one) => one.kind === "record");
    const filled = objects.filter((one) => one.builtin && one.records > 0), empty = objects.filter((one) => one.builtin && one.records === 0);
    const total = objects.some((one) => one.records > 0 && !one.builtin);
    return (
        <>
            <title>Records · Revos</title>
            <PageHead title="Records" lead="What the company knows, by kind. Every record keeps its whole history." />
            {total ? null : (
                <Empty title="Nothing has been brought in yet" command="revos import account accounts.csv --dry-run">
                    <p>Start with a file from your CRM: <Link to="/imports/new" search={{}} className="inline-link">import it here</Link>, or in the terminal.</p>
                </Empty>
            )}
            <div className="stack gap-6">
                <Kinds level="h2" of={objects.filter((one) => !one.builtin)} />
                {filled.length ? <section aria-labelledby="built-in"><h2 className="group-title" id="built-in">Kept by the system</h2><Kinds level="h3" of={filled} /></section> : null}
                {empty.length ? <p className="small soft">Empty so far: {empty.map((one, i) => <span key={one.name}>{i ? ", " : ""}<Link className="inline-link" to="/records/$object" params={{ object: one.name }}>{one.plural.replaceAll("_", " ")}</Link></span>)}.</p> : null}
            </div>
        </>
    );
}
