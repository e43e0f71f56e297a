/* Terms of scores and health as a record keeps them, read from their JSON. */
import * as format from "./format";

export type HealthTerm = { input: string; weight: number; value?: number; points?: number; absent?: string; fault?: string; held?: boolean };
type ScoreTerm = { because: string; points: number };

function list(text: string | undefined, keys: string[]): unknown[] | undefined {
    if (!text?.startsWith("[")) return undefined;
    try {
        const found: unknown = JSON.parse(text);
        return Array.isArray(found) && found.length && found.every((one) => typeof one === "object" && one !== null && keys.every((key) => key in one)) ? found : undefined;
    } catch {
        return undefined;
    }
}

/** Undefined when they are something else. */
export const healthTerms = (text: string | undefined): HealthTerm[] | undefined => list(text, ["input", "weight"]) as HealthTerm[] | undefined;
const scoreTerms = (text: string | undefined): ScoreTerm[] | undefined => list(text, ["because", "points"]) as ScoreTerm[] | undefined;

/** "Company size in ICP +40, Looked at pricing +19"; undefined when the text is no list of terms. */
export function termsText(text: string): string | undefined {
    const scored = scoreTerms(text);
    if (scored) return scored.map((one) => `${one.because} ${one.points > 0 ? "+" : ""}${format.number(one.points)}`).join(", ");
    return healthTerms(text)?.map((one) => `${format.sentence(one.input)} ${one.points === undefined ? "left out" : format.number(one.points)}`).join(", ");
}
