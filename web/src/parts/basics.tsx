/* Small parts: badges, people, skeletons, empty states, cards. */
import type { ReactNode } from "react";
import { Icon, type IconName } from "./Icon";

export type Tone = "plain" | "good" | "warn" | "bad" | "accent";

export function Badge({ tone = "plain", icon, children }: { tone?: Tone; icon?: IconName; children: ReactNode }) {
    return (
        <span className={`badge ${tone}`}>
            {icon ? <Icon name={icon} /> : null}
            {children}
        </span>
    );
}

/** Someone who answers for something; without a name it says that nobody does. */
export function Owner({ label }: { label: string | undefined }) {
    if (!label) return <span className="person none">No owner</span>;
    const initials = label.split(/\s+/).map((part) => part[0]).join("").slice(0, 2).toUpperCase();
    return (
        <span className="person">
            <span className="avatar" aria-hidden="true">{initials}</span>
            {label}
        </span>
    );
}

export function Skeleton({ height = 16, width = "100%" }: { height?: number; width?: string }) {
    return <span className="skeleton" style={{ height, width }} aria-hidden="true" />;
}

/** Bars in the place of text that is on its way; says so once to screen readers. */
export function Loading({ lines = 4, height = 18 }: { lines?: number; height?: number }) {
    return (
        <div className="stack" role="status">
            <span className="visually-hidden">Loading</span>
            {Array.from({ length: lines }, (_, i) => (
                <Skeleton key={i} height={height} width={i === lines - 1 ? "60%" : "100%"} />
            ))}
        </div>
    );
}

/** Nothing here yet: why, and the command that changes it. */
export function Empty({ title, children, command }: { title: string; children?: ReactNode; command?: string }) {
    return (
        <div className="empty">
            <h2>{title}</h2>
            {children ? <div>{children}</div> : null}
            {command ? <pre className="code" tabIndex={0}>{command}</pre> : null}
        </div>
    );
}

export function Card({ title, aside, flush, children, id }: { title?: ReactNode; aside?: ReactNode; flush?: boolean; children: ReactNode; id?: string }) {
    return (
        <section className={flush ? "card flush" : "card"} {...(id ? { "aria-labelledby": id } : {})}>
            {title || aside ? (
                <header className="card-head">
                    {title ? <h2 id={id} {...(id ? { tabIndex: -1 } : {})}>{title}</h2> : null}
                    {aside}
                </header>
            ) : null}
            {children}
        </section>
    );
}

export function PageHead({ title, lead, aside }: { title: ReactNode; lead?: ReactNode; aside?: ReactNode }) {
    return (
        <header className="page-head">
            <div>
                <h1>{title}</h1>
                {lead ? <div className="lead">{lead}</div> : null}
            </div>
            {aside ? <div className="row">{aside}</div> : null}
        </header>
    );
}

const ENFORCEMENT: Record<string, Tone> = { deny: "bad", warn: "warn", audit: "plain" };

export function Enforcement({ of }: { of: string }) {
    return <Badge tone={ENFORCEMENT[of] ?? "plain"}>{of}</Badge>;
}

/** A CEL condition or other text of the model, as written. */
export function Code({ children }: { children: string }) {
    return <code className="mono">{children}</code>;
}
