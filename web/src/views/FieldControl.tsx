/* One field being filled: its input, what is said about it, and the choice when somebody else changed it meanwhile. */
import type { Field, Finding } from "../gen/api";
import { Enforcement } from "../parts/basics";
import { cellText } from "../parts/CellValue";
import type { Draft } from "../parts/draft";
import { FieldInput, type Lookup } from "../parts/FieldInput";
import * as format from "../parts/format";
import { Icon } from "../parts/Icon";
import { useModel } from "../state/model";

/** What stands there now, against what was typed. */
export type Clash = { theirs: Draft; by: string | undefined; at: string | undefined; choice: "mine" | "theirs" | undefined };

/** A draft as people read it. */
function useSaid(): (draft: Draft, field: Field) => string {
    const { zone } = useModel();
    return (draft, field) => {
        if (!draft.text) return "empty";
        if (field.type === "boolean") return draft.text === "true" ? "yes" : "no";
        if (draft.label) return draft.label;
        return cellText({ value: draft.text, text: draft.text }, field, zone);
    };
}

export function FieldFindings({ of, id }: { of: Finding[]; id: string }) {
    const { person } = useModel();
    if (!of.length) return null;
    return (
        <ul className="field-findings" id={id}>
            {of.map((one, i) => (
                <li key={i} data-enforcement={one.enforcement}>
                    <Icon name="alert" />
                    <span>
                        <span className="says">{one.message}</span> <code className="tiny">{one.criterion ?? one.code}</code>{one.enforcement === "deny" ? null : <> <Enforcement of={one.enforcement} /></>}
                        {one.owner ? <span className="tiny"> · owner {person(one.owner)}</span> : null}
                        {one.help ? <span className="help">{one.help}</span> : null}
                    </span>
                </li>
            ))}
        </ul>
    );
}

function ClashChoice({ field, mine, clash, id, choose }: { field: Field; mine: Draft; clash: Clash; id: string; choose: (choice: "mine" | "theirs") => void }) {
    const said = useSaid(), { zone, person } = useModel();
    const option = (choice: "mine" | "theirs", text: string, draft: Draft) => (
        <label className="choice"><input type="radio" name={`${id}-clash`} id={`${id}-${choice}`} checked={clash.choice === choice} onChange={() => choose(choice)} /><span>{text}: <strong>{said(draft, field)}</strong></span></label>
    );
    return (
        <fieldset className="clash">
            <legend>{field.label} was changed meanwhile{clash.by ? <> by {person(clash.by)}</> : null}{clash.at ? <>, {format.instant(clash.at, zone)}</> : null}. Which one holds?</legend>
            {option("mine", "What you typed", mine)}
            {option("theirs", "What stands now", clash.theirs)}
        </fieldset>
    );
}

export function FieldControl({ field, id, value, onChange, findings, hint, clash, choose, required, lookup }: {
    field: Field;
    id: string;
    value: Draft;
    onChange: (draft: Draft) => void;
    findings: Finding[];
    hint?: string | undefined;
    clash?: Clash | undefined;
    choose?: (choice: "mine" | "theirs") => void;
    required?: boolean;
    lookup: Lookup;
}) {
    const { zone, model } = useModel();
    const said = [hint || field.type === "instant" ? `${id}-hint` : "", findings.length ? `${id}-findings` : ""].filter(Boolean).join(" ");
    return (
        <div className="control">
            <FieldInput field={field} id={id} value={value} onChange={onChange} invalid={findings.some((one) => one.enforcement === "deny")} required={required ?? false} describedBy={said || undefined} zone={zone} currency={model.company.currency} lookup={lookup} />
            {hint || field.type === "instant" ? <p id={`${id}-hint`} className="tiny muted">{[hint, field.type === "instant" ? `Time in ${zone}.` : ""].filter(Boolean).join(" ")}</p> : null}
            <FieldFindings of={findings} id={`${id}-findings`} />
            {clash && choose ? <ClashChoice field={field} mine={value} clash={clash} id={id} choose={choose} /> : null}
        </div>
    );
}
