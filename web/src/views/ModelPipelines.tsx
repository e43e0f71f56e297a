import { Link } from "@tanstack/react-router";
import type { Process, Rule, Stage } from "../gen/api";
import { Badge, Card, Code, Empty, Enforcement, Owner } from "../parts/basics";
import * as format from "../parts/format";
import { useModel } from "../state/model";
import { ModelHead } from "./ModelTabs";

function Gate({ rules, title }: { rules: Rule[]; title: string }) {
    const { person } = useModel();
    if (!rules.length) return null;
    return (
        <div className="gate">
            <p className="label">{title}</p>
            <ul className="stack tight">
                {rules.map((rule) => (
                    <li key={rule.id} className="criterion">
                        <p className="row"><code className="tiny">{rule.id}</code><Enforcement of={rule.enforcement} />{rule.owner ? <span className="tiny muted">{person(rule.owner)}</span> : null}</p>
                        <p>{rule.message}</p>
                        <Code>{rule.require}</Code>
                    </li>
                ))}
            </ul>
        </div>
    );
}

function StageRow({ stage, at }: { stage: Stage; at: number }) {
    const facts = [
        stage.probability !== undefined ? `${format.percent(String(stage.probability), "short")} likely` : "",
        stage.forecast ? `forecast ${format.words(stage.forecast)}` : "", stage.max_age ? `at most ${stage.max_age}` : "",
        stage.advance === "manual" ? "" : `advances by ${stage.advance}`, stage.requires_reason ? "asks for a reason" : "",
    ].filter(Boolean);
    return (
        <li className="stage-row" data-outcome={stage.outcome}>
            <span className="stage-number" aria-hidden="true">{at + 1}</span>
            <div className="stack tight">
                <p className="row"><strong>{stage.label}</strong>{stage.initial ? <Badge>start</Badge> : null}{stage.outcome === "open" ? null : <Badge tone={stage.outcome === "won" ? "good" : "bad"}>{stage.outcome}</Badge>}<span className="tiny muted">{facts.join(" · ")}</span></p>
                {stage.description ? <p className="small soft">{stage.description}</p> : null}
                <Gate rules={stage.enter} title="To enter" />
                <Gate rules={stage.exit} title="To leave" />
            </div>
        </li>
    );
}

function ProcessCard({ process }: { process: Process }) {
    const { person, object } = useModel();
    return (
        <Card title={process.label} id={`process-${process.name}`} aside={<div className="row"><Badge>{process.kind}</Badge><Owner label={person(process.owner)} /></div>}>
            <p className="small soft">
                {process.description} Stages of <Link className="inline-link" to="/model/objects/$name" params={{ name: process.object }}>{object(process.object)?.label ?? process.object}</Link> in <code>{process.field}</code>; skipping: {process.skip}, going back: {process.back}.
            </p>
            <ol className="stage-list">{process.stages.map((stage, i) => <StageRow key={stage.name} stage={stage} at={i} />)}</ol>
        </Card>
    );
}

export function ModelPipelinesPage() {
    const { model } = useModel();
    return (
        <>
            <title>Pipelines · Model · Revos</title>
            <ModelHead />
            {model.processes.length ? <div className="stack">{model.processes.map((one) => <ProcessCard key={one.name} process={one} />)}</div> : (
                <Empty title="No pipeline or lifecycle yet" command={"pipelines:\n- {name: new_business, object: opportunity, owner: ben, stages: [{name: discovery}, {name: closed_won, outcome: won}, {name: closed_lost, outcome: lost}]}"}><p>A stage holds the conditions to enter it; they hold at every door.</p></Empty>
            )}
        </>
    );
}
