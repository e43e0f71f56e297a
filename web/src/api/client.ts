import type { Problem } from "../gen/api";

/** A refusal or failure, as the server words it. */
export class ProblemError extends Error {
    readonly problem: Problem;
    constructor(problem: Problem) {
        super(problem.detail ?? problem.title);
        this.name = "ProblemError";
        this.problem = problem;
    }
}

export type Params = { [name: string]: string | number | boolean | readonly string[] | undefined };

/** `path` below /api/v1 with its parameters; empty ones are left out, lists repeat their name. */
export function apiUrl(path: string, params: Params = {}): string {
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(params)) {
        if (value === undefined || value === "") continue;
        if (typeof value === "object") for (const one of value) search.append(name, one);
        else search.append(name, String(value));
    }
    const query = search.toString();
    return `/api/v1${path}${query ? `?${query}` : ""}`;
}

function failure(status: number, title: string, detail: string): ProblemError {
    return new ProblemError({ type: "about:blank", title, status, code: "unreachable", detail });
}

async function answer<T>(url: string, init?: RequestInit): Promise<T> {
    let response: Response;
    try {
        response = await fetch(url, { ...init, headers: { Accept: "application/json", ...init?.headers } });
    } catch (error) {
        if (error instanceof DOMException && error.name === "AbortError") throw error;
        throw failure(0, "The server does not answer", "Is `revos serve` still running? The page asks again when you retry.");
    }
    const type = response.headers.get("Content-Type") ?? "";
    if (!type.includes("json")) throw failure(response.status, "Unexpected answer", `${url} answered ${response.status} ${type || "without a type"}.`);
    const body: unknown = await response.json();
    if (!response.ok) throw new ProblemError(body as Problem);
    return body as T;
}

export function get<T>(path: string, params?: Params, signal?: AbortSignal): Promise<T> {
    return answer<T>(apiUrl(path, params), signal ? { signal } : undefined);
}

export function post<T>(path: string, body?: unknown): Promise<T> {
    return answer<T>(apiUrl(path), { method: "POST", body: body === undefined ? "" : JSON.stringify(body), headers: { "Content-Type": "application/json" } });
}

export function postFile<T>(path: string, params: Params, file: Blob): Promise<T> {
    return answer<T>(apiUrl(path, params), { method: "POST", body: file, headers: { "Content-Type": "application/octet-stream" } });
}
