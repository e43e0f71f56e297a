import { Link, useRouterState } from "@tanstack/react-router";
import { Badge, PageHead } from "../parts/basics";
import { useModel } from "../state/model";

const TABS = [
    { to: "/model", label: "Objects" }, { to: "/model/pipelines", label: "Pipelines" }, { to: "/model/rules", label: "Rules" },
    { to: "/model/matrix", label: "Nine cells" }, { to: "/model/history", label: "Versions" },
] as const;

/** The head that the pages of the model share. */
export function ModelHead() {
    const { model } = useModel();
    const path = useRouterState({ select: (state) => state.location.pathname });
    return (
        <>
            <PageHead title="Model" lead={<>What {model.company.name} has agreed on: compiled from its files, live as version {model.version}.</>} aside={<><Badge tone="accent">version {model.version}</Badge><code className="tiny muted">{model.digest.slice(0, 18)}</code></>} />
            <nav className="tabs" aria-label="Model">
                {TABS.map((tab) => <Link key={tab.to} to={tab.to} activeOptions={{ exact: true }} activeProps={{ "aria-current": "page" }} inactiveProps={tab.to === "/model" && path.startsWith("/model/objects") ? { "aria-current": "page" } : {}}>{tab.label}</Link>)}
            </nav>
        </>
    );
}
