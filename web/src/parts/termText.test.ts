import { describe, expect, test } from "vitest";
import { healthTerms, termsText } from "./termText";

describe("terms", () => {
    test("of a score read like a sum", () => expect(termsText('[{"because":"Size","points":40},{"because":"Personal mailbox","points":-5}]')).toBe("Size +40, Personal mailbox -5"));
    test("of health name what was left out", () => expect(termsText('[{"input":"adoption","points":50,"value":1,"weight":50},{"absent":"account.nps","input":"sentiment","weight":30}]')).toBe("Adoption 50, Sentiment left out"));
    test("other JSON is none", () => {
        for (const text of ["[]", "{}", "[1]", "[", "", '[{"points":1}]']) expect(termsText(text)).toBeUndefined();
        expect(healthTerms('{"input":1}')).toBeUndefined();
    });
});
