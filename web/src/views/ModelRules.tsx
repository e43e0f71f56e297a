import { Link } from "@tanstack/react-router";
import { Card, Empty } from "../parts/basics";
import { RuleTable } from "../parts/RuleTable";
import { useModel } from "../state/model";
import { ModelHead } from "./ModelTabs";

export function ModelRulesPage() {
    const { model, object, person } = useModel();
    const objects = [...new Set(model.rules.map((one) => one.object))];
    return (
        <>
            <title>Rules · Model · Revos</title>
            <ModelHead />
            {objects.length ? null : <Empty title="No rules yet" command={"rules:\n- {id: ACC-1, object: account, require: has(account.domain), message: An account has a domain., enforcement: audit}"}><p>Start a rule in <code>audit</code>: it refuses nothing and <Link to="/audit" className="inline-link">the audit</Link> lists what it would.</p></Empty>}
            <div className="stack">
                {objects.map((name) => <Card key={name} flush title={object(name)?.label ?? name} id={`rules-${name}`}><RuleTable rules={model.rules.filter((one) => one.object === name)} person={person} caption={`Rules of ${name}`} /></Card>)}
            </div>
        </>
    );
}
