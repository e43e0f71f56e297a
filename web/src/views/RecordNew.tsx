/* A record that is to be made: what it has to have first, then what it may. Refusals stand at their fields, warnings do not refuse. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, useBlocker, useNavigate } from "@tanstack/react-router";
import { useEffect, useMemo, useRef, useState, type FormEvent, type KeyboardEvent } from "react";
import { formQuery, peopleQuery, send } from "../api/queries";
import type { Field, Form, FormField, ObjectDef, Problem, Verdict } from "../gen/api";
import { Card, Empty, Loading, PageHead } from "../parts/basics";
import { changed, commandFields, type Drafts } from "../parts/draft";
import * as format from "../parts/format";
import { Icon } from "../parts/Icon";
import { namedPeople, PersonSelect } from "../parts/PersonSelect";
import { Findings, Missing, ProblemBox, problemOf } from "../parts/Problem";
import { announce } from "../state/announce";
import { useModel } from "../state/model";
import { setPerson, usePerson } from "../state/person";
import { findingsAt } from "./editing";
import { FieldControl } from "./FieldControl";
import { useLookup } from "./lookup";

const route = getRouteApi("/records/$object/new");
const NOTHING = () => ({ text: "" });
const EMPTY: Drafts = {};

type Entry = { field: Field; of: FormField };

/** What it has to have, what it is known by, then the rest as the model lists it. */
function groups(object: ObjectDef, form: Form, only: string[] | undefined): { title: string; list: Entry[] }[] {
    const rules = new Map(form.fields.map((one) => [one.name, one]));
    const open = object.fields.flatMap((field): Entry[] => { const of = rules.get(field.name); return of?.state === "open" ? [{ field, of }] : []; });
    if (only) return [{ title: "", list: only.flatMap((name) => open.find((one) => one.field.name === name) ?? []) }];
    const first = open.filter(({ field, of }) => of.required || of.key || field.name === object.title);
    return [{ title: first.some(({ of }) => of.required) ? "What it needs" : "What it is known by", list: [...first].sort((a, b) => Number(b.of.required ?? false) - Number(a.of.required ?? false)) }, { title: "Everything else", list: open.filter((one) => !first.includes(one)) }].filter((one) => one.list.length);
}

const hintOf = ({ field, of }: Entry): string | undefined => {
    const instead = of.default ? `Left empty: ${field.values?.find((one) => one.name === of.default)?.label ?? of.default}.` : "";
    return [field.description, instead].filter(Boolean).join(" ") || undefined;
};

function Refused({ problem, object, shown }: { problem: Problem; object: ObjectDef; shown: (name: string) => boolean }) {
    const { person } = useModel();
    const rest = problem.findings?.filter((one) => !one.field || !shown(one.field)) ?? [];
    return (
        <div className="problem" role="alert" id="refused" tabIndex={-1}>
            <h2>{problem.other ? "It is there already" : problem.status === 422 ? "Not created yet" : problem.title}</h2>
            {rest.length ? <Findings of={rest} person={person} /> : <p>{problem.findings?.length ? `${format.count(problem.findings.length, "thing stands", "things stand")} in the way; each is told at its field.` : problem.detail}</p>}
            {problem.other ? <p><Link className="button" to="/records/$object/$id" params={{ object: object.name, id: problem.other }}>Open the one that is there</Link></p> : null}
        </div>
    );
}

/** It is made, and somebody should look at something. */
function Warned({ verdict, object, again }: { verdict: Verdict; object: ObjectDef; again: () => void }) {
    const { person } = useModel(), head = useRef<HTMLHeadingElement>(null);
    useEffect(() => head.current?.focus(), []);
    return (
        <section className="card" aria-labelledby="created">
            <h2 id="created" tabIndex={-1} ref={head}><Icon name="check" /> Created, and worth a look</h2>
            <Findings of={verdict.findings} person={person} />
            <div className="row">
                <Link className="button primary" to="/records/$object/$id" params={{ object: object.name, id: verdict.id ?? "" }}>Open it</Link>
                <button type="button" className="button" onClick={again}>Another {object.label.toLowerCase()}</button>
            </div>
        </section>
    );
}

/** The form of a new record; with `preset` a short one of the fields that are not preset, closed by `onCancel`. */
export function NewForm({ object, form, made, preset = EMPTY, only, onCancel }: { object: ObjectDef; form: Form; made: (verdict: Verdict) => void; preset?: Drafts; only?: string[]; onCancel?: () => void }) {
    const queries = useQueryClient(), by = usePerson(), lookup = useLookup(), { data: rows } = useQuery(peopleQuery);
    const [drafts, setDrafts] = useState<Drafts>({}), element = useRef<HTMLFormElement>(null), sent = useRef(false);
    const all = useMemo(() => groups(object, form, only), [object, form, only]), typed = changed(drafts, NOTHING);
    const shown = (name: string) => all.some((group) => group.list.some((one) => one.field.name === name));
    useBlocker({ shouldBlockFn: () => !sent.current && Object.keys(typed).length > 0 && !window.confirm("What you typed is not saved. Leave it?"), enableBeforeUnload: () => !sent.current && Object.keys(typed).length > 0 });
    const { mutate, isPending, error } = useMutation({
        mutationFn: (reason: string) => send(object.name, { create: true, fields: commandFields({ ...preset, ...typed }), ...(reason.trim() ? { reason: reason.trim() } : {}), ...(by ? { as: by } : {}) }),
        onSuccess: (verdict) => {
            sent.current = true;
            announce(`${object.label} created.`);
            void queries.invalidateQueries();
            made(verdict);
        },
    });
    const problem = error ? problemOf(error) : undefined;
    useEffect(() => {
        if (problem) (element.current?.querySelector<HTMLElement>("[aria-invalid=true]") ?? document.getElementById("refused"))?.focus();
        // Once for each answer.
    }, [error]); // eslint-disable-line
    const submit = (event: FormEvent<HTMLFormElement>) => {
        event.preventDefault();
        mutate(String(new FormData(event.currentTarget).get("reason") ?? ""));
    };
    const keys = (event: KeyboardEvent) => { if (event.key === "Escape" && !event.defaultPrevented && onCancel) onCancel(); if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) element.current?.requestSubmit(); };
    return (
        <form ref={element} className="stack" noValidate onSubmit={submit} onKeyDown={keys} aria-label={`New ${object.label.toLowerCase()}`}>
            {problem ? <Refused problem={problem} object={object} shown={shown} /> : null}
            {all.map((group, i) => {
                const inputs = (
                    <div className="form-grid">
                        {group.list.map((one) => {
                            const { field, of } = one, id = `new-${field.name}`;
                            return (
                                <div key={field.name} className="field">
                                    <label id={`${id}-label`} htmlFor={id}>{field.label}{of.required ? <span className="muted"> (required)</span> : null}</label>
                                    <FieldControl field={field} id={id} value={drafts[field.name] ?? { text: "" }} onChange={(draft) => setDrafts((before) => ({ ...before, [field.name]: draft }))} findings={findingsAt(problem, field.name)} hint={hintOf(one)} required={of.required ?? false} lookup={lookup} />
                                </div>
                            );
                        })}
                    </div>
                );
                return group.title ? <Card key={group.title} title={group.title} id={`group-${i}`}>{inputs}</Card> : <div key="short">{inputs}</div>;
            })}
            <div className={only ? "save-bar" : "save-bar card"}>
                {rows ? <PersonSelect label="Acting as" people={namedPeople(rows.records)} value={by} onChange={setPerson} /> : null}
                <label className="field grow"><span className="label">Why (optional)</span><input className="input" name="reason" maxLength={2000} autoComplete="off" /></label>
                <div className="row">
                    <button type="submit" className="button primary" disabled={isPending}>{isPending ? "Creating…" : `Create ${object.label.toLowerCase()}`}</button>
                    {onCancel ? <button type="button" className="button ghost" onClick={onCancel}>Cancel</button> : <Link className="button ghost" to="/records/$object" params={{ object: object.name }}>Cancel</Link>}
                </div>
            </div>
        </form>
    );
}

export function RecordNewPage() {
    const { object: name } = route.useParams(), navigate = useNavigate();
    const object = useModel().object(name), [verdict, setVerdict] = useState<Verdict | undefined>(), [nth, setNth] = useState(0);
    const { data, error, refetch } = useQuery({ ...formQuery(name), enabled: object !== undefined });
    if (!object) return <Missing title={name} problem={{ type: "about:blank", title: `There is no object '${name}'`, status: 404, code: "not_found" }} />;
    const made = (found: Verdict) => {
        if (found.findings.some((one) => one.state !== "met")) setVerdict(found);
        else void navigate({ to: "/records/$object/$id", params: { object: name, id: found.id ?? "" } });
    };
    return (
        <>
            <title>{`New ${object.label.toLowerCase()} · Revos`}</title>
            <PageHead title={`New ${object.label.toLowerCase()}`} lead={object.description} />
            {error ? <ProblemBox problem={problemOf(error)} retry={() => void refetch()} /> : null}
            {verdict ? <Warned verdict={verdict} object={object} again={() => { setVerdict(undefined); setNth(nth + 1); }} /> : null}
            {data && !data.by_people ? <Empty title={`The process makes ${format.words(object.plural)}`}><p>Nobody writes one by hand; each comes with what it is about.</p></Empty> : null}
            {data?.by_people && !verdict ? <NewForm key={nth} object={object} form={data} made={made} /> : null}
            {data || error ? null : <Card><Loading lines={6} height={28} /></Card>}
        </>
    );
}
