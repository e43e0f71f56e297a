/* A refusal as the server words it (RFC 9457): title, what to do, criteria, places in a text. */
import type { Diagnostic, Finding, Problem } from "../gen/api";
import { ProblemError } from "../api/client";
import { Badge, Enforcement, PageHead, type Tone } from "./basics";

export function problemOf(error: unknown): Problem {
    if (error instanceof ProblemError) return error.problem;
    return { type: "about:blank", title: "Something in this page broke", status: 0, code: "page", detail: error instanceof Error ? error.message : String(error) };
}

const STATE: Record<Finding["state"], [Tone, string]> = {
    met: ["good", "met"], unmet: ["bad", "not met"], absent: ["bad", "empty"], fault: ["bad", "cannot be judged"], waived: ["warn", "waived"],
};

export function Findings({ of, person }: { of: Finding[]; person?: (name: string) => string }) {
    return (
        <ul className="stack">
            {of.map((one, i) => (
                <li key={i} className="finding">
                    <Badge tone={STATE[one.state][0]}>{STATE[one.state][1]}</Badge>
                    <span>
                        {one.message} <code className="muted">{one.criterion ?? one.code}</code>
                        {one.field ? <> · field <code>{one.field}</code></> : null}
                        {one.enforcement === "deny" ? null : <> <Enforcement of={one.enforcement} /></>}
                        {one.owner ? <span className="muted"> · owner {person ? person(one.owner) : one.owner}</span> : null}
                    </span>
                    {one.help ? <span className="help">{one.help}</span> : null}
                </li>
            ))}
        </ul>
    );
}

/** A place in a text of one or more lines, with the line and a caret under it, as the terminal prints it. */
export function Diagnostics({ of, source }: { of: Diagnostic[]; source?: string }) {
    const lines = source?.split("\n") ?? [];
    return (
        <ul className="stack">
            {of.map((one, i) => {
                const line = one.line ? lines[one.line - 1] : undefined;
                const length = one.end_column && one.column && one.end_line === one.line ? Math.max(1, one.end_column - one.column) : 1;
                return (
                    <li key={i}>
                        <strong>{one.message}</strong> <code className="muted">{one.code}</code>
                        {line !== undefined && one.column ? (
                            <pre className="code" tabIndex={0}>
                                {line}
                                {"\n"}
                                <span className="caret-line" aria-hidden="true">{" ".repeat(one.column - 1) + "^" + "~".repeat(length - 1)}</span>
                            </pre>
                        ) : null}
                        {one.help ? <p className="soft">{one.help}</p> : null}
                    </li>
                );
            })}
        </ul>
    );
}

export function ProblemBox({ problem, source, retry, level = 2 }: { problem: Problem; source?: string; retry?: () => void; level?: 2 | 3 }) {
    const Heading = level === 2 ? "h2" : "h3";
    const first = problem.diagnostics?.[0]?.message;
    return (
        <div className="problem" role="alert">
            <Heading>{problem.title}</Heading>
            {problem.detail && problem.detail !== first ? <p>{problem.detail}</p> : null}
            {problem.help ? <p className="soft">{problem.help}</p> : null}
            {problem.findings?.length ? <Findings of={problem.findings} /> : null}
            {problem.diagnostics?.length ? <Diagnostics of={problem.diagnostics} {...(source ? { source } : {})} /> : null}
            <p className="tiny muted">
                <code>{problem.code}</code>
                {problem.status ? <> · status {problem.status}</> : null}
                {problem.parameter ? <> · parameter <code>{problem.parameter}</code></> : null}
            </p>
            {retry ? <div><button type="button" className="button" onClick={retry}>Try again</button></div> : null}
        </div>
    );
}

/** A page about something that is not there. */
export function Missing({ title, problem }: { title: string; problem: Problem }) {
    return (
        <>
            <PageHead title={title} />
            <ProblemBox problem={problem} />
        </>
    );
}
