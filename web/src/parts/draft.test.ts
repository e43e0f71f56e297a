import { expect, test } from "vitest";
import type { Field } from "../gen/api";
import { changed, commandFields, countries, draftOf, instantOf, localOf, moneyParts, moneyText } from "./draft";

const field = (type: Field["type"]): Field => ({ name: "f", label: "F", type, kind: "plain" });

test("a cell is what was typed", () => {
    expect(draftOf(undefined, field("text"))).toEqual({ text: "" });
    expect(draftOf({ value: { minor: 120050, currency: "EUR", text: "1200.50 EUR" }, text: "1200.50 EUR" }, field("money"))).toEqual({ text: "1200.50 EUR" });
    expect(draftOf({ value: "acc_1", text: "Alder" }, field("ref"))).toEqual({ text: "acc_1", label: "Alder" });
    expect(draftOf({ value: 9007199254740993, text: "9007199254740993" }, field("integer"))).toEqual({ text: "9007199254740993" });
    expect(draftOf({ value: false, text: "false" }, field("boolean"))).toEqual({ text: "false" });
    expect(draftOf({ value: "", text: "(erased)", erased: true }, field("email"))).toEqual({ text: "" });
});

test("only what differs is sent, and emptied is null", () => {
    const typed = changed({ a: { text: "1" }, b: { text: "" }, c: { text: " same " } }, (name) => ({ text: name === "c" ? "same" : "0" }));
    expect(commandFields(typed)).toEqual({ a: "1", b: null });
});

test("money is an amount and a currency", () => {
    expect(moneyParts("1200.50 EUR", "USD")).toEqual({ amount: "1200.50", currency: "EUR" });
    expect(moneyParts("", "USD")).toEqual({ amount: "", currency: "USD" });
    expect(moneyParts("12x", "USD")).toEqual({ amount: "12x", currency: "USD" });
    expect(moneyText(" 12 ", "EUR")).toBe("12 EUR");
    expect(moneyText("", "EUR")).toBe("");
});

test("an instant is shown in the zone and sent without it", () => {
    expect(localOf("2026-07-01T09:30:00Z", "Europe/Berlin")).toBe("2026-07-01T11:30");
    expect(instantOf("2026-07-01T11:30", "Europe/Berlin")).toMatch(/^2026-07-01T09:30:00(\.000)?Z$/);
    expect(localOf("", "Europe/Berlin")).toBe("");
});

test("countries have codes and names", () => {
    const found = new Map(countries());
    expect(found.has("DE") && found.has("CH") && !found.has("ZZ")).toBe(true);
});
