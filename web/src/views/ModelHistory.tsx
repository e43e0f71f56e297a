import { useQuery } from "@tanstack/react-query";
import { modelHistoryQuery } from "../api/queries";
import { Badge, Card, Loading } from "../parts/basics";
import { instant, number } from "../parts/format";
import { ProblemBox, problemOf } from "../parts/Problem";
import { useModel } from "../state/model";
import { ModelHead } from "./ModelTabs";

export function ModelHistoryPage() {
    const { person, zone, model } = useModel();
    const { data, error, refetch } = useQuery(modelHistoryQuery);
    return (
        <>
            <title>Versions · Model · Revos</title>
            <ModelHead />
            {error ? <ProblemBox problem={problemOf(error)} retry={() => void refetch()} /> : null}
            {data ? (
                <Card>
                    <ol className="timeline">
                        {data.versions.map((one) => (
                            <li key={one.version}>
                                <span className="timeline-mark version" aria-hidden="true">{one.version}</span>
                                <div>
                                    <p className="row timeline-head"><strong>Version {one.version}</strong>{one.version === model.version ? <Badge tone="good">live</Badge> : null}<span className="soft">by {person(one.actor)}</span><time className="tiny muted push" dateTime={one.recorded_at}>{instant(one.recorded_at, zone)}</time></p>
                                    {one.changes?.length ? <ul className="bullets">{one.changes.map((text) => <li key={text}>{text}</li>)}</ul> : null}
                                    <p className="tiny muted">event {number(one.seq)} · <code className="digest" title={one.digest}>{one.digest}</code></p>
                                </div>
                            </li>
                        ))}
                    </ol>
                </Card>
            ) : error ? null : <Loading />}
        </>
    );
}
