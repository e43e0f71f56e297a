/* What kind of picture an answer is, and its series: pure, so that it can be tested without drawing. */
import type { Answer, AnswerRow } from "../../gen/api";
import { bucket } from "../format";

export type Point = { row: AnswerRow; value: number | null };
export type Series = { name: string; points: (Point | undefined)[] };
export type Picture = { kind: "line" | "stack" | "bars"; categories: string[]; series: Series[] };

const MOST_SERIES = 7;
const groupName = (row: AnswerRow, answer: Answer) => answer.columns.map((one) => row.group[one.name]?.label ?? "None").join(" · ");
const point = (row: AnswerRow): Point => ({ row, value: typeof row.value === "number" ? row.value : null });

/** Amounts of groups may be stacked; shares, averages and balances of one group may not be added up. */
const adds = (answer: Answer) => (answer.kind === "simple" || answer.kind === "snapshot") && answer.unit !== "%" && answer.unit !== "days";

/** Undefined when there is nothing to draw: one figure, or texts. */
export function pictureOf(answer: Answer): Picture | undefined {
    if (answer.shape === "text" || answer.rows.length < 2) return undefined;
    const labels = [...new Set(answer.rows.flatMap((row) => (row.bucket ? [row.bucket.label] : [])))];
    if (!labels.length) return { kind: "bars", categories: answer.rows.map((row) => groupName(row, answer)), series: [{ name: answer.label, points: answer.rows.map(point) }] };
    const names = [...new Set(answer.rows.map((row) => groupName(row, answer)))].slice(0, MOST_SERIES);
    const at = new Map(answer.rows.map((row) => [`${row.bucket?.label}\n${groupName(row, answer)}`, row]));
    const series = names.map((name) => ({
        name: answer.columns.length ? name : answer.label,
        points: labels.map((label) => { const row = at.get(`${label}\n${name}`); return row ? point(row) : undefined; }),
    }));
    return { kind: answer.columns.length && adds(answer) ? "stack" : "line", categories: labels.map(bucket), series };
}

/** How many groups a picture leaves to its table. */
export function leftOut(answer: Answer): number {
    if (!answer.rows.some((row) => row.bucket)) return 0;
    return Math.max(0, new Set(answer.rows.map((row) => groupName(row, answer))).size - MOST_SERIES);
}
