import { Link } from "@tanstack/react-router";
import { Badge, Card, Owner } from "../parts/basics";
import { number, sentence } from "../parts/format";
import { useModel } from "../state/model";
import { ModelHead } from "./ModelTabs";

export function ModelPage() {
    const { model, person } = useModel();
    const kinds = [...new Set(model.definitions.map((one) => one.kind))];
    return (
        <>
            <title>Model · Revos</title>
            <ModelHead />
            <div className="stack">
                <Card flush title="Objects" id="objects">
                    <div className="scroll-x" tabIndex={0} role="group" aria-label="Objects">
                        <table className="table roomy">
                            <caption className="visually-hidden">Objects of the model</caption>
                            <thead><tr><th scope="col">Object</th><th scope="col">Kind</th><th scope="col">Keys</th><th scope="col" className="num">Fields</th><th scope="col" className="num">Rules</th><th scope="col" className="num">Records</th><th scope="col">Owner</th></tr></thead>
                            <tbody>
                                {model.objects.map((one) => (
                                    <tr key={one.name}>
                                        <th scope="row"><Link className="strong" to="/model/objects/$name" params={{ name: one.name }}>{one.label}</Link><div className="tiny muted mono">{one.name}</div></th>
                                        <td><Badge>{one.kind === "fact" ? "fact" : one.mode === "overlay" ? "overlay" : "record"}</Badge></td>
                                        <td className="mono soft">{one.keys.map((key) => key.join(" + ")).join(", ") || <span className="muted">–</span>}</td>
                                        <td className="num">{number(one.fields.length)}</td>
                                        <td className="num">{number(model.rules.filter((rule) => rule.object === one.name).length)}</td>
                                        <td className="num">{number(one.records)}</td>
                                        <td>{one.builtin ? <span className="muted small">built in</span> : <Owner label={one.owner ? person(one.owner) : undefined} />}</td>
                                    </tr>
                                ))}
                            </tbody>
                        </table>
                    </div>
                </Card>
                {kinds.length ? (
                    <Card title="Other definitions" id="definitions" flush>
                        <div className="scroll-x" tabIndex={0} role="group" aria-label="Other definitions">
                            <table className="table">
                                <caption className="visually-hidden">Scores, routes, handoffs and other definitions</caption>
                                <thead><tr><th scope="col">Name</th><th scope="col">Kind</th><th scope="col">Object</th><th scope="col">Owner</th><th scope="col">Written in</th></tr></thead>
                                <tbody>{model.definitions.map((one) => <tr key={`${one.kind}.${one.name}`}><th scope="row" className="mono">{one.name}</th><td>{sentence(one.kind)}</td><td>{one.object ?? ""}</td><td><Owner label={one.owner ? person(one.owner) : undefined} /></td><td className="mono muted">{one.at}</td></tr>)}</tbody>
                            </table>
                        </div>
                    </Card>
                ) : null}
            </div>
        </>
    );
}
