/* How an item stands to its deadline: what is left of it in open time, as the server counted it, and when it falls. */
import type { WaitingItem } from "../gen/api";
import { Badge, type Tone } from "./basics";
import * as format from "./format";

const TONES: Record<WaitingItem["band"], Tone> = { overdue: "bad", today: "warn", later: "plain", never: "plain" };

export function Deadline({ band, due, zone }: { band: WaitingItem["band"]; due: WaitingItem["due"]; zone: string }) {
    if (!due) return null;
    const left = due.left === undefined ? undefined : format.duration(due.left, due.calendar !== undefined);
    const said = due.state === "paused" ? `paused${left ? `, ${left} left` : ""}` : left === undefined ? (band === "overdue" ? "overdue" : band === "today" ? "today" : "") : due.left! < 0 || band === "overdue" ? `${left} over` : `${left} left`;
    return (
        <span className="deadline">
            {said ? <Badge tone={TONES[band]} icon={band === "overdue" ? "alert" : "clock"}>{said}</Badge> : null}
            <span className="tiny muted">{due.state === "paused" ? "was due" : "due"} <time dateTime={due.at}>{format.instant(due.at, zone)}</time>{due.calendar ? <> · in {format.words(due.calendar)}</> : null}</span>
        </span>
    );
}
