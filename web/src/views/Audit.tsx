import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { auditQuery } from "../api/queries";
import type { AuditRule } from "../gen/api";
import { Badge, Card, Code, Empty, Enforcement, Loading, Owner, PageHead } from "../parts/basics";
import * as format from "../parts/format";
import { ProblemBox, problemOf } from "../parts/Problem";
import { useModel } from "../state/model";

/** What kind of criterion it is, in words. */
function useKind(): (rule: AuditRule) => string {
    const { process } = useModel();
    return (rule) => {
        if (rule.kind === "field") return "field";
        if (rule.kind === "rule") return "rule";
        return `gate to ${process(rule.process ?? "")?.stages.find((stage) => stage.name === rule.stage)?.label ?? rule.stage}`;
    };
}

function Broken({ rule }: { rule: AuditRule }) {
    const { person, object } = useModel(), kind = useKind();
    return (
        <li className="card audit-rule">
            <div className="audit-count"><strong>{format.number(rule.broken)}</strong><span className="tiny muted">of {format.number(rule.checked)}</span></div>
            <div className="stack tight">
                <p className="row"><strong>{rule.message ?? rule.id}</strong><code className="muted tiny">{rule.id}</code><Enforcement of={rule.enforcement} /><Badge>{kind(rule)}</Badge></p>
                <p className="small"><Code>{rule.require}</Code></p>
                <p className="row small"><Owner label={rule.owner ? person(rule.owner) : undefined} /><span className="muted">· {object(rule.object)?.label ?? rule.object}</span>{rule.at ? <span className="tiny muted mono">· {rule.at}</span> : null}</p>
                <details>
                    <summary className="small">{rule.first.length < rule.broken ? `First ${rule.first.length}` : "Records"}</summary>
                    <ul className="columns">{rule.first.map((one) => <li key={one.id}><Link to="/records/$object/$id" params={{ object: rule.object, id: one.id }}>{one.title}</Link></li>)}</ul>
                </details>
            </div>
        </li>
    );
}

export function AuditPage() {
    const { object } = useModel(), kind = useKind();
    const { data, error, refetch } = useQuery(auditQuery);
    const broken = data?.rules.filter((one) => one.broken > 0) ?? [], kept = data?.rules.filter((one) => one.broken === 0) ?? [];
    return (
        <>
            <title>Audit · Revos</title>
            <PageHead title="Audit" lead="Stored records against the rules, gates and fields in force. A gate is asked of the records that stand behind it today; a new rule starts here before it refuses anything." />
            {error ? <ProblemBox problem={problemOf(error)} retry={() => void refetch()} /> : null}
            {data ? (
                <div className="stack">
                    <p className="soft">{format.count(data.rules.length, "criterion", "criteria")} over {format.count(data.records, "record", "records")}, at event {format.number(data.as_of_seq)}: {format.number(broken.length)} broken, {format.number(kept.length)} kept by all.</p>
                    {data.rules.length === 0 ? <Empty title="No rules yet" command={"rules:\n- {id: OPP-1, object: opportunity, when: \"opportunity.stage == 'closed_lost'\", require: has(opportunity.loss_reason), message: Pick a loss reason., enforcement: audit}"}><p>Write one under <code>rules:</code> with <code>enforcement: audit</code> and see here what it would refuse.</p></Empty> : null}
                    <ul className="stack">{broken.map((one) => <Broken key={`${one.process}.${one.stage}.${one.id}`} rule={one} />)}</ul>
                    {kept.length ? (
                        <Card title="Kept by every record" id="kept" flush>
                            <div className="scroll-x" tabIndex={0} role="group" aria-label="Criteria kept by every record">
                                <table className="table">
                                    <caption className="visually-hidden">Criteria kept by every record</caption>
                                    <thead><tr><th scope="col">Criterion</th><th scope="col">Object</th><th scope="col">Kind</th><th scope="col">Enforcement</th><th scope="col" className="num">Checked</th></tr></thead>
                                    <tbody>{kept.map((one) => <tr key={`${one.process}.${one.stage}.${one.id}`}><th scope="row">{one.message ?? one.id} <code className="muted tiny">{one.id}</code></th><td>{object(one.object)?.label ?? one.object}</td><td className="soft">{kind(one)}</td><td><Enforcement of={one.enforcement} /></td><td className="num">{format.number(one.checked)}</td></tr>)}</tbody>
                                </table>
                            </div>
                        </Card>
                    ) : null}
                </div>
            ) : error ? null : <Loading lines={6} height={60} />}
        </>
    );
}
