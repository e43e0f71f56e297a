/* What the process keeps about a record: scores and health by their terms; offers, deadlines, tasks, decisions, and why who got it. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import { childrenQuery, scoreQuery } from "../api/queries";
import type { ObjectDef, PacketEntry, RecordAnswer, RecordRow } from "../gen/api";
import { Badge, Card, Loading, type Tone } from "../parts/basics";
import { CellView } from "../parts/CellValue";
import * as format from "../parts/format";
import { Packet } from "../parts/Packet";
import { ProblemBox, problemOf } from "../parts/Problem";
import { RouteLog, routeLog } from "../parts/RouteLog";
import { healthTerms } from "../parts/termText";
import { HealthTable, ScoreTable } from "../parts/Terms";
import { useModel } from "../state/model";
import { words } from "../state/readable";
import { refLink } from "./links";

/** JSON that a table of this page tells; the list of fields leaves it out. */
export const isTold = (object: ObjectDef, field: string): boolean => field.endsWith("_terms") && object.fields.some((one) => one.name === field && one.type === "json" && one.kind === "derived");

function Score({ record, name, label, live }: { record: RecordAnswer; name: string; label: string; live: boolean }) {
    const { zone } = useModel();
    const { data, error, refetch } = useQuery({ ...scoreQuery(record.object, record.id, name), enabled: live });
    if (!live) return null;
    return (
        <Card title={label} id={`score-${name}`} aside={data ? <strong className="score-value">{format.number(data.value)}</strong> : null}>
            {error ? <ProblemBox problem={problemOf(error)} retry={() => void refetch()} level={3} /> : data ? <ScoreTable score={data} label={label} zone={zone} /> : <Loading lines={3} />}
        </Card>
    );
}

/** A card for each score and health; scores are asked for as they are now, health is told as the record keeps it. */
export function RecordScores({ object, record, live }: { object: ObjectDef; record: RecordAnswer; live: boolean }) {
    const { model } = useModel();
    const scores = new Set(model.definitions.filter((one) => one.kind === "scores" && one.object === object.name).map((one) => one.name));
    const told = object.fields.filter((one) => isTold(object, one.name) && record.fields[one.name]);
    return (
        <>
            {told.map((terms) => {
                const name = terms.name.slice(0, -"_terms".length), field = object.fields.find((one) => one.name === name), label = field?.label ?? words(name);
                if (scores.has(name)) return <Score key={name} record={record} name={name} label={label} live={live} />;
                const found = healthTerms(record.fields[terms.name]?.text), score = record.fields[`${name}_score`]?.text, band = record.fields[name];
                return found ? <Card key={name} title={label} id={`health-${name}`} aside={band ? <Badge>{format.sentence(band.text)}</Badge> : null}><HealthTable terms={found} label={label} score={score} /></Card> : null;
            })}
        </>
    );
}

const STATES: { [state: string]: Tone } = {
    offered: "accent", accepted: "good", returned: "warn", expired: "warn", withdrawn: "plain", running: "accent", paused: "warn", met: "good", breached: "bad", cancelled: "plain",
    open: "accent", waiting: "plain", done: "good", skipped: "plain", pending: "accent", approved: "good", refused: "bad", void: "plain", asked: "accent", revoked: "plain", active: "accent", stopped: "plain",
};

/** What each kind of record says in a line, beside its name and state. */
const KINDS: { object: string; title: string; facts: string[]; sort: string }[] = [
    { object: "handoff", title: "Handoffs", facts: ["from", "owner", "team", "offered_at", "accept_by", "accepted_at", "reason", "note"], sort: "-offered_at" },
    { object: "clock", title: "Deadlines", facts: ["kind", "due_at", "calendar", "owner", "stopped_at"], sort: "-started_at" },
    { object: "task", title: "Tasks", facts: ["owner", "due_at", "outcome", "reason", "note"], sort: "-created_at" },
    { object: "approval", title: "Approvals", facts: ["owner", "asked_at", "decided_by", "note"], sort: "-asked_at" },
    { object: "waiver", title: "Waivers", facts: ["owner", "reason", "asked_by", "expires_at", "used"], sort: "-created_at" },
    { object: "assignment", title: "Who got it, and why", facts: ["owner", "queue", "previous", "cause", "at"], sort: "-at" },
    { object: "enrolment", title: "Runs", facts: ["kind", "started_at", "next_at", "reason"], sort: "-started_at" },
    { object: "blocked", title: "Refused effects", facts: ["what", "owner", "at"], sort: "-at" },
];
export const isProcessKind = (object: string): boolean => KINDS.some((one) => one.object === object) || object === "notification";

/** So many of each kind are shown at first, the newest; then all that anybody reads. */
const FEW = 5, MANY = 200;

const named = (text: string): string => (/^[a-z0-9_.]+$/.test(text) ? words(text.split(".").at(-1) ?? text) : text);

/** What travelled, of a handoff that keeps it: the model's words are on My work, here is what was kept. */
function kept(row: RecordRow): PacketEntry[] {
    try {
        const found: unknown = JSON.parse(row.fields["packet"]?.text ?? "");
        if (typeof found !== "object" || found === null) return [];
        return Object.entries(found).map(([name, value]) => (value === null || (typeof value === "object" && (value as { count?: number }).count === 0) ? { name, label: name, missing: true as const } : { name, label: name, value: value as never }));
    } catch {
        return [];
    }
}

function More({ row, about }: { row: RecordRow; about: string }): ReactNode {
    const { field, person, zone } = useModel();
    const packet = kept(row), log = routeLog(row.fields["log"]?.text);
    if (packet.length) return <details><summary className="small">What travelled</summary><Packet entries={packet} field={(name) => field(about, name)} zone={zone} /></details>;
    if (log) return <details><summary className="small">The rules that were tried</summary><RouteLog log={log} person={person} /></details>;
    return null;
}

function Line({ row, kind, about }: { row: RecordRow; kind: (typeof KINDS)[number]; about: string }) {
    const { object, zone } = useModel();
    const fields = object(kind.object)?.fields ?? [], state = row.fields["state"], rule = row.fields["rule"]?.text;
    const title = kind.object === "assignment" ? `${named(row.fields["route"]?.text ?? row.title)}: ${rule || "otherwise"}` : named(row.fields["name"]?.text ?? rule ?? row.fields["definition"]?.text ?? row.title);
    return (
        <li>
            <p className="work-head"><Link className="strong work-title" to="/records/$object/$id" params={{ object: kind.object, id: row.id }}>{title}</Link>{state ? <Badge tone={STATES[String(state.value)] ?? "plain"}>{format.sentence(state.text)}</Badge> : null}{row.fields["breached"]?.value === true ? <Badge tone="bad" icon="alert">late</Badge> : null}</p>
            <dl className="work-facts">
                {kind.facts.filter((name) => row.fields[name]).map((name) => {
                    const of = fields.find((one) => one.name === name);
                    return <div key={name}><dt>{of?.label ?? name}</dt><dd><CellView cell={row.fields[name]} field={of} zone={zone} link={refLink} /></dd></div>;
                })}
            </dl>
            <More row={row} about={about} />
        </li>
    );
}

function Kind({ record, kind, child, count }: { record: RecordAnswer; kind: (typeof KINDS)[number]; child: string; count: number }) {
    const [limit, setLimit] = useState(FEW);
    const { data, error } = useQuery({ ...childrenQuery(record.object, record.id, child, { sort: kind.sort, limit }), placeholderData: keepPreviousData });
    const hidden = data ? data.total - data.records.length : 0;
    return (
        <div className="slice">
            <h3>{kind.title} <Badge>{format.number(count)}</Badge></h3>
            {error ? <ProblemBox problem={problemOf(error)} level={3} /> : data ? <ul className="work lines">{data.records.map((row) => <Line key={row.id} row={row} kind={kind} about={record.object} />)}</ul> : <Loading lines={2} />}
            {hidden > 0 && limit === FEW ? <button type="button" className="button ghost" onClick={() => setLimit(MANY)}>{format.number(hidden)} earlier</button> : hidden > 0 ? <p className="small soft">and {format.number(hidden)} earlier</p> : null}
        </div>
    );
}

export function RecordProcess({ record }: { record: RecordAnswer }) {
    const there = KINDS.flatMap((kind) => record.children.filter((one) => one.object === kind.object && one.count > 0).map((child) => ({ kind, child })));
    if (!there.length) return null;
    return <Card title="Process" id="process">{there.map(({ kind, child }) => <Kind key={child.name} record={record} kind={kind} child={child.name} count={child.count} />)}</Card>;
}
