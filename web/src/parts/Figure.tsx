/* A figure in words and colour: value, unit, why there is none, change against the compared window, target and benchmark. */
import type { Benchmark, Compared, Figure as FigureData, Shape, Target } from "../gen/api";
import { Badge } from "./basics";
import * as format from "./format";

type Kind = { shape: Shape; unit: string | undefined };

/** Which way is good, as far as the target says it. */
export function direction(target: Target | undefined): "up" | "down" | undefined {
    return target?.at_least !== undefined ? "up" : target?.at_most !== undefined ? "down" : undefined;
}

export function FigureText({ of, kind, precision = "full" }: { of: FigureData | Compared; kind: Kind; precision?: format.Precision }) {
    const word = of.value === null ? "" : format.unitWord(kind.shape, kind.unit);
    return (
        <>
            {format.figure(of, kind.shape, kind.unit, precision)}
            {word ? <span className="unit"> {word}</span> : null}
        </>
    );
}

export function Change({ of, target }: { of: Compared; target: Target | undefined }) {
    if (of.change === undefined) return null;
    const falls = of.change.startsWith("-"), same = Number(of.change) === 0, good = direction(target);
    const tone = same || !good ? "plain" : (good === "up") === !falls ? "good" : "bad";
    return <Badge tone={tone} icon={same ? undefined : falls ? "down" : "up"}>{format.change(of.change)}</Badge>;
}

/** Target and benchmark as the server judged them: state in words, never colour alone. */
export function Judgement({ target, benchmark, kind }: { target: Target | undefined; benchmark: Benchmark | undefined; kind: Kind }) {
    if (!target && !benchmark) return null;
    const bound = (text: string) => format.bound(text, kind.shape, kind.unit);
    const limits = [target?.at_least !== undefined ? `at least ${bound(target.at_least)}` : "", target?.at_most !== undefined ? `at most ${bound(target.at_most)}` : ""].filter(Boolean).join(", ");
    return (
        <div className="judgement">
            {target ? (
                <span className="row">
                    <Badge tone={target.state === "met" ? "good" : target.state === "missed" ? "bad" : "plain"} icon={target.state === "met" ? "check" : target.state === "missed" ? "alert" : "target"}>
                        {target.state === "met" ? "On target" : target.state === "missed" ? "Off target" : "Target"}
                    </Badge>
                    <span className="tiny muted">{limits}</span>
                </span>
            ) : null}
            {benchmark ? (
                <span className="tiny muted">
                    {benchmark.state ? sentence[benchmark.state] : "Benchmark"} {bound(benchmark.low)} to {bound(benchmark.high)}
                    {benchmark.source ? `, ${benchmark.source}` : ""}
                </span>
            ) : null}
        </div>
    );
}
const sentence = { below: "Below the benchmark of", within: "Within the benchmark of", above: "Above the benchmark of" };
