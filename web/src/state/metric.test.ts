import { expect, test } from "vitest";
import type { Answer, AnswerRow } from "../gen/api";
import { closedSearch, openSearch, questionOf } from "./metric";

const answer = { columns: [{ name: "account.segment", label: "Segment" }] } as Answer;
const row = (value: string | null): AnswerRow => ({
    value: 1, records: 1, bucket: { label: "2026-03", from: "2026-03-01", to: "2026-04-01" }, group: { "account.segment": value === null ? null : { value, label: value } },
});

test("a figure's URL repeats what the answer gave", () => {
    expect(openSearch({ grain: "month" }, row("smb"), answer)).toEqual({ grain: "month", open: "figure", group: ["account.segment=smb"], bucket: "2026-03" });
});

test("the group of records without a value has an empty value", () => expect(openSearch({}, row(null), answer).group).toEqual(["account.segment="]));

test("closing gives back the question", () => {
    const question = { by: ["account.segment"], window: "all" };
    expect(questionOf(closedSearch(openSearch(question, row("smb"), answer)))).toEqual(question);
});
