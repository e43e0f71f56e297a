import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { Badge, Card, Empty, Owner, PageHead } from "../parts/basics";
import { bound, count, sentence } from "../parts/format";
import { Select } from "../parts/Select";
import { useModel } from "../state/model";

const route = getRouteApi("/metrics");

export function MetricsPage() {
    const search = route.useSearch(), navigate = useNavigate({ from: "/metrics" });
    const { model, person } = useModel();
    const set = (more: Partial<typeof search>) => void navigate({ search: (before) => ({ ...before, ...more }), replace: true });
    const text = (search.q ?? "").toLowerCase();
    const shown = model.metrics.filter((one) =>
        (!search.owner || one.owner === search.owner) && (!search.kind || one.kind === search.kind) &&
        (!text || `${one.name} ${one.label} ${one.definition}`.toLowerCase().includes(text)));
    const owners = [...new Set(model.metrics.map((one) => one.owner))].map((id) => ({ id, label: person(id) }));
    const kinds = [...new Set(model.metrics.map((one) => one.kind))].map((id) => ({ id, label: sentence(id) }));
    return (
        <>
            <title>Metrics · Revos</title>
            <PageHead title="Metrics" lead="One definition, one owner and one name for each number." />
            {model.metrics.length === 0 ? (
                <Empty title="No metrics yet" command={"metrics:\n- {name: deals_won, kind: simple, object: opportunity, aggregate: count, where: \"opportunity.stage == 'closed_won'\", time: close_date, owner: ben}"}>
                    <p>Write one in any YAML file of the workspace, then run <code>revos apply</code>.</p>
                </Empty>
            ) : (
                <Card flush>
                    <div className="filters" role="search" aria-label="Metrics">
                        <label className="field grow"><span className="label">Search</span><input className="input" type="search" value={search.q ?? ""} placeholder="Name or definition" onChange={(event) => set({ q: event.target.value || undefined })} /></label>
                        <Select label="Owner" value={search.owner ?? ""} choices={[{ id: "", label: "Everyone" }, ...owners]} onChange={(owner) => set({ owner: owner || undefined })} />
                        <Select label="Kind" value={search.kind ?? ""} choices={[{ id: "", label: "All kinds" }, ...kinds]} onChange={(kind) => set({ kind: kind || undefined })} />
                    </div>
                    <div className="scroll-x" tabIndex={0} role="group" aria-label="Metrics">
                        <table className="table roomy">
                            <caption className="visually-hidden">Metrics</caption>
                            <thead><tr><th scope="col">Metric</th><th scope="col">Definition</th><th scope="col">Kind</th><th scope="col" className="num">Target</th><th scope="col">Owner</th></tr></thead>
                            <tbody>
                                {shown.map((one) => (
                                    <tr key={one.name}>
                                        <th scope="row"><Link className="strong" to="/metrics/$name" params={{ name: one.name }}>{one.label}</Link><div className="tiny muted mono">{one.name}</div></th>
                                        <td className="soft definition">{one.definition}</td>
                                        <td><Badge>{one.kind}</Badge></td>
                                        <td className="num">{one.target?.at_least ? `≥ ${bound(one.target.at_least, one.shape, one.unit)}` : one.target?.at_most ? `≤ ${bound(one.target.at_most, one.shape, one.unit)}` : <span className="muted">–</span>}</td>
                                        <td><Owner label={person(one.owner)} /></td>
                                    </tr>
                                ))}
                            </tbody>
                        </table>
                    </div>
                    <p className="table-foot" role="status">{shown.length === model.metrics.length ? count(shown.length, "metric", "metrics") : `${shown.length} of ${count(model.metrics.length, "metric", "metrics")}`}</p>
                </Card>
            )}
        </>
    );
}
