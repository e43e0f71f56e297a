/* What an approval decides on: why it is asked for, the values, who decided before, what waits meanwhile and when it lapses. */
import type { Decision as Told, Field } from "../gen/api";
import { Badge, type Tone } from "./basics";
import { cellText } from "./CellValue";
import { conditionText } from "./conditionText";
import * as format from "./format";

const STATES: { [state: string]: [Tone, string] } = { agreed: ["good", "agreed"], approved: ["good", "approved"], refused: ["bad", "refused"], void: ["plain", "lapsed"] };

export function Decision({ of, field, object, person, zone }: { of: Told; field: (name: string) => Field | undefined; object: string; person: (name: string) => string; zone: string }) {
    const name = (path: string) => (path.startsWith(`${object}.`) ? path.slice(object.length + 1) : path);
    const label = (path: string) => field(name(path))?.label ?? format.sentence(name(path).replaceAll(".", " "));
    const value = (path: string, literal: string) => field(name(path))?.values?.find((one) => one.name === literal)?.label ?? literal;
    const said = (condition: string) => conditionText(condition, { label, value });
    const why = said(of.condition), lapses = of.lapses ? said(of.lapses) : undefined;
    return (
        <div className="decision">
            <dl className="packet" aria-label="What it is about">
                {of.values.map((one) => <div key={one.name}><dt>{field(one.name)?.label ?? one.label}</dt><dd>{one.cell ? cellText(one.cell, field(one.name), zone) : <span className="muted">empty</span>}</dd></div>)}
            </dl>
            <ul className="small soft">
                <li>Asked for because {why ? <>{why.charAt(0).toLowerCase() + why.slice(1)} <code className="tiny muted">{of.condition}</code></> : <code className="mono">{of.condition}</code>}.{of.steps > 1 ? ` Step ${of.step} of ${of.steps}.` : ""}</li>
                {of.locks.length ? <li>Until then {of.locks.map((one) => field(one)?.label ?? one).join(", ")} {of.locks.length === 1 ? "stays as it is" : "stay as they are"}{of.gates ? <>, and {of.gates} waits</> : null}.</li> : of.gates ? <li>Until then {of.gates} waits.</li> : null}
                {of.lapses ? <li>It lapses when {lapses ? lapses.charAt(0).toLowerCase() + lapses.slice(1) : <code className="mono">{of.lapses}</code>}, and when it is not needed any more.</li> : <li>It lapses when it is not needed any more.</li>}
                {of.before.map((one, i) => (
                    <li key={i}>Before: <Badge tone={STATES[one.state]?.[0] ?? "plain"}>{STATES[one.state]?.[1] ?? one.state}</Badge>{one.by ? <> by {person(one.by)}</> : null}{one.at ? <>, {format.instant(one.at, zone)}</> : null}{one.note ? <> – “{one.note}”</> : null}</li>
                ))}
            </ul>
        </div>
    );
}
