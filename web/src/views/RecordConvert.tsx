/* What a record becomes: all of it in one step, or nothing. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { convert, peopleQuery } from "../api/queries";
import type { ObjectDef, RecordAnswer } from "../gen/api";
import { ActionForm, type Answers, type Ask } from "../parts/ActionForm";
import { namedPeople, PersonSelect } from "../parts/PersonSelect";
import { Findings, problemOf } from "../parts/Problem";
import { announce } from "../state/announce";
import { focusOn } from "../state/focus";
import { useModel } from "../state/model";
import { setPerson, usePerson } from "../state/person";

const WITH = "with", MOST = 4;

/** Whether the last target comes too, and what it takes that the record does not have: amounts and days. */
function asksOf(last: ObjectDef, optional: boolean): Ask[] {
    const own = last.fields.filter((one) => one.kind === "plain" && (one.type === "money" || one.type === "date")).slice(0, MOST);
    return [
        ...(optional ? [{ field: WITH, required: true, words: ["yes", "no"], label: `With ${last.label.toLowerCase()}` }] : []),
        ...own.map((one): Ask => ({ field: one.name, required: false, label: one.label, input: one.type === "date" ? "date" : "line", ...(one.type === "money" ? { hint: "1200 EUR" } : {}) })),
    ];
}

/** `place`: the id of what has the focus once it is done; the button goes with the stage it stands before. */
export function RecordConvert({ object, record, place }: { object: ObjectDef; record: RecordAnswer; place: string }) {
    const { object: find, person } = useModel(), by = usePerson(), queries = useQueryClient();
    const { data: rows } = useQuery(peopleQuery);
    const [asking, setAsking] = useState(false), opener = useRef<HTMLButtonElement>(null);
    const targets = object.converts ?? [], last = targets.at(-1), of = last ? find(last.object) : undefined;
    const names = targets.map((one) => find(one.object)?.label.toLowerCase() ?? one.object);
    const run = useMutation({
        mutationFn: (answers: Answers) => {
            const { [WITH]: wanted, ...fields } = answers;
            return convert(record.object, record.id, { ...(last?.optional && wanted !== "yes" ? {} : { fields }), ...(by ? { as: by } : {}) });
        },
        onSuccess: () => { focusOn(place); setAsking(false); announce(`Converted into ${names.join(", ")}.`); return queries.invalidateQueries(); },
    });
    if (!of) return null;
    const refused = run.error ? problemOf(run.error) : undefined;
    return (
        <div className="stack">
            <p className="small soft">It becomes {names.map((one, i) => (i === 0 ? one : `${i === names.length - 1 ? " and " : ", "}${one}`)).join("")}, all of it or nothing; what is there already is filled, not doubled.</p>
            <div className="gate-move">
                {rows ? <PersonSelect label="Acting as" people={namedPeople(rows.records)} value={by} onChange={setPerson} /> : null}
                <button ref={opener} type="button" className="button primary" aria-expanded={asking} disabled={run.isPending} onClick={() => { run.reset(); setAsking(!asking); }}>Convert…</button>
            </div>
            {asking ? <ActionForm title={`Convert ${record.title}`} does="Convert" asks={asksOf(of, last?.optional ?? false)} pending={run.isPending} text={(word) => (word === "yes" ? "Yes" : word === "no" ? "No" : word)} onCancel={() => { setAsking(false); opener.current?.focus(); }} onSubmit={(answers) => run.mutate(answers)} /> : null}
            {refused ? <div className="problem" role="alert"><h3>{refused.status === 422 ? "Refused: nothing was made" : refused.title}</h3>{refused.findings?.length ? <Findings of={refused.findings} person={person} /> : <p>{refused.detail}</p>}</div> : null}
        </div>
    );
}
