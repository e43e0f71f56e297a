import { Link } from "@tanstack/react-router";
import { Badge, Empty, Owner, PageHead } from "../parts/basics";
import { number, sentence } from "../parts/format";
import { useModel } from "../state/model";

export function ObjectsPage() {
    const { model, person } = useModel();
    const objects = model.objects.filter((one) => one.kind === "record");
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
            <ul className="tiles-3">
                {objects.map((one) => (
                    <li key={one.name} className="card link-card">
                        <div className="row between">
                            <h2><Link to="/records/$object" params={{ object: one.name }} className="stretch">{sentence(one.plural)}</Link></h2>
                            <span className="count-big">{number(one.records)}</span>
                        </div>
                        <p className="soft small">{one.description ?? `${one.fields.length} fields`}</p>
                        <div className="row between">
                            {one.builtin ? <Badge>built in</Badge> : <Owner label={one.owner ? person(one.owner) : undefined} />}
                            {one.mode === "overlay" ? <Badge tone="accent">overlay</Badge> : null}
                        </div>
                    </li>
                ))}
            </ul>
        </>
    );
}
