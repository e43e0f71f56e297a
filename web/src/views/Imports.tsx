import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { importsQuery } from "../api/queries";
import type { ImportReport } from "../gen/api";
import { Badge, Card, Empty, Loading, PageHead, type Tone } from "../parts/basics";
import { instant, number } from "../parts/format";
import { ProblemBox, problemOf } from "../parts/Problem";
import { useModel } from "../state/model";

const STATES: Record<ImportReport["state"], Tone> = { running: "accent", done: "good", stopped: "warn", undone: "plain" };

export function ImportsPage() {
    const { person, object, zone } = useModel();
    const { data, error, refetch } = useQuery(importsQuery);
    return (
        <>
            <title>Imports · Revos</title>
            <PageHead title="Imports" lead="Each row of each file ends in exactly one column, so nothing is lost on the way." aside={<><Link className="button" to="/quarantine">Quarantine</Link><Link className="button primary" to="/imports/new" search={{}}>New import</Link></>} />
            {error ? <ProblemBox problem={problemOf(error)} retry={() => void refetch()} /> : null}
            {data && data.imports.length === 0 ? <Empty title="No file has been imported yet" command="revos import account accounts.csv --dry-run"><p>A dry run reads the whole file and changes nothing.</p></Empty> : null}
            {data?.imports.length ? (
                <Card flush>
                    <div className="scroll-x" tabIndex={0} role="group" aria-label="Imports">
                        <table className="table roomy">
                            <caption className="visually-hidden">Imports, newest first</caption>
                            <thead>
                                <tr><th scope="col">File</th><th scope="col">Into</th><th scope="col">State</th>{["Rows", "Created", "Updated", "Unchanged", "Merged", "Quarantined"].map((one) => <th key={one} scope="col" className="num">{one}</th>)}<th scope="col">When</th></tr>
                            </thead>
                            <tbody>
                                {data.imports.map((one) => (
                                    <tr key={one.id}>
                                        <th scope="row"><Link className="strong" to="/imports/$id" params={{ id: one.id ?? "" }}>{one.name}</Link><div className="tiny muted">{person(one.actor)}</div></th>
                                        <td>{object(one.object)?.label ?? one.object}</td>
                                        <td><Badge tone={STATES[one.state]}>{one.state}</Badge>{one.progress ? <progress className="thin" aria-label={`Read of ${one.name}`} value={one.progress.bytes} max={Math.max(one.progress.bytes_total, 1)} /> : null}</td>
                                        <td className="num"><strong>{number(one.rows)}</strong></td>
                                        {[one.created, one.updated, one.unchanged, one.merged].map((n, i) => <td key={i} className={n ? "num" : "num muted"}>{number(n)}</td>)}
                                        <td className="num">{one.quarantined ? <Link className="cell" to="/quarantine" search={{ batch: one.id }}>{number(one.quarantined)}</Link> : <span className="muted">0</span>}</td>
                                        <td className="soft nowrap">{instant(one.started_at, zone)}</td>
                                    </tr>
                                ))}
                            </tbody>
                        </table>
                    </div>
                </Card>
            ) : data || error ? null : <Card><Loading lines={6} /></Card>}
        </>
    );
}
