/* What stands between a record and a stage: each criterion, the least that must change, the move, and the way past it. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useLayoutEffect, useRef, useState } from "react";
import { gateQuery, peopleQuery, send } from "../api/queries";
import type { GateWhy, Problem, Process, RecordAnswer } from "../gen/api";
import { ActionForm, type Answers } from "../parts/ActionForm";
import { Badge, Card, Enforcement, Loading, type Tone } from "../parts/basics";
import * as format from "../parts/format";
import { namedPeople, PersonSelect } from "../parts/PersonSelect";
import { Findings, ProblemBox, problemOf } from "../parts/Problem";
import { Select } from "../parts/Select";
import { announce } from "../state/announce";
import { focusIsLost, focusOn, useFocusKept } from "../state/focus";
import { useModel } from "../state/model";
import { setPerson, usePerson } from "../state/person";
import { RecordConvert } from "./RecordConvert";

type Criterion = GateWhy["criteria"][number];
const STATES: { [state: string]: [Tone, string] } = {
    met: ["good", "met"], unmet: ["bad", "not met"], absent: ["bad", "empty"], fault: ["bad", "cannot be judged"], waived: ["warn", "waived"], not_applying: ["plain", "does not apply"],
};
const holdsBack = (one: Criterion): boolean => one.enforcement === "deny" && ["unmet", "absent", "fault"].includes(one.state);

const reasonAsk = (required: boolean) => [{ field: "reason", required }];

function Needs({ of, object }: { of: Criterion; object: string }) {
    const { field } = useModel();
    return (
        <ul className="needs">
            {of.needs.map((need, i) => {
                const name = need.field?.startsWith(`${object}.`) ? need.field.slice(object.length + 1) : need.field;
                return <li key={i} className="tiny soft">{name ? <>needs <strong>{field(object, name)?.label ?? name}</strong> {need.value}{need.state === "absent" ? "; it is empty" : ""}</> : <>needs <code className="mono">{need.condition}</code></>}</li>;
            })}
        </ul>
    );
}

function CriterionRow({ of, object, waive }: { of: Criterion; object: string; waive: ((of: Criterion, reason: string) => Promise<() => void>) | undefined }) {
    const { person, zone } = useModel();
    const [asking, setAsking] = useState(false), [tone, said] = STATES[of.state] ?? ["plain", of.state];
    const [problem, setProblem] = useState<Problem | undefined>(), opener = useRef<HTMLButtonElement>(null);
    const [pending, setPending] = useState(false);
    const close = () => { setAsking(false); opener.current?.focus(); };
    const ask = (answers: Answers) => {
        setPending(true);
        waive!(of, answers["reason"] ?? "").then((told) => { setProblem(undefined); close(); told(); }, (error: unknown) => setProblem(problemOf(error))).finally(() => setPending(false));
    };
    return (
        <li className="gate-line">
            <Badge tone={of.enforcement === "deny" || of.state === "met" ? tone : "warn"}>{said}</Badge>
            <div>
                <p>{of.message} <code className="tiny muted">{of.id}</code>{of.gate === "exit" ? <> <Badge>to leave</Badge></> : null}{of.enforcement === "deny" ? null : <> <Enforcement of={of.enforcement} /></>}</p>
                <Needs of={of} object={object} />
                <p className="tiny muted">{of.owner ? <>owner {person(of.owner)}</> : null}{of.waiver ? <> · waived until {format.instant(of.waiver.until, zone)}</> : null}</p>
                {waive && holdsBack(of) ? <button ref={opener} type="button" className="button link" aria-expanded={asking} onClick={() => setAsking(!asking)}>Ask for an exception…</button> : null}
                {asking ? <ActionForm title={`Ask for an exception from ${of.id}`} does="Ask" asks={reasonAsk(true)} pending={pending} text={format.sentence} onCancel={close} onSubmit={ask} /> : null}
                {problem ? <div className="problem" role="alert"><Findings of={problem.findings ?? []} person={person} />{problem.findings?.length ? null : <p>{problem.detail}</p>}</div> : null}
            </div>
        </li>
    );
}

/** How a stage is entered that nobody moves a record into by hand. */
const BY_ITSELF: { [advance: string]: string } = {
    auto: "It is entered by itself as soon as every criterion is met.",
    handoff: "It is entered when the handoff that leads there is accepted.",
    convert: "It is entered by conversion.",
};

/** `moved`: what the page does at once, before it is said and read anew. */
function useMove(process: Process, record: RecordAnswer, by: string, moved: () => void) {
    const queries = useQueryClient();
    return useMutation({
        mutationFn: ({ to, reason }: { to: string; reason: string | undefined }) => send(record.object, { id: record.id, version: record.version, fields: { [process.field]: to }, ...(reason ? { reason } : {}), ...(by ? { as: by } : {}) }),
        onSuccess: (_, { to }) => { moved(); announce(`Moved to ${process.stages.find((one) => one.name === to)?.label ?? to}.`); return queries.invalidateQueries(); },
    });
}

export function RecordGate({ process, record }: { process: Process; record: RecordAnswer }) {
    const { model, object: find } = useModel(), by = usePerson(), queries = useQueryClient();
    const object = find(record.object);
    const [chosen, setChosen] = useState(""), [asking, setAsking] = useState(false);
    const { data: rows } = useQuery(peopleQuery);
    const { data, error, refetch } = useQuery(gateQuery(record.object, record.id, chosen || "next"));
    const heading = `gate-${process.name}`, kept = useFocusKept(heading), mover = useRef<HTMLButtonElement>(null);
    const move = useMove(process, record, by, () => { focusOn(heading); setAsking(false); }), here = String(record.fields[process.field]?.value ?? "");
    const to = process.stages.find((one) => one.name === data?.to), back = data?.criteria.filter(holdsBack) ?? [];
    const stages = process.stages.filter((one) => one.name !== here).map((one) => ({ id: one.name, label: one.label }));
    const needsReason = Boolean(to?.requires_reason) || (data?.asks ?? []).some((one) => !one.forbidden);
    const forbidden = (data?.asks ?? []).find((one) => one.forbidden);
    const waivable = find("waiver")?.fields.some((one) => one.to === record.object);
    // Refused, the button that was pressed and switched off has the focus again.
    useLayoutEffect(() => { if (move.isError && focusIsLost()) mover.current?.focus(); }, [move.isError]);
    /* Asks for it; gives what there is to tell once the page has put its focus back. */
    const waive = async (of: Criterion, reason: string) => {
        await send("waiver", { fields: { rule: of.id, reason, [record.object]: record.id }, ...(by ? { as: by } : {}) });
        return () => { announce(`An exception from ${of.id} was asked for.`); void queries.invalidateQueries(); };
    };
    const start = () => { if (!data?.to) return; if (needsReason) setAsking(true); else move.mutate({ to: data.to, reason: undefined }); };
    const refused = move.error ? problemOf(move.error) : undefined;
    const byItself = to ? BY_ITSELF[to.advance] : undefined;
    return (
        <Card title={to ? <>What stands before <em className="stage-to">{to.label}</em></> : "What comes next"} id={heading} aside={<Select label="Stage" hideLabel value={chosen} choices={[{ id: "", label: "The next stage" }, ...stages]} onChange={(stage) => { setChosen(stage); setAsking(false); move.reset(); }} />}>
            {error ? <ProblemBox problem={problemOf(error)} retry={() => void refetch()} level={3} /> : null}
            {!data && !error ? <Loading lines={3} /> : null}
            {data && !data.to ? <p className="small soft">Nothing comes after this stage.</p> : null}
            {data?.to ? (
                <div className="stack">
                    {data.criteria.length ? <ul className="criteria" {...kept}>{data.criteria.map((one) => <CriterionRow key={`${one.gate}.${one.id}`} of={one} object={record.object} waive={waivable ? waive : undefined} />)}</ul> : <p className="small soft">No criterion guards this stage.</p>}
                    {data.asks.map((one) => <p key={one.code} className="small soft"><Badge tone={one.forbidden ? "bad" : "warn"}>{one.forbidden ? "not allowed" : "asks"}</Badge> {one.message}</p>)}
                    {byItself ? <p className="small soft">{byItself}</p> : null}
                    {to?.advance === "convert" && object ? <RecordConvert object={object} record={record} place={heading} /> : null}
                    {byItself && !chosen ? null : (
                        <div className="gate-move">
                            {rows ? <PersonSelect label="Acting as" people={namedPeople(rows.records)} value={by} onChange={setPerson} /> : null}
                            <button ref={mover} type="button" className={back.length || forbidden ? "button" : "button primary"} disabled={move.isPending} aria-expanded={needsReason ? asking : undefined} onClick={start}>{move.isPending ? "Moving…" : `Move to ${to?.label ?? data.to}${needsReason ? "…" : ""}`}</button>
                            {back.length ? <span className="small soft">{format.count(back.length, "criterion holds", "criteria hold")} it back.</span> : null}
                        </div>
                    )}
                    {asking ? <ActionForm title={`Move to ${to?.label ?? data.to}`} does="Move" asks={reasonAsk(true)} pending={move.isPending} text={format.sentence} onCancel={() => setAsking(false)} onSubmit={(answers) => move.mutate({ to: data.to!, reason: answers["reason"] })} /> : null}
                    {refused ? (
                        <div className="problem" role="alert">
                            <h3>{refused.status === 409 ? "It was changed meanwhile" : refused.status === 422 ? "Refused" : refused.title}</h3>
                            {refused.findings?.length ? <Findings of={refused.findings} person={(name) => model.people.find((one) => one.name === name)?.label ?? name} /> : <p>{refused.detail}</p>}
                            {refused.status === 409 ? <div><button type="button" className="button" onClick={() => { move.reset(); void queries.invalidateQueries(); }}>Read it anew</button></div> : null}
                        </div>
                    ) : null}
                </div>
            ) : null}
        </Card>
    );
}
