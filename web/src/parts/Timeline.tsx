/* The events of a record, newest first: who or what, before → after, true since and recorded at. */
import type { ReactNode } from "react";
import type { Cell, Field, HistoryEvent } from "../gen/api";
import { Badge } from "./basics";
import { cellText } from "./CellValue";
import * as format from "./format";
import { Icon, type IconName } from "./Icon";

const KINDS: Record<string, [string, IconName]> = {
    create: ["created it", "records"], patch: ["changed", "metric"], delete: ["deleted it", "cross"], restore: ["restored it", "check"],
    retract: ["took back", "cross"], key: ["added a key to it", "link"], redirect: ["merged it", "link"], erase: ["erased personal values of it", "cross"],
};
const ACTORS: Record<string, string> = { person: "", import: "Import ", rule: "Rule ", token: "Token ", agent: "Agent ", system: "Revos " };

function Value({ cell, field, zone }: { cell: Cell | null; field: Field | undefined; zone: string }) {
    const text = cellText(cell, field, zone);
    return text ? <span className="value">{text}</span> : <span className="muted">empty</span>;
}

function Changes({ event, fields, zone }: { event: HistoryEvent; fields: (name: string) => Field | undefined; zone: string }) {
    const created = event.kind === "create";
    const table = (
        <dl className="changes">
            {event.changes.map((one) => (
                <div key={one.field} className="contents">
                    <dt>{fields(one.field)?.label ?? one.field}</dt>
                    <dd>
                        {created && !one.old ? null : <><span className="before"><Value cell={one.old} field={fields(one.field)} zone={zone} /></span> <span aria-label="became">→</span> </>}
                        <Value cell={one.new} field={fields(one.field)} zone={zone} />
                    </dd>
                </div>
            ))}
        </dl>
    );
    return created && event.changes.length > 3 ? <details><summary className="small">{format.count(event.changes.length, "field", "fields")}</summary>{table}</details> : table;
}

export function Timeline({ events, fields, person, zone, permalink }: {
    events: HistoryEvent[];
    fields: (name: string) => Field | undefined;
    person: (name: string) => string;
    zone: string;
    permalink: (event: HistoryEvent) => ReactNode;
}) {
    return (
        <ol className="timeline">
            {events.map((event) => {
                const [does, icon] = KINDS[event.kind] ?? [event.kind, "records"];
                const stage = event.changes.find((one) => fields(one.field)?.kind === "stage" && event.kind === "patch");
                const late = Math.abs(Date.parse(event.recorded_at) - Date.parse(event.effective_at)) > 3600_000;
                return (
                    <li key={event.seq} id={`event-${event.seq}`} data-kind={event.kind} data-retracted={event.retracted_by !== undefined}>
                        <span className="timeline-mark" aria-hidden="true"><Icon name={stage ? "right" : icon} /></span>
                        <div>
                            <p className="row timeline-head">
                                <strong>{ACTORS[event.actor.kind] ?? ""}{event.actor.kind === "person" ? person(event.actor.name) : event.actor.name}</strong>
                                <span className="soft">{stage ? "moved it" : does}</span>
                                {event.retracted_by === undefined ? null : <Badge tone="warn">taken back by event {event.retracted_by}</Badge>}
                                <time className="tiny muted push" dateTime={event.effective_at}>{format.instant(event.effective_at, zone)}</time>
                            </p>
                            <Changes event={event} fields={fields} zone={zone} />
                            {event.reason ? <p className="small soft">“{event.reason}”</p> : null}
                            <p className="tiny muted row">
                                {permalink(event)}
                                {late ? <span><Icon name="clock" /> recorded {format.instant(event.recorded_at, zone)}, true since {format.instant(event.effective_at, zone)}</span> : null}
                                {event.batch ? <span>import {event.batch}</span> : null}
                            </p>
                        </div>
                    </li>
                );
            })}
        </ol>
    );
}
