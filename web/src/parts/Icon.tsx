/* Line icons on a 16-unit grid, drawn in the text's colour; decorative, the text beside them speaks. */
const PATHS = {
    dashboard: "M2.5 2.5h4.5v6H2.5zM9 2.5h4.5v3.5H9zM9 8h4.5v5.5H9zM2.5 10.5H7v3H2.5z",
    metric: "M2.5 13.5h11M4 11l3-4 2.5 2.5L13 4.5",
    records: "M2.5 3.5h11v9h-11zM2.5 6.5h11M6.5 6.5v6",
    imports: "M8 2.5v7M5 7l3 3 3-3M2.5 11v2.5h11V11",
    model: "M8 2l5.5 3v6L8 14l-5.5-3V5zM2.5 5L8 8l5.5-3M8 8v6",
    audit: "M8 2l5 2v4c0 3-2 5-5 6-3-1-5-3-5-6V4zM6 8l1.5 1.5L10.5 6.5",
    search: "M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.5 10.5l3 3",
    sun: "M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM8 1.5V3M8 13v1.5M1.5 8H3M13 8h1.5M3.5 3.5l1 1M11.5 11.5l1 1M3.5 12.5l1-1M11.5 4.5l1-1",
    moon: "M13 9.5A5.5 5.5 0 0 1 6.5 3a5.5 5.5 0 1 0 6.5 6.5z",
    system: "M2.5 3.5h11v7h-11zM6 13.5h4M8 10.5v3",
    close: "M4 4l8 8M12 4l-8 8",
    chevron: "M4.5 6.5L8 10l3.5-3.5",
    right: "M6.5 4.5L10 8l-3.5 3.5",
    up: "M8 12.5v-9M4.5 7L8 3.5 11.5 7",
    down: "M8 3.5v9M4.5 9L8 12.5 11.5 9",
    check: "M3.5 8.5l3 3 6-7",
    cross: "M4.5 4.5l7 7M11.5 4.5l-7 7",
    alert: "M8 2.5l6 11H2zM8 6.5v3.5M8 12v.1",
    clock: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 4.5V8l2.5 1.5",
    menu: "M2.5 4.5h11M2.5 8h11M2.5 11.5h11",
    lock: "M4 7h8v6.5H4zM5.5 7V5a2.5 2.5 0 0 1 5 0v2",
    chart: "M3 13V8M8 13V3M13 13V6",
    table: "M2.5 3.5h11v9h-11zM2.5 6.5h11M2.5 9.5h11M7 3.5v9",
    download: "M8 2.5v7M5 7l3 3 3-3M3 13.5h10",
    link: "M6.5 9.5l3-3M7 4.5l1-1a2.8 2.8 0 0 1 4 4l-1 1M9 11.5l-1 1a2.8 2.8 0 0 1-4-4l1-1",
    person: "M8 8a2.7 2.7 0 1 0 0-5.4A2.7 2.7 0 0 0 8 8zM3 13.5c.5-2.5 2.5-4 5-4s4.5 1.5 5 4",
    target: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 10.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
    inbox: "M2.5 9.5l2-6h7l2 6v4h-11zM2.5 9.5H6l1 1.5h2l1-1.5h3.5",
    bell: "M4 11V7a4 4 0 0 1 8 0v4l1 1.5H3zM6.8 14h2.4",
    stop: "M4.5 4.5h7v7h-7z",
    undo: "M6 3.5L3 6.5l3 3M3 6.5h6.5a3.5 3.5 0 0 1 0 7H7",
    pencil: "M3 13l.6-2.8 7-7a1.4 1.4 0 0 1 2 0l.2.2a1.4 1.4 0 0 1 0 2l-7 7L3 13zM9.6 4.2l2.2 2.2",
    plus: "M8 3v10M3 8h10",
    keyboard: "M1.5 4.5h13v7h-13zM4 7h.1M6.5 7h.1M9 7h.1M11.5 7h.1M5 9.5h6",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
    return (
        <svg viewBox="0 0 16 16" width="16" height="16" fill="none" stroke="currentColor" strokeWidth="1.4" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
            <path d={PATHS[name]} />
        </svg>
    );
}
