import { Link } from "@tanstack/react-router";
import type { MatrixCell } from "../gen/api";
import { Badge, Empty, Owner } from "../parts/basics";
import { date, sentence } from "../parts/format";
import { useModel } from "../state/model";
import { ModelHead } from "./ModelTabs";

const PILLARS = ["data", "process", "insight"], SIDES = ["sales", "marketing", "success"];

function Artefact({ name }: { name: string }) {
    const [kind, rest] = [name.slice(0, name.indexOf(".")), name.slice(name.indexOf(".") + 1)];
    if (kind === "metrics") return <Link to="/metrics/$name" params={{ name: rest }}>{rest}</Link>;
    if (kind === "dashboards") return <Link to="/dashboards/$name" params={{ name: rest }}>{rest}</Link>;
    if (kind === "objects") return <Link to="/model/objects/$name" params={{ name: rest }}>{rest}</Link>;
    if (kind === "pipelines" || kind === "lifecycles") return <Link to="/model/pipelines" hash={`process-${rest}`}>{rest}</Link>;
    return <span>{rest}</span>;
}

function Cell({ of }: { of: MatrixCell | undefined }) {
    const { person } = useModel();
    if (!of) return <td className="matrix-cell missing"><Badge tone="bad" icon="alert">not written</Badge></td>;
    return (
        <td className={of.owner ? "matrix-cell" : "matrix-cell missing"}>
            <Owner label={of.owner ? person(of.owner) : undefined} />
            <ul>{of.artefacts.map((one) => <li key={one}><Artefact name={one} /> <span className="tiny muted">{one.slice(0, one.indexOf("."))}</span></li>)}</ul>
            {of.feeds ? <p className="tiny muted">feeds {of.feeds}</p> : null}
            {of.review_by ? <p className="tiny muted">review by {date(of.review_by)}</p> : null}
        </td>
    );
}

export function ModelMatrixPage() {
    const { model } = useModel();
    const find = (pillar: string, side: string) => model.cells.find((one) => one.pillar === pillar && one.side === side);
    return (
        <>
            <title>Nine cells · Model · Revos</title>
            <ModelHead />
            {model.cells.length ? (
                <div className="scroll-x" tabIndex={0} role="group" aria-label="Nine cells">
                    <table className="matrix">
                        <caption className="visually-hidden">Who owns data, process and insight for sales, marketing and success</caption>
                        <thead><tr><td />{SIDES.map((side) => <th key={side} scope="col">{sentence(side)}</th>)}</tr></thead>
                        <tbody>{PILLARS.map((pillar) => <tr key={pillar}><th scope="row">{sentence(pillar)}</th>{SIDES.map((side) => <Cell key={side} of={find(pillar, side)} />)}</tr>)}</tbody>
                    </table>
                </div>
            ) : <Empty title="The nine cells are not written yet" command={"matrix:\n  data: {sales: {owner: ana, artefacts: [pipelines.new_business]}}"}><p>One person answers for each of data, process and insight in sales, marketing and success.</p></Empty>}
        </>
    );
}
