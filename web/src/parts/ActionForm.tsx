/* What whoever acts has to say: the fields that an action asks for, with the words the definition knows. */
import { useId, useLayoutEffect, useRef, useState, type FormEvent } from "react";
import type { WorkAsk } from "../gen/api";
import { focusIsLost } from "../state/focus";

/** An ask of the server, perhaps with a label, a kind of input and an example of the page's own. */
export type Ask = WorkAsk & { label?: string; input?: "line" | "date"; hint?: string };
export type Answers = { [field: string]: string };

const LABELS: Record<string, string> = { reason: "Reason", note: "Note", outcome: "Outcome", route: "Route" };
const FEW = 6;

function Words({ ask, value, onChange, name, label, text }: { ask: WorkAsk; value: string; onChange: (word: string) => void; name: string; label: string; text: (word: string) => string }) {
    const words = ask.words ?? [];
    if (words.length > FEW) {
        return (
            <label className="field"><span className="label">{label}</span>
                <select className="input" value={value} required={ask.required} onChange={(event) => onChange(event.target.value)}>
                    <option value="">Choose…</option>
                    {words.map((word) => <option key={word} value={word}>{text(word)}</option>)}
                </select>
            </label>
        );
    }
    return (
        <fieldset className="field choices">
            <legend className="label">{label}{ask.required ? "" : " (optional)"}</legend>
            {words.map((word) => (
                <label key={word} className="choice"><input type="radio" name={name} value={word} checked={value === word} required={ask.required} onChange={() => onChange(word)} />{text(word)}</label>
            ))}
        </fieldset>
    );
}

export function ActionForm({ title, does, asks, pending, onSubmit, onCancel, text }: {
    title: string;
    does: string;
    asks: Ask[];
    pending: boolean;
    onSubmit: (answers: Answers) => void;
    onCancel: () => void;
    /** A word of the model as people read it. */
    text: (word: string) => string;
}) {
    const [answers, setAnswers] = useState<Answers>({});
    const form = useRef<HTMLFormElement>(null), id = useId();
    useLayoutEffect(() => form.current?.querySelector<HTMLElement>("input, select, textarea")?.focus(), []);
    // Its button is off while it sends, and loses the focus: refused, it has it again.
    useLayoutEffect(() => { if (!pending && focusIsLost()) form.current?.querySelector<HTMLElement>("[type=submit]")?.focus(); }, [pending]);
    const set = (field: string) => (value: string) => setAnswers((before) => ({ ...before, [field]: value }));
    const submit = (event: FormEvent) => {
        event.preventDefault();
        onSubmit(Object.fromEntries(Object.entries(answers).filter(([, value]) => value.trim() !== "")));
    };
    return (
        <form
            ref={form} className="action-form" aria-label={title} onSubmit={submit}
            onKeyDown={(event) => {
                if (event.key === "Escape") { event.stopPropagation(); onCancel(); }
                if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.current?.requestSubmit();
            }}
        >
            {asks.map((ask) => {
                const label = ask.label ?? LABELS[ask.field] ?? text(ask.field), value = answers[ask.field] ?? "";
                return ask.words?.length
                    ? <Words key={ask.field} ask={ask} value={value} onChange={set(ask.field)} name={`${id}-${ask.field}`} label={label} text={text} />
                    : ask.input ? <label key={ask.field} className="field"><span className="label">{label}{ask.required ? "" : " (optional)"}</span><input className="input" type={ask.input === "date" ? "date" : "text"} placeholder={ask.hint} required={ask.required} value={value} onChange={(event) => set(ask.field)(event.target.value)} /></label>
                    : <label key={ask.field} className="field"><span className="label">{label}{ask.required ? "" : " (optional)"}</span><textarea className="input" rows={2} required={ask.required} maxLength={2000} value={value} onChange={(event) => set(ask.field)(event.target.value)} /></label>;
            })}
            <div className="row">
                <button type="submit" className="button primary" disabled={pending}>{pending ? "Sending…" : does}</button>
                <button type="button" className="button ghost" onClick={onCancel}>Cancel</button>
            </div>
        </form>
    );
}
