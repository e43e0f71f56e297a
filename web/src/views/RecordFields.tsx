/* The fields of a record, changed in place: one of them or all, sent as one command with the version seen. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState, type FormEvent, type KeyboardEvent } from "react";
import { formQuery, peopleQuery, send } from "../api/queries";
import type { Field, Finding, FormField, ObjectDef, RecordAnswer } from "../gen/api";
import { ActionForm } from "../parts/ActionForm";
import { Badge, Card } from "../parts/basics";
import { CellView } from "../parts/CellValue";
import * as format from "../parts/format";
import { Icon } from "../parts/Icon";
import { namedPeople, PersonSelect } from "../parts/PersonSelect";
import { Findings, problemOf } from "../parts/Problem";
import { announce } from "../state/announce";
import { useFocusNext } from "../state/focus";
import { useKeys, type KeyMap } from "../state/keys";
import { useModel } from "../state/model";
import { setPerson, usePerson } from "../state/person";
import { findingsAt, toSend, useEditing, type Editing } from "./editing";
import { FieldControl } from "./FieldControl";
import { refLink } from "./links";
import { useLookup } from "./lookup";
import { isTold } from "./RecordProcess";

const inputId = (name: string) => `input-${name}`;
const openerId = (name: string) => `edit-${name}`;
const EDIT = "edit-fields";

/** Why a field stays as it is, and the way past it. */
function Lock({ of, record }: { of: FormField; record: RecordAnswer }) {
    const { person, object: find } = useModel(), by = usePerson(), queries = useQueryClient();
    const [asking, setAsking] = useState(false), [pending, setPending] = useState(false), [problem, setProblem] = useState("");
    const opener = useRef<HTMLButtonElement>(null), waivable = find("waiver")?.fields.some((one) => one.to === record.object);
    const close = () => { setAsking(false); opener.current?.focus(); };
    const ask = (reason: string) => {
        setPending(true);
        send("waiver", { fields: { rule: of.rule ?? "", reason, [record.object]: record.id }, ...(by ? { as: by } : {}) })
            .then(() => { setProblem(""); close(); announce("An exception was asked for."); return queries.invalidateQueries(); }, (error: unknown) => setProblem(problemOf(error).findings?.[0]?.message ?? problemOf(error).detail ?? "Refused."))
            .finally(() => setPending(false));
    };
    return (
        <div className="lock">
            <p className="tiny soft"><Icon name="lock" /> <span>{format.sentence(of.because ?? "locked")}{of.rule ? <> <code className="muted">{of.rule}</code></> : null}{of.owner ? <> · owner {person(of.owner)}</> : null}</span></p>
            {waivable && of.rule ? <button ref={opener} type="button" className="button link" aria-expanded={asking} onClick={() => setAsking(!asking)}>Ask for an exception…</button> : null}
            {asking ? <ActionForm title={`Ask for an exception from ${of.rule ?? of.name}`} does="Ask" asks={[{ field: "reason", required: true }]} pending={pending} text={format.sentence} onCancel={close} onSubmit={(answers) => ask(answers["reason"] ?? "")} /> : null}
            {problem ? <p className="field-error" role="alert">{problem}</p> : null}
        </div>
    );
}

/** What else is worth a line while the form is open. */
function Aside({ field, of, waiver }: { field: Field; of: FormField | undefined; waiver: string | undefined }) {
    if (field.kind === "stage") return <p className="tiny muted">Moved with its gate, on this page.</p>;
    if (of?.state === "made") return <p className="tiny muted">Made by {of.because}.</p>;
    return waiver ? <p className="tiny soft"><Icon name="lock" /> Locked, but for an exception until {waiver}.</p> : null;
}

type LineProps = { field: Field; of: FormField | undefined; record: RecordAnswer; acts: ReturnType<typeof useEditing>; lookup: ReturnType<typeof useLookup>; focus: ReturnType<typeof useFocusNext> };

function Line({ field, of, record, acts, lookup, focus }: LineProps) {
    const { zone } = useModel(), { editing } = acts;
    const cell = record.fields[field.name], draft = editing?.drafts[field.name], id = inputId(field.name), editable = of?.state === "open" && field.kind !== "stage";
    const until = of?.state === "open" && of.waiver?.until ? format.instant(of.waiver.until, zone) : undefined;
    const escape = (event: KeyboardEvent) => {
        if (event.key !== "Escape" || event.defaultPrevented) return;
        event.stopPropagation();
        acts.close(field.name);
        focus(openerId(field.name), EDIT);
    };
    return (
        <div className="contents">
            <dt id={`${id}-label`}>{draft ? <label htmlFor={id}>{field.label}{of?.required ? <span className="muted"> (required)</span> : null}</label> : field.label}</dt>
            <dd title={cell?.by && !draft ? `${cell.by}, ${cell.at ? format.instant(cell.at, zone) : ""}` : undefined} {...(draft ? { onKeyDown: escape } : {})}>
                {draft && editing ? (
                    <FieldControl field={field} id={id} value={draft} onChange={(next) => acts.set(field.name, next)} findings={findingsAt(editing.problem, field.name)} hint={field.description} clash={editing.clashes[field.name]} choose={(choice) => acts.choose(field.name, choice)} required={of?.required ?? false} lookup={lookup} />
                ) : (
                    <div className="fact">
                        <span><CellView cell={cell} field={field} zone={zone} link={refLink} /></span>
                        {editable ? <button type="button" className="button ghost icon pencil" id={openerId(field.name)} aria-label={`Edit ${field.label}`} title={`Edit ${field.label}`} onClick={() => { acts.open([field.name]); focus(id); }}><Icon name="pencil" /></button> : null}
                    </div>
                )}
                {of?.state === "locked" ? <Lock of={of} record={record} /> : editing ? <Aside field={field} of={of} waiver={until} /> : null}
            </dd>
        </div>
    );
}

/** What is said about the form as a whole: refusals that name no field of it, and what was changed meanwhile. */
function FormState({ editing, shown }: { editing: Editing; shown: (name: string) => boolean }) {
    const { person } = useModel();
    const { problem, moved, clashes } = editing, rest = problem?.findings?.filter((one) => !one.field || !shown(one.field)) ?? [], open = Object.values(clashes).filter((one) => !one.choice).length;
    if (moved) return <p className="notice" role="alert"><Icon name="clock" /> Somebody changed this record meanwhile, but nothing that you typed. Look at it, then save again.</p>;
    if (Object.keys(clashes).length) return <p className="notice" role="alert"><Icon name="clock" /> {open ? `Somebody changed ${format.count(open, "field", "fields")} that you changed too. Choose which value holds, then save again.` : "Both values were looked at. Save again."}</p>;
    if (!problem) return null;
    return (
        <div className="problem" role="alert">
            <h3>{problem.status === 422 ? "Not saved yet" : problem.title}</h3>
            {rest.length ? <Findings of={rest} person={person} /> : <p>{problem.findings?.length ? `${format.count(problem.findings.length, "thing stands", "things stand")} in the way; each is told at its field.` : problem.detail}</p>}
        </div>
    );
}

function SaveBar({ editing, object, pending, onCancel }: { editing: Editing; object: ObjectDef; pending: boolean; onCancel: () => void }) {
    const by = usePerson(), { data: rows } = useQuery(peopleQuery), n = Object.keys(toSend(editing, object)).length;
    return (
        <div className="save-bar">
            {rows ? <PersonSelect label="Acting as" people={namedPeople(rows.records)} value={by} onChange={setPerson} /> : null}
            <label className="field grow"><span className="label">Why (optional)</span><input className="input" name="reason" maxLength={2000} autoComplete="off" /></label>
            <div className="row">
                <button type="submit" className="button primary" disabled={pending}>{pending ? "Saving…" : n ? `Save ${format.count(n, "change", "changes")}` : "Save"}</button>
                <button type="button" className="button ghost" onClick={onCancel}>Cancel</button>
            </div>
        </div>
    );
}

export function RecordFields({ object, record, live }: { object: ObjectDef; record: RecordAnswer; live: boolean }) {
    const [all, setAll] = useState(false), [warnings, setWarnings] = useState<Finding[]>([]), { person } = useModel();
    const by = usePerson(), lookup = useLookup(), area = useRef<HTMLDivElement>(null), form = useRef<HTMLFormElement>(null), focus = useFocusNext();
    const { data } = useQuery({ ...formQuery(object.name, record.id), enabled: live });
    const rules = useMemo(() => new Map((live ? data?.fields ?? [] : []).map((one) => [one.name, one])), [data, live]);
    const acts = useEditing(object, record, by, (verdict, fields) => {
        setWarnings(verdict.findings.filter((one) => one.state !== "met"));
        announce(`Saved ${format.count(fields.length, "change", "changes")}.`);
        focus(...(fields.length === 1 ? [openerId(fields[0]!)] : []), EDIT);
    });
    const { editing } = acts, own = object.fields.filter((one) => one.kind !== "system" && one.name !== "id" && !isTold(object, one.name));
    const mayOpen = useCallback((one: Field) => rules.get(one.name)?.state === "open" && one.kind !== "stage", [rules]);
    const everything = editing !== undefined && own.filter(mayOpen).every((one) => editing.drafts[one.name]);
    const shown = all || everything ? own : own.filter((one) => record.fields[one.name] || editing?.drafts[one.name] || rules.get(one.name)?.state === "locked");
    const system = object.fields.filter((one) => one.kind === "system" && one.name !== "id"), editable = own.filter(mayOpen);
    const start = () => { if (!editable.length) return; acts.open(editable.map((one) => one.name)); focus(inputId(editable[0]!.name)); };
    const cancel = () => { acts.cancel(); focus(EDIT); };
    const begin = useRef(start);
    begin.current = start;
    useKeys(useMemo((): KeyMap => (live ? { e: () => begin.current() } : {}), [live]));
    // A refusal brings the focus to the first thing it is about.
    useEffect(() => {
        if (editing?.problem || editing?.moved || (editing && Object.keys(editing.clashes).length)) area.current?.querySelector<HTMLElement>("[aria-invalid=true], .clash input")?.focus();
        // Only when an answer came, not while somebody types.
    }, [editing?.problem, editing?.base]); // eslint-disable-line
    const submit = (event: FormEvent<HTMLFormElement>) => {
        event.preventDefault();
        if (!editing) return;
        const undecided = Object.entries(editing.clashes).find(([, clash]) => !clash.choice);
        if (undecided) { focus(`${inputId(undecided[0])}-mine`); return; }
        if (!Object.keys(toSend(editing, object)).length) { cancel(); return; }
        setWarnings([]);
        acts.save(editing, String(new FormData(event.currentTarget).get("reason") ?? ""));
    };
    // Questions about a lock stand among the fields and are forms of their own, so the fields are in none.
    const enter = (event: KeyboardEvent) => {
        if (event.key !== "Enter" || event.defaultPrevented || !(event.target instanceof HTMLElement) || event.target.closest("form, button, a")) return;
        if (!(event.target instanceof HTMLInputElement) && !event.ctrlKey && !event.metaKey) return;
        event.preventDefault();
        form.current?.requestSubmit();
    };
    const hidden = own.length - shown.length;
    return (
        <Card title="Fields" id="fields" aside={<div className="row">
            {hidden > 0 || all ? <button type="button" className="button ghost" aria-pressed={all} onClick={() => setAll(!all)}>{all ? "Only filled" : `Also ${hidden} empty`}</button> : null}
            {live && editable.length && !everything ? <button id={EDIT} type="button" className="button" onClick={start}><Icon name="pencil" /> Edit</button> : null}
        </div>}>
            {warnings.length ? <div className="notice warned" role="status"><div><p><strong>Saved.</strong> Worth a look:</p><Findings of={warnings} person={person} /></div><button type="button" className="button ghost icon" aria-label="Close" onClick={() => setWarnings([])}><Icon name="close" /></button></div> : null}
            <div ref={area} className="record-form" onKeyDown={enter} data-editing={editing !== undefined}>
                {editing ? <FormState editing={editing} shown={(name) => editing.drafts[name] !== undefined} /> : null}
                <dl className="facts record-facts">{shown.map((field) => <Line key={field.name} field={field} of={rules.get(field.name)} record={record} acts={acts} lookup={lookup} focus={focus} />)}</dl>
                {editing ? <form ref={form} noValidate onSubmit={submit} aria-label={`Save ${record.title}`}><SaveBar editing={editing} object={object} pending={acts.isPending} onCancel={cancel} /></form> : null}
            </div>
            <hr />
            <dl className="facts record-facts">{system.map((field) => <Line key={field.name} field={field} of={undefined} record={record} acts={acts} lookup={lookup} focus={focus} />)}</dl>
            {record.deleted ? <Badge tone="warn">deleted</Badge> : null}
        </Card>
    );
}
