import { beforeAll, describe, expect, test } from "vitest";
import * as format from "./format";

beforeAll(() => format.useLocale("en-GB"));

describe("numbers", () => {
    test("pass Intl as text, without a binary fraction in between", () => {
        expect(format.number("90071992547409931.25")).toBe("90,071,992,547,409,931.25");
        expect(format.money("90071992547409931.25", "EUR")).toBe("€90,071,992,547,409,931.25");
    });
    test("short money drops cents of long amounts only", () => {
        expect(format.money("1200.50", "EUR", "short")).toBe("€1,201");
        expect(format.money("12.50", "EUR", "short")).toBe("€12.50");
        expect(format.money("12.00", "EUR", "short")).toBe("€12");
    });
    test("money takes its digits from the currency", () => {
        expect(format.moneyValue({ minor: 1200, currency: "JPY", text: "1200 JPY" })).toBe("¥1,200");
        expect(format.moneyValue({ minor: 120050, currency: "EUR", text: "1200.50 EUR" })).toBe("€1,200.50");
    });
    test("shares are multiplied by their style", () => {
        expect(format.percent("0.631501")).toBe("63.15%");
        expect(format.percent("0.631501", "short")).toBe("63.2%");
    });
});

describe("figures", () => {
    test("no value is a dash, never 0", () => expect(format.figure({ value: null, records: 0 }, "money", "EUR")).toBe("–"));
    test("a currency is never guessed", () => expect(format.figure({ value: 1, text: "1200.50", records: 1 }, "money", undefined)).toBe("1,200.5"));
    test("a text figure is shown as it is", () => expect(format.figure({ value: "Business", records: 1 }, "text", undefined)).toBe("Business"));
    test("bounds carry their unit", () => {
        expect(format.bound("75", "number", "days")).toBe("75 days");
        expect(format.bound("0.25", "number", "%")).toBe("25%");
        expect(format.bound("900000", "money", "EUR")).toBe("€900,000");
        expect(format.bound("900000", "money", "EUR a day")).toBe("€900,000 a day");
        expect(format.axis(1200000, "money", "EUR a day")).toBe("€1.2m");
    });
    test("a change has its sign", () => {
        expect(format.change("0.0776")).toBe("+7.8%");
        expect(format.change("-0.5")).toBe("-50%");
        expect(format.change("0")).toBe("0%");
    });
});

describe("time", () => {
    test("a date is the day it is in every zone", () => expect(format.date("2026-03-01")).toBe("1 Mar 2026"));
    test("the end of a window is exclusive", () => expect(format.span("2025-11-01", "2026-11-01")).toMatch(/^1 Nov 2025\s–\s31 Oct 2026$/));
    test("an instant is shown in the company's zone", () => expect(format.instant("2026-03-28T23:30:00Z", "Europe/Berlin")).toBe("29 Mar 2026, 00:30"));
    test("labels of periods", () => {
        expect(format.bucket("2026-03")).toBe("Mar 2026");
        expect(format.bucket("FY2026-Q1")).toBe("FY2026 Q1");
        expect(format.bucket("2026")).toBe("2026");
    });
    test("time left counts days only where nobody closes", () => {
        expect(format.duration(7800, true)).toBe("2 hrs 10 mins");
        expect(format.duration(-90, true)).toBe("1 min");
        expect(format.duration(30 * 3600, true)).toBe("30 hrs");
        expect(format.duration(10 * 86400, false)).toBe("10 days");
    });
    test("what is no date stays readable", () => expect(format.date("soon")).toBe("soon"));
});
