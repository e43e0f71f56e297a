/* Rules or gate criteria with their CEL, message, enforcement and owner. */
import type { Rule } from "../gen/api";
import { Code, Enforcement, Owner } from "./basics";

export function RuleTable({ rules, person, caption }: { rules: Rule[]; person: (name: string) => string; caption: string }) {
    return (
        <div className="scroll-x" tabIndex={0} role="group" aria-label={caption}>
            <table className="table roomy">
                <caption className="visually-hidden">{caption}</caption>
                <thead><tr><th scope="col">Rule</th><th scope="col">Condition</th><th scope="col">Enforcement</th><th scope="col">Owner</th></tr></thead>
                <tbody>
                    {rules.map((rule) => (
                        <tr key={rule.id} id={`rule-${rule.id}`}>
                            <th scope="row"><code>{rule.id}</code><p className="soft">{rule.message}</p>{rule.at ? <p className="tiny muted mono">{rule.at}</p> : null}</th>
                            <td>{rule.when ? <p><span className="tiny muted">when </span><Code>{rule.when}</Code></p> : null}<p><span className="tiny muted">require </span><Code>{rule.require}</Code></p>{rule.field ? <p className="tiny muted">shown at {rule.field}</p> : null}</td>
                            <td><Enforcement of={rule.enforcement} />{rule.applies_from ? <p className="tiny muted">from {rule.applies_from}</p> : null}</td>
                            <td><Owner label={rule.owner ? person(rule.owner) : undefined} /></td>
                        </tr>
                    ))}
                </tbody>
            </table>
        </div>
    );
}
