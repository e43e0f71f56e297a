/* Since when a metric has the formula it has: figures before and after are the same measure only from there on. */
import { Link } from "@tanstack/react-router";
import type { Since as SinceAnswer } from "../gen/api";
import * as format from "../parts/format";
import { useModel } from "../state/model";

export function Since({ of }: { of: SinceAnswer }) {
    const { person, zone } = useModel();
    return <>unchanged since <Link className="inline-link" to="/model/history">version {of.version}</Link>{of.or_earlier ? " or earlier" : ""}, {format.instant(of.recorded_at, zone)}, by {person(of.actor)}</>;
}
