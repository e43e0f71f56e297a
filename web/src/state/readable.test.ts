import { expect, test } from "vitest";
import type { Answer, Model } from "../gen/api";
import { label, readableAnswer, words } from "./readable";
import { indexOf } from "./model";

test("names become words", () => {
    expect(words("won_value")).toBe("Won value");
    expect(words("account.segment")).toBe("Segment");
    expect(words("product.name")).toBe("Product");
    expect(words("name")).toBe("Name");
    expect(words("new_mrr")).toBe("New MRR");
});

test("a label that was written stays", () => {
    expect(label("Closed won", "closed_won")).toBe("Closed won");
    expect(label("closed_won", "closed_won")).toBe("Closed won");
});

const model = {
    company: { timezone: "UTC" }, people: [], rules: [], processes: [], dashboards: [], cells: [], definitions: [],
    objects: [
        { name: "account", plural: "accounts", label: "account", prefix: "acc", children: [], fields: [{ name: "segment", label: "segment", type: "enum", kind: "plain", values: [{ name: "mid_market", label: "mid_market" }] }] },
        { name: "deal", plural: "deals", label: "deal", prefix: "dea", children: [], fields: [{ name: "account", label: "account", type: "ref", kind: "plain", to: "account" }, { name: "note", label: "note", type: "text", kind: "plain" }] },
    ],
    metrics: [
        { name: "won", label: "won", object: "deal", inputs: [], definition: "count", dimensions: [] },
        { name: "rate", label: "rate", inputs: ["won"], definition: "won / won", dimensions: [] },
    ],
} as unknown as Model;

const answer = (metric: string, column: string, value: string) =>
    ({ metric, label: metric, definition: "x", columns: [{ name: column, label: column }], rows: [{ value: 1, records: 1, group: { [column]: { value, label: value } } }] }) as unknown as Answer;

test("values of a closed list get its words, through references and inputs", () => {
    const shown = readableAnswer(answer("rate", "account.segment", "mid_market"), indexOf(model).dimension);
    expect(shown.rows[0]?.group["account.segment"]).toEqual({ value: "mid_market", label: "Mid market" });
    expect(shown.columns[0]?.label).toBe("Segment");
});

test("data is never reworded", () => {
    expect(readableAnswer(answer("won", "note", "mid_market"), indexOf(model).dimension).rows[0]?.group["note"]?.label).toBe("mid_market");
});
