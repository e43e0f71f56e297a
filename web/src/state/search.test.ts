import { expect, test } from "vitest";
import { parseSearch, reader, stringifySearch } from "./search";

test("repeated names are lists, in their order", () => {
    expect(parseSearch("?by=a&by=b&grain=month")).toEqual({ by: ["a", "b"], grain: "month" });
});

test("what is written is read back", () => {
    const search = { by: ["account.segment", "owner"], where: "opportunity.owner == 'sam' && x > 1", from: "2026-01-01" };
    expect(parseSearch(stringifySearch(search))).toEqual(search);
});

test("empty values leave the URL", () => expect(stringifySearch({ a: "", b: undefined, c: [], d: "x" })).toBe("?d=x"));

test("a page reads only its own names", () => {
    const read = reader(["grain"], ["by"]);
    expect(read({ grain: "month", by: "owner", other: "x" })).toEqual({ grain: "month", by: ["owner"] });
    expect(read({ grain: ["week", "month"] })).toEqual({ grain: "week" });
});
