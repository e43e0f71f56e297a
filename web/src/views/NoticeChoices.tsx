/* How somebody hears of things beside the app: by which channel, all at once a day, only in their hours. Kept on their own record. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState, type FormEvent } from "react";
import { lookupQuery, send } from "../api/queries";
import type { RecordRow } from "../gen/api";
import { Card, Loading } from "../parts/basics";
import { Findings, ProblemBox, problemOf } from "../parts/Problem";
import { announce } from "../state/announce";
import { useModel } from "../state/model";
import { findingsAt } from "./editing";
import { FieldFindings } from "./FieldControl";

const CHANNELS = [["mail", "By mail"], ["chat", "By chat"]] as const;
const FIELDS = ["notify_by", "digest_at", "notify_hours"];

const text = (row: RecordRow, field: string): string => row.fields[field]?.text ?? "";
const chosen = (list: string): string[] => list.split(",").map((one) => one.trim()).filter(Boolean);

function Choices({ row, person }: { row: RecordRow; person: string }) {
    const queries = useQueryClient(), { person: called, zone } = useModel(), form = useRef<HTMLFormElement>(null);
    const [by, setBy] = useState(() => chosen(text(row, "notify_by"))), [digest, setDigest] = useState(text(row, "digest_at")), [hours, setHours] = useState(text(row, "notify_hours"));
    const save = useMutation({
        mutationFn: () => send("person", { id: row.id, version: row.version, fields: { notify_by: by.join(", ") || null, digest_at: digest || null, notify_hours: hours.trim() || null }, as: person }),
        onSuccess: async () => {
            await queries.invalidateQueries({ queryKey: ["records", "person"] });
            announce("Saved: from now on it is told so.");
        },
    });
    const problem = save.error ? problemOf(save.error) : undefined, rest = problem?.findings?.filter((one) => !FIELDS.includes(one.field ?? "")) ?? [];
    useEffect(() => { if (save.error) form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus(); }, [save.error]);
    const invalid = (field: string) => (findingsAt(problem, field).length ? { "aria-invalid": true as const, "aria-describedby": `${field}-findings` } : {});
    // The button is not switched off meanwhile: that would take the focus from it.
    const submit = (event: FormEvent) => { event.preventDefault(); if (!save.isPending) save.mutate(); };
    return (
        <form ref={form} className="stack" noValidate onSubmit={submit} aria-label="How it is told">
            {problem && (rest.length || !problem.findings?.length) ? (
                <div className="problem" role="alert">
                    <h3>{problem.status === 409 ? "Your record was changed meanwhile" : "Not saved yet"}</h3>
                    {rest.length && problem.status !== 409 ? <Findings of={rest} person={called} /> : <p>{problem.status === 409 ? "Look at your choices, then save again: what you chose is still here." : problem.detail}</p>}
                    {problem.status === 409 ? <div><button type="button" className="button" onClick={() => { save.reset(); void queries.invalidateQueries({ queryKey: ["records", "person"] }); }}>Read it anew</button></div> : null}
                </div>
            ) : null}
            <div className="form-grid">
                <fieldset className="field choices">
                    <legend className="label">Beside the app</legend>
                    {CHANNELS.map(([channel, label]) => (
                        <label key={channel} className="choice"><input type="checkbox" checked={by.includes(channel)} onChange={(event) => setBy((before) => (event.target.checked ? [...before, channel] : before.filter((one) => one !== channel)))} {...invalid("notify_by")} />{label}</label>
                    ))}
                    <FieldFindings of={findingsAt(problem, "notify_by")} id="notify_by-findings" />
                </fieldset>
                <div className="field">
                    <label htmlFor="digest_at">All in one message a day, at</label>
                    <input id="digest_at" className="input" type="time" value={digest} onChange={(event) => setDigest(event.target.value)} {...invalid("digest_at")} />
                    <p className="tiny muted">Left empty: each one at once. Time in {zone}.</p>
                    <FieldFindings of={findingsAt(problem, "digest_at")} id="digest_at-findings" />
                </div>
                <div className="field">
                    <label htmlFor="notify_hours">Only while this calendar is open</label>
                    <input id="notify_hours" className="input" autoComplete="off" spellCheck={false} value={hours} onChange={(event) => setHours(event.target.value)} {...invalid("notify_hours")} />
                    <p className="tiny muted">Left empty: at any hour. What comes in between waits until it opens.</p>
                    <FieldFindings of={findingsAt(problem, "notify_hours")} id="notify_hours-findings" />
                </div>
            </div>
            <div className="row"><button type="submit" className="button primary" aria-disabled={save.isPending}>{save.isPending ? "Saving…" : "Save"}</button><span className="small muted">In the app it is told always.</span></div>
        </form>
    );
}

export function NoticeChoices({ person }: { person: string }) {
    const { data, error, refetch } = useQuery(lookupQuery("person", { where: `person.name == '${person.replace(/[\\']/g, "")}'`, fields: `name,${FIELDS.join(",")}` }));
    const row = data?.records[0];
    return (
        <Card title="How it is told" id="choices">
            {error ? <ProblemBox problem={problemOf(error)} retry={() => void refetch()} level={3} /> : row ? <Choices key={row.id} row={row} person={person} /> : data ? <p className="small soft">There is no record of this person.</p> : <Loading lines={2} />}
        </Card>
    );
}
