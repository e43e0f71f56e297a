import { beforeAll, describe, expect, test } from "vitest";
import type { Answer, AnswerRow } from "../../gen/api";
import { useLocale } from "../format";
import { leftOut, pictureOf } from "./shape";

beforeAll(() => useLocale("en-GB"));

const bucket = (label: string) => ({ label, from: `${label}-01`, to: `${label}-28` });
const row = (value: number | null, segment?: string | null, label?: string): AnswerRow => ({
    value, records: 1, group: segment === undefined ? {} : { segment: segment === null ? null : { value: segment, label: segment } },
    ...(label ? { bucket: bucket(label) } : {}),
});
const answer = (kind: string, rows: AnswerRow[], grouped: boolean): Answer =>
    ({ kind, shape: "number", label: "Deals", columns: grouped ? [{ name: "segment", label: "Segment" }] : [], rows }) as unknown as Answer;

describe("a picture", () => {
    test("one figure has none", () => expect(pictureOf(answer("simple", [row(1)], false))).toBeUndefined());
    test("groups are bars, those without a value named", () =>
        expect(pictureOf(answer("derived", [row(1, "smb"), row(2, null)], true))).toMatchObject({ kind: "bars", categories: ["smb", "None"] }));
    test("buckets are a line", () =>
        expect(pictureOf(answer("derived", [row(1, undefined, "2026-01"), row(2, undefined, "2026-02")], false))).toMatchObject({ kind: "line", categories: ["Jan 2026", "Feb 2026"] }));
    test("only amounts that add up are stacked", () => {
        const rows = [row(1, "a", "2026-01"), row(2, "b", "2026-01"), row(3, "a", "2026-02")];
        expect(pictureOf(answer("simple", rows, true))?.kind).toBe("stack");
        expect(pictureOf(answer("derived", rows, true))?.kind).toBe("line");
    });
    test("no value is a gap, never 0", () => {
        const picture = pictureOf(answer("simple", [row(null, undefined, "2026-01"), row(2, undefined, "2026-02")], false));
        expect(picture?.series[0]?.points.map((point) => point?.value)).toEqual([null, 2]);
    });
    test("groups beyond the seventh are left to the table, and counted", () => {
        const rows = Array.from({ length: 9 }, (_, i) => row(i, `g${i}`, "2026-01"));
        expect(pictureOf(answer("simple", rows, true))?.series).toHaveLength(7);
        expect(leftOut(answer("simple", rows, true))).toBe(2);
    });
});
