import { Link } from "@tanstack/react-router";
import { Badge, Empty, Owner, PageHead } from "../parts/basics";
import { count, sentence } from "../parts/format";
import { useModel } from "../state/model";

const AUDIENCES = ["board", "executive", "manager", "rep", "diagnostic"];
const rank = (audience: string) => (AUDIENCES.includes(audience) ? AUDIENCES.indexOf(audience) : AUDIENCES.length);

export function DashboardsPage() {
    const { model, person } = useModel();
    const audiences = [...new Set(model.dashboards.map((one) => one.audience))].sort((a, b) => rank(a) - rank(b));
    return (
        <>
            <title>Dashboards · Revos</title>
            <PageHead title="Dashboards" lead="Each number here is one definition, has one owner, and opens down to its records." />
            {model.dashboards.length === 0 ? (
                <Empty title="No dashboards yet" command={"dashboards:\n- {name: board, audience: board, tiles: [{metric: win_rate}]}"}>
                    <p>Write one in any YAML file of the workspace, then run <code>revos apply</code>.</p>
                </Empty>
            ) : null}
            <div className="stack gap-6">
                {audiences.map((audience) => (
                    <section key={audience} aria-label={`For ${audience}`}>
                        <h2 className="group-title">{sentence(audience)}</h2>
                        <ul className="tiles-3">
                            {model.dashboards.filter((one) => one.audience === audience).map((one) => (
                                <li key={one.name} className="card link-card">
                                    <h3><Link to="/dashboards/$name" params={{ name: one.name }} className="stretch">{one.label}</Link></h3>
                                    <p className="soft small">{one.description ?? "\u00a0"}</p>
                                    <div className="row between">
                                        <Owner label={person(one.owner)} />
                                        <span className="row">
                                            <span className="tiny muted">{count(one.tiles, "tile", "tiles")}</span>
                                            {one.refresh ? <Badge>{one.refresh}</Badge> : null}
                                        </span>
                                    </div>
                                </li>
                            ))}
                        </ul>
                    </section>
                ))}
            </div>
        </>
    );
}
