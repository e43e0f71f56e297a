/* One thing that waits: what it is about, until when, what travelled with it, and what can be done about it. */
import { Link } from "@tanstack/react-router";
import { useId } from "react";
import type { Finding, Problem, WaitingItem, WorkAction } from "../gen/api";
import { ActionForm, type Answers } from "../parts/ActionForm";
import { Badge } from "../parts/basics";
import { CellView } from "../parts/CellValue";
import { Deadline } from "../parts/Deadline";
import { Decision } from "../parts/Decision";
import * as format from "../parts/format";
import { Packet } from "../parts/Packet";
import { Findings } from "../parts/Problem";
import { useModel } from "../state/model";
import { words } from "../state/readable";
import { refLink } from "./links";

export type ActionName = WorkAction["action"];

/** The key that does it on the item with the focus, what its button says, and what is announced. */
export const ACTIONS: Record<ActionName, { key: string; does: string; done: string }> = {
    accept: { key: "a", does: "Accept", done: "Accepted" },
    approve: { key: "a", does: "Approve", done: "Approved" },
    done: { key: "d", does: "Done", done: "Done" },
    take: { key: "t", does: "Take", done: "Taken" },
    return: { key: "r", does: "Return", done: "Returned" },
    refuse: { key: "r", does: "Refuse", done: "Refused" },
    reroute: { key: "x", does: "Reroute", done: "Rerouted" },
    skip: { key: "s", does: "Skip", done: "Skipped" },
};
/** What of a record is worth a line here; the deadline and the packet are told apart. */
const FACTS: { [object: string]: string[] } = {
    handoff: ["from", "owner", "team", "role", "queue", "offered_at", "note"],
    task: ["origin", "owner", "team", "role", "queue", "note"],
    approval: ["asked_at", "owner", "delegated_from", "note"],
    waiver: ["asked_by", "reason", "owner", "created_at"],
    clock: ["kind", "state", "started_at", "owner"],
};

/** Definitions are called by identifiers, tasks by what people wrote. */
const named = (title: string): string => (/^[a-z0-9_.]+$/.test(title) ? words(title.split(".").at(-1) ?? title) : title);

export const keyOf = (item: WaitingItem): string => item.record.id;
/** What an item is called in an announcement. */
export const nameOf = (item: WaitingItem): string => `${named(item.record.fields["rule"]?.text ?? item.record.title)}${item.about && item.about.title !== item.record.title ? `, ${item.about.title}` : ""}`;

function Title({ item, id }: { item: WaitingItem; id: string }) {
    const own = <Link to="/records/$object/$id" params={{ object: item.object, id: item.record.id }}>{named(item.record.fields["rule"]?.text ?? item.record.title)}</Link>;
    const about = item.about && item.about.id !== item.record.id ? <Link to="/records/$object/$id" params={{ object: item.about.object, id: item.about.id }}>{item.about.title}</Link> : null;
    return <h3 className="item-title" id={id}><span className="strong">{own}</span>{about ? <> <span className="muted dot-between" aria-hidden="true">·</span> {about}</> : null}</h3>;
}

function Facts({ item, person }: { item: WaitingItem; person: string }) {
    const { object, zone } = useModel();
    const fields = object(item.object)?.fields ?? [], wanted = FACTS[item.object] ?? fields.filter((one) => one.kind === "plain" || one.kind === "stage").slice(0, 4).map((one) => one.name);
    const attempt = item.record.fields["attempt"];
    // On one's own list nobody has to read that it is their own.
    const shown = wanted.filter((name) => item.record.fields[name] && (name !== "owner" || !person));
    return (
        <dl className="work-facts">
            {shown.map((name) => {
                const field = fields.find((one) => one.name === name), cell = item.record.fields[name];
                return <div key={name}><dt>{field?.label ?? name}</dt><dd>{name === "origin" || name === "kind" ? named(cell?.text ?? "") : <CellView cell={cell} field={field} zone={zone} link={refLink} />}</dd></div>;
            })}
            {Number(attempt?.value ?? 1) > 1 ? <div><dt>Attempt</dt><dd>{attempt?.text}</dd></div> : null}
        </dl>
    );
}

/** Why it is on this list although it is somebody else's. */
function ForWhom({ of }: { of: NonNullable<WaitingItem["answers_for"]> }) {
    const { person } = useModel();
    return <p className="small"><Badge tone="accent" icon="person">{of.because === "stand_in" ? <>for {person(of.person)}, away{of.until ? ` until ${format.date(of.until)}` : ""}</> : <>{person(of.person)} reports to you</>}</Badge></p>;
}

function Refused({ problem, person }: { problem: Problem; person: (name: string) => string }) {
    const findings: Finding[] = problem.findings ?? [];
    return (
        <div className="problem" role="alert">
            <h4>{problem.status === 409 ? "It was changed meanwhile" : problem.status === 422 ? "Refused" : problem.title}</h4>
            {findings.length ? <Findings of={findings} person={person} /> : <p>{problem.detail}</p>}
            {problem.status === 409 ? <p className="soft">The list was read anew: look at it again, then answer.</p> : null}
        </div>
    );
}

export function WorkItem({ item, person, open, pending, problem, onOpen, onAct }: {
    item: WaitingItem;
    person: string;
    /** The action whose form is shown. */
    open: WorkAction | undefined;
    pending: boolean;
    problem: Problem | undefined;
    onOpen: (action: WorkAction | undefined) => void;
    onAct: (action: WorkAction, answers: Answers) => void;
}) {
    const id = useId(), { field, person: called, rule, zone } = useModel();
    const message = rule(item.record.fields["rule"]?.text ?? "")?.message;
    const start = (action: WorkAction) => (action.asks.length ? onOpen(action) : onAct(action, {}));
    return (
        <li className="item" id={`item-${keyOf(item)}`} tabIndex={-1} data-item={keyOf(item)} data-band={item.band} aria-labelledby={id}>
            <div className="item-what"><Title item={item} id={id} />{item.answers_for ? <ForWhom of={item.answers_for} /> : null}{message ? <p className="small soft">{message}</p> : null}<Facts item={item} person={person} /></div>
            <Deadline band={item.band} due={item.due} zone={zone} />
            {item.packet ? <Packet entries={item.packet} field={(name) => (item.about ? field(item.about.object, name) : undefined)} zone={zone} /> : null}
            {item.decision ? <Decision of={item.decision} object={item.about?.object ?? ""} field={(name) => (item.about ? field(item.about.object, name) : undefined)} person={called} zone={zone} /> : null}
            {item.actions.length ? (
                <div className="row item-actions" role="group" aria-label={`Answers to ${nameOf(item)}`}>
                    {item.actions.map((action, i) => {
                        const { does, key } = ACTIONS[action.action];
                        return (
                            <button key={action.action} type="button" className={i === 0 ? "button primary" : "button"} aria-keyshortcuts={key} aria-expanded={action.asks.length ? open?.action === action.action : undefined} disabled={pending} onClick={() => (open?.action === action.action ? onOpen(undefined) : start(action))}>
                                {does}{action.asks.length ? "…" : ""}
                            </button>
                        );
                    })}
                </div>
            ) : null}
            {open ? <ActionForm key={open.action} title={`${ACTIONS[open.action].does}: ${nameOf(item)}`} does={ACTIONS[open.action].does} asks={open.asks} pending={pending} text={(word) => format.sentence(word)} onCancel={() => onOpen(undefined)} onSubmit={(answers) => onAct(open, answers)} /> : null}
            {problem ? <Refused problem={problem} person={called} /> : null}
        </li>
    );
}
