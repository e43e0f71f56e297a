import { expect, test } from "vitest";
import { conditionText } from "./conditionText";

const say = { label: (path: string) => path.split(".").at(-1)!.toUpperCase(), value: (_: string, literal: string) => literal };

test("simple conditions have words", () => {
    expect(conditionText("deal.discount > 0.15", say)).toBe("DISCOUNT is above 0.15");
    expect(conditionText("has(deal.amount) && deal.stage == 'offer'", say)).toBe("AMOUNT is filled and STAGE is offer");
    expect(conditionText("!has(deal.amount) || deal.signed", say)).toBe("AMOUNT is empty or SIGNED is so");
    expect(conditionText("changed(deal.new_arr)", say)).toBe("NEW_ARR changes");
    expect(conditionText("deal.land in ['DE', 'AT']", say)).toBe("LAND is one of DE, AT");
});

test("what is not simple has none", () => {
    expect(conditionText("a.x > 1 && a.y || a.z", say)).toBeUndefined();
    expect(conditionText("a.list.exists(l, l.x > 1)", say)).toBeUndefined();
    expect(conditionText("(a.x > 1)", say)).toBeUndefined();
});
