/* A record being changed in place: what was typed over which version, sent as one command; nothing typed is lost. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useBlocker } from "@tanstack/react-router";
import { useCallback, useState } from "react";
import { recordQuery, send } from "../api/queries";
import type { Field, Finding, ObjectDef, Problem, RecordAnswer, Verdict } from "../gen/api";
import { changed, commandFields, draftOf, sameDraft, type Draft, type Drafts } from "../parts/draft";
import { problemOf } from "../parts/Problem";
import type { Clash } from "./FieldControl";

export type Editing = {
    /** The record as it stood when the first of these was typed, or as it was read since. */
    base: RecordAnswer;
    drafts: Drafts;
    clashes: { [field: string]: Clash };
    problem: Problem | undefined;
    /** It was changed meanwhile, but nothing that was typed here. */
    moved: boolean;
};

const fieldOf = (object: ObjectDef, name: string): Field | undefined => object.fields.find((one) => one.name === name);
const standing = (object: ObjectDef, record: RecordAnswer) => (name: string): Draft => { const field = fieldOf(object, name); return field ? draftOf(record.fields[name], field) : { text: "" }; };

/** What was typed, over the record as it is now: a field that both changed is a choice, one that came to be the same is none. */
export function overtaken(before: Editing, now: RecordAnswer, object: ObjectDef): Editing {
    const was = standing(object, before.base), is = standing(object, now), clashes: Editing["clashes"] = {};
    for (const [name, mine] of Object.entries(before.drafts)) {
        const theirs = is(name), cell = now.fields[name];
        if (!sameDraft(theirs, was(name)) && !sameDraft(theirs, mine)) clashes[name] = { theirs, by: cell?.by, at: cell?.at, choice: undefined };
    }
    return { ...before, base: now, clashes, problem: undefined, moved: !Object.keys(clashes).length };
}

/** What is to be sent: what was typed and differs, but where what stands now was chosen. */
export function toSend(editing: Editing, object: ObjectDef): Drafts {
    const kept = Object.fromEntries(Object.entries(editing.drafts).filter(([name]) => editing.clashes[name]?.choice !== "theirs"));
    return changed(kept, standing(object, editing.base));
}

export const findingsAt = (problem: Problem | undefined, field: string): Finding[] => problem?.findings?.filter((one) => one.field === field) ?? [];

export function useEditing(object: ObjectDef, record: RecordAnswer, by: string, saved: (verdict: Verdict, fields: string[]) => void) {
    const queries = useQueryClient(), [editing, setEditing] = useState<Editing | undefined>();
    const dirty = editing !== undefined && Object.keys(toSend(editing, object)).length > 0;
    useBlocker({ shouldBlockFn: () => dirty && !window.confirm("What you typed is not saved. Leave it?"), enableBeforeUnload: () => dirty });
    const { mutate, isPending } = useMutation({
        mutationFn: ({ editing: now, reason }: { editing: Editing; reason: string }) => send(object.name, {
            id: record.id, version: now.base.version, fields: commandFields(toSend(now, object)), ...(reason.trim() ? { reason: reason.trim() } : {}), ...(by ? { as: by } : {}),
        }),
        onSuccess: async (verdict, { editing: now }) => {
            const fields = Object.keys(toSend(now, object));
            // What is edited next is edited over what stands there by now.
            await queries.invalidateQueries({ queryKey: recordQuery(object.name, record.id, {}).queryKey.slice(0, 3) });
            setEditing(undefined);
            saved(verdict, fields);
            void queries.invalidateQueries();
        },
        onError: async (error) => {
            const problem = problemOf(error);
            if (problem.status !== 409) {
                const named = (problem.findings ?? []).flatMap((one) => (one.field && fieldOf(object, one.field) ? [one.field] : []));
                // What a refusal names is opened, so that it can be filled where it is asked for.
                setEditing((before) => before && { ...before, problem, moved: false, drafts: { ...Object.fromEntries(named.map((name) => [name, standing(object, before.base)(name)])), ...before.drafts } });
                return;
            }
            try {
                const now = await queries.fetchQuery({ ...recordQuery(object.name, record.id, {}), staleTime: 0 });
                setEditing((before) => before && overtaken(before, now, object));
            } catch (failed) {
                setEditing((before) => before && { ...before, problem: problemOf(failed) });
            }
        },
    });
    const open = useCallback((names: string[]) => setEditing((before) => {
        const now = before ?? { base: record, drafts: {}, clashes: {}, problem: undefined, moved: false }, is = standing(object, now.base);
        return { ...now, drafts: { ...Object.fromEntries(names.map((name) => [name, is(name)])), ...now.drafts } };
    }), [object, record]);
    const set = useCallback((name: string, draft: Draft) => setEditing((before) => before && { ...before, drafts: { ...before.drafts, [name]: draft } }), []);
    const choose = useCallback((name: string, choice: "mine" | "theirs") => setEditing((before) => {
        const clash = before?.clashes[name];
        return before && clash ? { ...before, clashes: { ...before.clashes, [name]: { ...clash, choice } } } : before;
    }), []);
    /** Closes one field again; with the last one the form. */
    const close = useCallback((name: string) => setEditing((before) => {
        if (!before) return before;
        const { [name]: _, ...drafts } = before.drafts, { [name]: __, ...clashes } = before.clashes;
        return Object.keys(drafts).length ? { ...before, drafts, clashes } : undefined;
    }), []);
    const cancel = useCallback(() => setEditing(undefined), []);
    const save = useCallback((now: Editing, reason: string) => mutate({ editing: now, reason }), [mutate]);
    return { editing, open, set, choose, close, cancel, save, isPending };
}
