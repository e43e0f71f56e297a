/* The query part of a URL, kept plain: repeated names are lists, everything is text, nothing is JSON. */

export type Search = { [name: string]: string | string[] | undefined };

export function parseSearch(text: string): Search {
    const out: Search = {};
    for (const [name, value] of new URLSearchParams(text)) {
        const before = out[name];
        out[name] = before === undefined ? value : Array.isArray(before) ? [...before, value] : [before, value];
    }
    return out;
}

export function stringifySearch(search: Record<string, unknown>): string {
    const out = new URLSearchParams();
    for (const [name, value] of Object.entries(search)) {
        if (value === undefined || value === null || value === "") continue;
        if (Array.isArray(value)) for (const one of value) out.append(name, String(one));
        else out.append(name, String(value));
    }
    const text = out.toString();
    return text ? `?${text}` : "";
}

const one = (value: unknown): string | undefined => (Array.isArray(value) ? (value[0] as string | undefined) : typeof value === "string" && value !== "" ? value : undefined);
const many = (value: unknown): string[] | undefined => {
    const list = (Array.isArray(value) ? value : value === undefined || value === "" ? [] : [value]).map(String);
    return list.length ? list : undefined;
};

/** A reader of a page's own parameters: single texts and lists; others are dropped. */
export function reader<const S extends readonly string[], const L extends readonly string[] = []>(singles: S, lists?: L) {
    type Out = { [K in S[number]]?: string } & { [K in L[number]]?: string[] };
    return (raw: Record<string, unknown>): Out => {
        const out: Record<string, string | string[]> = {};
        for (const name of singles) {
            const value = one(raw[name]);
            if (value !== undefined) out[name] = value;
        }
        for (const name of lists ?? []) {
            const value = many(raw[name]);
            if (value !== undefined) out[name] = value;
        }
        return out as Out;
    };
}
