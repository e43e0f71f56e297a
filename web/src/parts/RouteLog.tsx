/* Why somebody got a record: the rules tried in order with the values they saw, and the pool as it stood before the turn. */
import { Badge, type Tone } from "./basics";
import * as format from "./format";

type Member = { person: string; turns?: number; weight?: number; pass?: number; skipped?: string };
type Pool = { pool?: string; strategy?: string; drawn?: string; members?: Member[] };
type Tried = { rule?: string; when?: string; verdict?: string; empty?: string; note?: string; values?: { [path: string]: unknown }; pool?: Pool };
export type RouteLogData = { tried?: Tried[]; otherwise?: Tried };

export function routeLog(text: string | undefined): RouteLogData | undefined {
    try {
        const found: unknown = JSON.parse(text ?? "");
        return typeof found === "object" && found !== null && !Array.isArray(found) ? (found as RouteLogData) : undefined;
    } catch {
        return undefined;
    }
}

const VERDICTS: { [verdict: string]: [Tone, string] } = { met: ["good", "holds"], not_met: ["plain", "does not hold"], absent: ["plain", "empty"], fault: ["bad", "cannot be judged"] };
const shown = (value: unknown): string => (value === null ? "empty" : typeof value === "string" ? value : JSON.stringify(value));

function Turn({ pool, person }: { pool: Pool; person: (name: string) => string }) {
    return (
        <div className="pool">
            <p className="tiny soft">Pool {format.words(pool.pool ?? "")}{pool.strategy ? `, ${format.words(pool.strategy)}` : ""}</p>
            <ul>
                {(pool.members ?? []).map((one) => (
                    <li key={one.person}>
                        {one.person === pool.drawn ? <Badge tone="good" icon="check">{person(one.person)}</Badge> : person(one.person)}
                        <span className="tiny muted">{format.count(one.turns ?? 0, "turn", "turns")}{one.weight && one.weight !== 1 ? `, weight ${one.weight}` : ""}{one.skipped ? `, passed over: ${one.skipped}` : ""}</span>
                    </li>
                ))}
            </ul>
        </div>
    );
}

function Rule({ of, name, person }: { of: Tried; name: string; person: (name: string) => string }) {
    const [tone, said] = VERDICTS[of.verdict ?? ""] ?? ["plain", of.verdict ?? ""];
    const values = Object.entries(of.values ?? {});
    return (
        <li>
            <p><strong>{name}</strong> {said ? <Badge tone={tone}>{said}</Badge> : null}</p>
            {of.when ? <p><code className="mono tiny">{of.when}</code></p> : null}
            {values.length ? <p className="tiny soft">{values.map(([path, value]) => `${path} = ${shown(value)}`).join(", ")}</p> : null}
            {of.empty ? <p className="tiny soft"><code>{of.empty}</code> is empty</p> : null}
            {of.note ? <p className="tiny soft">{of.note}</p> : null}
            {of.pool ? <Turn pool={of.pool} person={person} /> : null}
        </li>
    );
}

export function RouteLog({ log, person }: { log: RouteLogData; person: (name: string) => string }) {
    return (
        <ol className="route-log">
            {(log.tried ?? []).map((one, i) => <Rule key={i} of={one} name={one.rule ?? `rule ${i + 1}`} person={person} />)}
            {log.otherwise ? <Rule of={log.otherwise} name="otherwise" person={person} /> : null}
        </ol>
    );
}
