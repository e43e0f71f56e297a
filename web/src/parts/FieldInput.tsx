/* The input for a field, by its type. What is typed is text until the server reads it; nothing is refused here. */
import { useEffect, useId, useState } from "react";
import { Button, ComboBox, Input, ListBox, ListBoxItem, Popover } from "react-aria-components";
import type { Field } from "../gen/api";
import { countries, instantOf, localOf, moneyParts, moneyText, type Draft } from "./draft";
import { Icon } from "./Icon";

export type Found = { id: string; label: string; hint?: string };
/** Records of an object by what people type. */
export type Lookup = (object: string, text: string) => Promise<Found[]>;

type Props = {
    field: Field;
    value: Draft;
    onChange: (value: Draft) => void;
    id: string;
    /** Ids of what is said about it: hint, findings. */
    describedBy: string | undefined;
    invalid: boolean;
    required: boolean;
    zone: string;
    currency: string;
    lookup: Lookup;
};
const LONG = 60;

/** Attributes that every kind of input has. */
const common = ({ id, describedBy, invalid, required }: Props) => ({
    id, "aria-describedby": describedBy, ...(invalid ? { "aria-invalid": true } : {}), ...(required ? { "aria-required": true } : {}),
});

function Chosen(props: Props & { choices: { name: string; label: string }[] }) {
    const { value, onChange, choices } = props;
    return (
        <select className="input" {...common(props)} value={value.text} onChange={(event) => onChange({ text: event.target.value })}>
            <option value="">–</option>
            {choices.map((one) => <option key={one.name} value={one.name}>{one.label}</option>)}
        </select>
    );
}

function MoneyInput(props: Props) {
    const { field, value, onChange, currency } = props, parts = moneyParts(value.text, currency), list = useId();
    // An amount that was emptied keeps the currency chosen beside it.
    const [unit, setUnit] = useState(parts.currency), shown = value.text ? parts.currency : unit;
    const set = (amount: string, code: string) => { setUnit(code); onChange({ text: moneyText(amount, code) }); };
    return (
        <div className="row nowrap">
            <input className="input" {...common(props)} inputMode="decimal" autoComplete="off" value={parts.amount} onChange={(event) => set(event.target.value, shown)} />
            <input className="input currency" aria-label={`Currency of ${field.label}`} list={list} maxLength={3} autoComplete="off" spellCheck={false} value={shown} onChange={(event) => set(parts.amount, event.target.value.toUpperCase())} />
            <datalist id={list}>{[...new Set([currency, "EUR", "USD", "GBP", "CHF", "SEK", "PLN", "JPY"])].map((one) => <option key={one} value={one} />)}</datalist>
        </div>
    );
}

function CountryInput(props: Props) {
    const list = useId(), { value, onChange } = props;
    return (
        <>
            <input className="input" {...common(props)} list={list} autoComplete="off" value={value.text} onChange={(event) => onChange({ text: event.target.value })} />
            <datalist id={list}>{countries().map(([code, name]) => <option key={code} value={code}>{name}</option>)}</datalist>
        </>
    );
}

/** What was found for a text, newest question first: an answer that comes late is dropped. */
function useFound(lookup: Lookup, object: string, text: string, asking: boolean): { found: Found[]; busy: boolean } {
    const [state, setState] = useState<{ key: string; found: Found[] }>({ key: "", found: [] });
    const key = `${object} ${text}`;
    useEffect(() => {
        if (!asking || state.key === key) return;
        let stopped = false;
        lookup(object, text).then((found) => { if (!stopped) setState({ key, found }); }, () => { if (!stopped) setState({ key, found: [] }); });
        return () => { stopped = true; };
    }, [lookup, object, text, key, asking, state.key]);
    return { found: state.found, busy: asking && state.key !== key };
}

function RefInput(props: Props) {
    const { field, value, onChange, lookup, id, describedBy, invalid, required } = props;
    const label = value.label ?? value.text, [text, setText] = useState(label), [open, setOpen] = useState(false);
    const { found, busy } = useFound(lookup, field.to!, text === label ? "" : text, open);
    // The one chosen stays in the list, so that its name stays in the input.
    const items = value.text && !found.some((one) => one.id === value.text) ? [{ id: value.text, label }, ...found] : found;
    return (
        <ComboBox
            className="combo" aria-labelledby={`${id}-label`} items={items} inputValue={text} onInputChange={setText} value={value.text || null} allowsEmptyCollection menuTrigger="focus"
            defaultFilter={() => true} isInvalid={invalid} isRequired={required} validationBehavior="aria" onOpenChange={setOpen}
            onChange={(key) => {
                const one = items.find((other) => other.id === key);
                if (!key) onChange({ text: "" });
                else if (one) { setText(one.label); onChange({ text: one.id, label: one.label }); }
            }}
        >
            <div className="row nowrap combo-line">
                <Input className="input" id={id} {...(describedBy ? { "aria-describedby": describedBy } : {})} placeholder="Type a name" autoComplete="off" />
                <Button className="button ghost icon" aria-label={`Show what ${field.label} may be`}><Icon name="chevron" /></Button>
            </div>
            <Popover className="popover">
                <ListBox className="listbox" items={items} renderEmptyState={() => <p className="option muted">{busy ? "Looking…" : "Nothing has that name."}</p>}>
                    {(one) => <ListBoxItem id={one.id} textValue={one.label} className="option"><span>{one.label}</span>{one.hint ? <span className="muted tiny">{one.hint}</span> : null}</ListBoxItem>}
                </ListBox>
            </Popover>
        </ComboBox>
    );
}

const MODES: { [type: string]: "decimal" | "numeric" | "email" | "tel" | "url" } = { number: "decimal", integer: "numeric", email: "email", phone: "tel", url: "url", domain: "url" };

export function FieldInput(props: Props) {
    const { field, value, onChange, zone } = props;
    const set = (text: string) => onChange({ text });
    const [long] = useState(value.text.includes("\n") || value.text.length > LONG);
    switch (field.type) {
        case "enum": return <Chosen {...props} choices={(field.values ?? []).filter((one) => !one.retired || one.name === value.text)} />;
        case "boolean": return <Chosen {...props} choices={[{ name: "true", label: "Yes" }, { name: "false", label: "No" }]} />;
        case "money": return <MoneyInput {...props} />;
        case "country": return <CountryInput {...props} />;
        case "ref": return <RefInput {...props} />;
        case "date": return <input className="input" type="date" {...common(props)} value={value.text} onChange={(event) => set(event.target.value)} />;
        case "instant": return <input className="input" type="datetime-local" {...common(props)} value={localOf(value.text, zone)} onChange={(event) => set(instantOf(event.target.value, zone))} />;
        case "json": return <textarea className="input mono" rows={3} spellCheck={false} {...common(props)} value={value.text} onChange={(event) => set(event.target.value)} />;
        default:
            return long
                ? <textarea className="input" rows={3} {...common(props)} value={value.text} onChange={(event) => set(event.target.value)} />
                : <input className="input" type="text" autoComplete="off" {...(MODES[field.type] ? { inputMode: MODES[field.type]! } : {})} {...common(props)} value={value.text} onChange={(event) => set(event.target.value)} />;
    }
}
