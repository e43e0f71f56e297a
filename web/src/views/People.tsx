/* Who is here: seats, who is away and who stands in, what is expected of them, how much waits. Absences are entered and ended here. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useEffect, useMemo, useRef, type ReactNode } from "react";
import { formQuery, hereQuery, metricQuery, send } from "../api/queries";
import type { Metric, PersonHere, RecordRow } from "../gen/api";
import { Badge, Card, Empty, Loading, Owner, PageHead } from "../parts/basics";
import { cellText } from "../parts/CellValue";
import * as format from "../parts/format";
import { ProblemBox, problemOf } from "../parts/Problem";
import { announce } from "../state/announce";
import { focusOn } from "../state/focus";
import { useModel, type Index } from "../state/model";
import { usePerson } from "../state/person";
import { words } from "../state/readable";
import { NewForm } from "./RecordNew";

const route = getRouteApi("/people");
const ABSENCE = ["starts", "ends", "kind", "delegate"];

const text = (row: RecordRow, field: string): string => row.fields[field]?.text ?? "";
const day = (row: RecordRow, field: string): string => (row.fields[field] ? format.date(text(row, field)) : "");

/** The metric that measures people against their quotas: a share of something over quotas, by owner. */
function attainmentOf(index: Index): Metric | undefined {
    return index.model.metrics.find((one) => one.kind === "ratio" && one.dimensions.some((other) => other.name === "owner") && one.inputs.some((input) => index.metric(input)?.object === "quota"));
}

/** How far somebody is in the period that runs, as the metric says. */
function Attained({ person, period, metric }: { person: PersonHere; period: string; metric: Metric }) {
    const { data } = useQuery(metricQuery(metric.name, { by: ["owner"], grain: "none", window: `this_${period}` }));
    const row = data?.rows.find((one) => one.group["owner"]?.value === person.record.id);
    if (!data || !row) return null;
    return <Link className="num" to="/metrics/$name" params={{ name: metric.name }} search={{ by: ["owner"], window: `this_${period}` }} title={row.because}>{format.figure(row, data.shape, data.unit, "short")} {row.value === null ? "" : "attained"}</Link>;
}

function Quotas({ person }: { person: PersonHere }) {
    const index = useModel(), metric = attainmentOf(index), { object, zone } = index;
    const field = (name: string) => object("quota")?.fields.find((one) => one.name === name);
    return (
        <>
            {person.quotas.map(({ record, period }) => {
                const whole = record.fields["amount"] ?? record.fields["count"], ramped = record.fields["ramped"], reduced = ramped && record.fields["amount"] && ramped.text !== text(record, "amount");
                return (
                    <p key={record.id}>
                        <Link to="/records/$object/$id" params={{ object: "quota", id: record.id }}>{format.sentence(text(record, "name"))}</Link>
                        {" "}{cellText(ramped ?? whole, field(ramped ? "ramped" : "amount"), zone)}
                        {reduced ? <span className="muted"> after ramp, of {cellText(record.fields["amount"], field("amount"), zone)}</span> : null}
                        <span className="muted"> since {day(record, "starts")}</span>
                        {period && metric ? <> · <Attained person={person} period={period} metric={metric} /></> : null}
                    </p>
                );
            })}
        </>
    );
}

function Seats({ person }: { person: PersonHere }) {
    return (
        <>
            {person.seats.map(({ record, now }) => (
                <p key={record.id}>
                    <Link to="/records/$object/$id" params={{ object: "seat", id: record.id }}>{[text(record, "seat"), text(record, "territory")].filter(Boolean).map(words).join(" of ") || "a seat"}</Link>
                    <span className="muted"> {now ? `since ${day(record, "starts")}` : ""}{now ? "" : `from ${day(record, "starts")}`}{record.fields["ends"] ? `, until ${day(record, "ends")}` : ""}</span>
                    {now ? null : <> <Badge tone="accent">planned</Badge></>}
                </p>
            ))}
        </>
    );
}

function Absences({ person, today, pending, end }: { person: PersonHere; today: string; pending: boolean; end: (row: RecordRow) => void }) {
    return (
        <>
            {person.absences.map(({ record, now }) => (
                <p key={record.id} className="row">
                    <span>
                        <Link to="/records/$object/$id" params={{ object: "absence", id: record.id }}>{record.fields["kind"] ? format.sentence(text(record, "kind")) : "Away"}</Link>
                        <span className="muted"> {day(record, "starts")} to {day(record, "ends")}</span>
                        {record.fields["delegate"] ? <> · {text(record, "delegate")} stands in</> : <> · <Badge tone="warn">nobody stands in</Badge></>}
                    </span>
                    {now && text(record, "ends") !== today ? <button type="button" className="button link" disabled={pending} onClick={() => end(record)}>Ends today</button> : null}
                </p>
            ))}
        </>
    );
}

function Fact({ title, children }: { title: string; children: ReactNode }) {
    return <div><dt>{title}</dt><dd>{children}</dd></div>;
}

function Work({ person }: { person: PersonHere }) {
    const { object } = useModel(), there = person.work.filter((one) => one.count > 0);
    if (!there.length) return <p className="muted">Nothing waits.</p>;
    return <p className="row">{there.map((one) => <Link key={one.object} to="/records/$object" params={{ object: one.object }} search={{ where: one.where }}>{format.count(one.count, object(one.object)?.label.toLowerCase() ?? one.object, format.words(object(one.object)?.plural ?? one.object))}</Link>)}</p>;
}

/** A short form for days away; whoever stands in gets what is new and may answer what is open. */
function AbsenceForm({ person, close }: { person: PersonHere; close: (entered: boolean) => void }) {
    const object = useModel().object("absence"), { data, error } = useQuery(formQuery("absence")), head = useRef<HTMLHeadingElement>(null);
    const name = text(person.record, "full_name") || person.name;
    const preset = useMemo(() => ({ person: { text: person.record.id } }), [person.record.id]);
    const there = data !== undefined;
    useEffect(() => { if (there) document.getElementById("new-starts")?.focus(); }, [there]);
    if (!object) return null;
    return (
        <div className="absence-form">
            <h3 ref={head}>Days away of {name}</h3>
            {error ? <ProblemBox problem={problemOf(error)} level={3} /> : data ? <NewForm object={object} form={data} preset={preset} only={ABSENCE} made={() => { announce(`${name} is away on these days.`); close(true); }} onCancel={() => close(false)} /> : <Loading lines={2} />}
        </div>
    );
}

function PersonRow({ person, today, entering, enter, close }: { person: PersonHere; today: string; entering: boolean; enter: () => void; close: () => void }) {
    const { object } = useModel(), queries = useQueryClient(), by = usePerson(), name = text(person.record, "full_name") || person.name, id = `away-${person.name}`;
    const end = useMutation({
        mutationFn: (row: RecordRow) => send("absence", { id: row.id, version: row.version, fields: { ends: today }, ...(by ? { as: by } : {}) }),
        onSuccess: async () => {
            await queries.invalidateQueries({ queryKey: hereQuery.queryKey });
            focusOn(id);
            announce(`The absence of ${name} ends today.`);
            void queries.invalidateQueries();
        },
    });
    const role = text(person.record, "role"), manager = text(person.record, "manager");
    return (
        <li className="person-row" id={`person-${person.name}`}>
            <div className="person-head">
                <Link className="strong" to="/records/$object/$id" params={{ object: "person", id: person.record.id }}><Owner label={name} /></Link>
                {person.away ? <Badge tone="warn" icon="clock">{person.stand_in ? `away, ${person.stand_in.title} stands in` : "away"}</Badge> : null}
                <p className="small muted">{[role ? words(role) : "", manager ? `reports to ${manager}` : ""].filter(Boolean).join(" · ")}</p>
            </div>
            <dl className="person-facts small">
                {person.seats.length ? <Fact title="Seats"><Seats person={person} /></Fact> : null}
                {person.quotas.length ? <Fact title="Quota"><Quotas person={person} /></Fact> : null}
                <Fact title="Waits"><Work person={person} /></Fact>
                {person.absences.length ? <Fact title="Days away"><Absences person={person} today={today} pending={end.isPending} end={(row) => end.mutate(row)} /></Fact> : null}
            </dl>
            <div className="row person-does">
                <Link className="button ghost" to="/work" search={{ person: person.name }}>Their work</Link>
                {object("absence") && person.active ? <button type="button" id={id} className="button" aria-expanded={entering} onClick={entering ? close : enter}>Enter days away</button> : null}
            </div>
            {end.error ? <ProblemBox problem={problemOf(end.error)} level={3} /> : null}
            {entering ? <AbsenceForm person={person} close={() => { close(); focusOn(id); }} /> : null}
        </li>
    );
}

/** By team, in the order in which teams first come; without one at last. */
function byTeam(people: PersonHere[]): [string, PersonHere[]][] {
    const teams = new Map<string, PersonHere[]>();
    for (const one of people) {
        const team = text(one.record, "team");
        teams.set(team, [...(teams.get(team) ?? []), one]);
    }
    return [...teams].sort(([a], [b]) => (a === "" ? 1 : b === "" ? -1 : a.localeCompare(b)));
}

export function PeoplePage() {
    const { absent } = route.useSearch(), navigate = useNavigate({ from: "/people" });
    const { data, error, refetch } = useQuery(hereQuery);
    const here = data?.people.filter((one) => one.active) ?? [], gone = data?.people.filter((one) => !one.active) ?? [], away = here.filter((one) => one.away).length;
    const enter = (name: string | undefined) => void navigate({ search: { absent: name }, replace: true, resetScroll: false });
    return (
        <>
            <title>People · Revos</title>
            <PageHead title="People" lead={data ? <p>{format.count(here.length, "person is", "people are")} here{away ? `, ${format.number(away)} away today` : ""}. Absences say who stands in; what waits then goes there too.</p> : undefined} />
            {error ? <ProblemBox problem={problemOf(error)} retry={() => void refetch()} /> : null}
            {data && !data.people.length ? <Empty title="Nobody yet"><p>People stand in the model under <code>people:</code>, and as records once it is applied.</p></Empty> : null}
            <div className="stack">{byTeam(here).map(([team, list]) => (
                <Card key={team} flush title={<>{team ? words(team) : "Without a team"} <Badge>{format.number(list.length)}</Badge></>} id={`team-${team || "none"}`}>
                    <ul className="people">{list.map((one) => <PersonRow key={one.record.id} person={one} today={data!.today} entering={absent === one.name} enter={() => enter(one.name)} close={() => enter(undefined)} />)}</ul>
                </Card>
            ))}
            {gone.length ? <Card><details><summary className="small">{format.count(gone.length, "person has", "people have")} left</summary><ul className="stack-tight small">{gone.map((one) => <li key={one.record.id}><Link to="/records/$object/$id" params={{ object: "person", id: one.record.id }}>{text(one.record, "full_name") || one.name}</Link>{one.record.fields["left_on"] ? <span className="muted"> on {day(one.record, "left_on")}</span> : null}</li>)}</ul></details></Card> : null}</div>
            {data || error ? null : <Card><Loading lines={8} height={28} /></Card>}
        </>
    );
}
