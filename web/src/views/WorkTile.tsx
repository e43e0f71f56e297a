/* A list or a queue on a dashboard: work that waits, slice by slice, each record with why it is here. */
import { Link } from "@tanstack/react-router";
import type { Finding, TileAnswer, Work, WorkRow, WorkSlice } from "../gen/api";
import { Badge } from "../parts/basics";
import { CellView } from "../parts/CellValue";
import * as format from "../parts/format";
import { Icon } from "../parts/Icon";
import { useModel } from "../state/model";
import { words } from "../state/readable";
import { refLink } from "./links";

/** What it means that nothing waits. */
const NOTHING: { [target: string]: string } = {
    gate_blocked: "Every open record may enter its next stage.",
    stale: "No open record has been in its stage for longer than the stage allows.",
    overdue: "Nothing is past its due time.",
    at_risk: "No record is in the worst band of its health.",
    renewals: "Nothing renews in the next 90 days.",
    waivers: "No waiver is asked for or in force.",
    quarantine: "No row waits to be repaired.",
    duplicates: "No two records are equal by an exact match rule.",
    unowned: "Every open record has an owner.",
};

/** A handoff is called by its definition's name, a task by what people wrote. */
const label = (title: string): string => (/^[a-z0-9_]+$/.test(title) ? words(title) : title);

function Unmet({ findings }: { findings: Finding[] }) {
    return (
        <ul className="unmet">
            {findings.map((one) => <li key={one.criterion ?? one.message}><Icon name="lock" /> <span>{one.message} <code className="tiny muted">{one.criterion}</code></span></li>)}
        </ul>
    );
}

function Row({ row, slice }: { row: WorkRow; slice: WorkSlice }) {
    const { object, zone } = useModel();
    const fields = object(slice.object)?.fields ?? [];
    const cells = slice.columns.filter((name) => row.record.fields[name]);
    return (
        <li>
            <div className="work-head">
                <Link className="strong work-title" to="/records/$object/$id" params={{ object: slice.object, id: row.record.id }}>{row.about ? label(row.record.title) : row.record.title}</Link>
                {row.about ? <Link className="work-title" to="/records/$object/$id" params={{ object: row.about.object, id: row.about.id }}>{row.about.title}</Link> : null}
            </div>
            {cells.length ? (
                <dl className="work-facts">
                    {cells.map((name) => {
                        const field = fields.find((one) => one.name === name);
                        return <div key={name}><dt>{field?.label ?? name}</dt><dd><CellView cell={row.record.fields[name]} field={field} zone={zone} link={refLink} /></dd></div>;
                    })}
                </dl>
            ) : null}
            {row.findings ? <Unmet findings={row.findings} /> : null}
        </li>
    );
}

function Slice({ slice, person }: { slice: WorkSlice; person: string | undefined }) {
    const hidden = slice.total - slice.records.length, all = slice.where;
    return (
        <div className="slice">
            <h3>{slice.label} <Badge>{format.number(slice.total)}{slice.more ? "+" : ""}</Badge></h3>
            {slice.records.length ? <ul className="work">{slice.records.map((row) => <Row key={row.record.id} row={row} slice={slice} />)}</ul> : null}
            {slice.unknown ? <p className="small soft">{format.count(slice.unknown, "record has", "records have")} no health yet.</p> : null}
            {hidden > 0 ? (
                <p className="small">{all ? <Link className="more" to="/records/$object" params={{ object: slice.object }} search={{ where: all, sort: slice.sort }}>All {format.number(slice.total)}</Link> : <span className="soft">and {format.number(hidden)} more{person ? "" : "; choose a person to see theirs"}</span>}</p>
            ) : null}
        </div>
    );
}

function Held({ work }: { work: Work }) {
    return (
        <div className="slice">
            <ul className="work">
                {(work.held ?? []).map((one) => <li key={one.id}><div className="work-head"><strong>row {format.number(one.row)} of {one.source || one.object}</strong></div><p className="small soft">{one.findings[0]?.message ?? "refused"}</p></li>)}
            </ul>
            <p className="small"><Link className="more" to="/quarantine">All {format.number(work.total)}</Link></p>
        </div>
    );
}

export function WorkTile({ tile, work, person }: { tile: TileAnswer["tile"]; work: Work; person: string | undefined }) {
    const slices = work.slices.filter((one) => one.total > 0 || one.unknown);
    return (
        <section className="card tile work-tile" aria-label={tile.label}>
            <header className="card-head"><h2 className="tile-title">{tile.label}</h2><span className="work-count">{format.number(work.total)}</span></header>
            {work.total === 0 ? <p className="work-none"><Icon name="check" /> <span>{NOTHING[tile.target] ?? "Nothing waits here."}</span></p> : null}
            {slices.map((one) => <Slice key={one.label} slice={one} person={person} />)}
            {work.held?.length ? <Held work={work} /> : null}
            {tile.kind === "queue" && work.total > 0 && tile.target !== "unowned" ? <p className="small"><Link className="more" to="/work" search={person ? { person } : {}}>Answer on My work</Link></p> : null}
        </section>
    );
}
