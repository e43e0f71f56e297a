/* Where a record stands in its process, and how it came there. */
import type { Process, Visit } from "../gen/api";
import { Icon } from "./Icon";

export function StageBar({ process, visits, current, day }: { process: Process; visits: Visit[]; current: string | undefined; day: (instant: string) => string }) {
    const mine = visits.filter((one) => one.process === process.name);
    const at = process.stages.findIndex((one) => one.name === current);
    const outcome = process.stages[at]?.outcome ?? "open";
    // Ends that were not taken (lost beside won) would only mislead.
    const shown = process.stages.filter((one) => one.name === current || one.outcome === "open" || (outcome === "open" && one.outcome === "won"));
    return (
        <ol className="stage-bar" aria-label={process.label}>
            {shown.map((stage) => {
                const entered = mine.findLast((one) => one.stage === stage.name);
                const here = stage.name === current, state = here ? stage.outcome : entered ? "past" : process.stages.indexOf(stage) < at ? "skipped" : "ahead";
                return (
                    <li key={stage.name} data-state={state} aria-current={here ? "step" : undefined}>
                        <span className="stage-name">{state === "past" || (here && outcome === "won") ? <Icon name="check" /> : here && outcome === "lost" ? <Icon name="cross" /> : null}{stage.label}</span>
                        <span className="tiny">{entered ? day(entered.entered_at) : state === "ahead" ? "not yet" : state === "skipped" ? "skipped" : ""}</span>
                    </li>
                );
            })}
        </ol>
    );
}
