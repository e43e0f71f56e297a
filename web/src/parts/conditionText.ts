/* A condition of the model in words, where it is simple enough to say in a line; the condition itself stands beside it. */

const COMPARED: { [operator: string]: string } = { "==": "is", "!=": "is not", ">=": "is at least", "<=": "is at most", ">": "is above", "<": "is below" };
const PATH = "[A-Za-z_][\\w.]*", HAS = new RegExp(`^(!?)has\\((${PATH})\\)$`), CHANGED = new RegExp(`^changed\\((${PATH})\\)$`);
const COMPARE = new RegExp(`^(${PATH})\\s*(==|!=|>=|<=|>|<)\\s*('[^'\\\\]*'|-?[\\d.]+|true|false)$`), IN = new RegExp(`^(${PATH}) in \\[([^\\[\\]]*)\\]$`), FLAG = new RegExp(`^(!?)(${PATH})$`);

type Say = { label: (path: string) => string; value: (path: string, literal: string) => string };

function term(text: string, { label, value }: Say): string | undefined {
    const bare = (path: string, literal: string) => value(path, literal.replace(/^'|'$/g, ""));
    let found = HAS.exec(text);
    if (found) return `${label(found[2]!)} is ${found[1] ? "empty" : "filled"}`;
    found = CHANGED.exec(text);
    if (found) return `${label(found[1]!)} changes`;
    found = COMPARE.exec(text);
    if (found) return `${label(found[1]!)} ${COMPARED[found[2]!]} ${bare(found[1]!, found[3]!)}`;
    found = IN.exec(text);
    if (found) return `${label(found[1]!)} is one of ${found[2]!.split(",").map((one) => bare(found![1]!, one.trim())).join(", ")}`;
    found = FLAG.exec(text);
    return found ? `${label(found[2]!)} is ${found[1] ? "not " : ""}so` : undefined;
}

/** "Discount is above 0.15 and Stage is Proposal"; undefined for what has no such words. */
export function conditionText(condition: string, say: Say): string | undefined {
    const and = condition.includes("&&"), or = condition.includes("||");
    if (and && or) return undefined;
    const terms = condition.split(and ? "&&" : "||").map((one) => term(one.trim(), say));
    return terms.some((one) => one === undefined) ? undefined : terms.join(and ? " and " : " or ");
}
