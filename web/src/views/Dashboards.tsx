import { Link } from "@tanstack/react-router";
import { Badge, Empty, Owner, PageHead } from "../parts/basics";
import { count } from "../parts/format";
import { useModel } from "../state/model";

/** For whom, in the order of the page. */
const AUDIENCES: { [audience: string]: string } = {
    board: "the board", executive: "executives", manager: "managers", rep: "reps", marketing: "marketing", cs: "customer success", ops: "operations",
};
const rank = (audience: string) => (audience in AUDIENCES ? Object.keys(AUDIENCES).indexOf(audience) : 99);

export function DashboardsPage() {
    const { model, person } = useModel();
    const boards = [...model.dashboards].sort((a, b) => rank(a.audience) - rank(b.audience));
    return (
        <>
            <title>Dashboards · Revos</title>
            <PageHead title="Dashboards" lead="Each number here is one definition, has one owner, and opens down to its records." />
            {model.dashboards.length === 0 ? (
                <Empty title="No dashboards yet" command={"dashboards:\n- {name: board, audience: board, tiles: [{metric: win_rate}]}"}>
                    <p>Write one in any YAML file of the workspace, then run <code>revos apply</code>.</p>
                </Empty>
            ) : null}
            <ul className="tiles-3">
                {boards.map((one) => (
                    <li key={one.name} className="card link-card">
                        <h2><Link to="/dashboards/$name" params={{ name: one.name }} className="stretch">{one.label}</Link></h2>
                        <p className="soft small">{one.description ?? `For ${AUDIENCES[one.audience] ?? one.audience}.`}</p>
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
        </>
    );
}
