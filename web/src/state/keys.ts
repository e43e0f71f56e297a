/* Keys of the whole interface. Single keys can be switched off (WCAG 2.1.4); with a modifier they always work. */
import { useLayoutEffect, useSyncExternalStore } from "react";

const KEY = "revos-single-keys";
const listeners = new Set<() => void>();
let singleKeys = readChoice();

function readChoice(): boolean {
    try {
        return localStorage.getItem(KEY) !== "off";
    } catch {
        return true;
    }
}

export function setSingleKeys(on: boolean): void {
    singleKeys = on;
    try {
        localStorage.setItem(KEY, on ? "on" : "off");
    } catch {
        // Storage may be forbidden; the choice then lasts as long as the page.
    }
    listeners.forEach((tell) => tell());
}

export const useSingleKeys = (): boolean =>
    useSyncExternalStore((tell) => (listeners.add(tell), () => listeners.delete(tell)), () => singleKeys);

function typing(target: EventTarget | null): boolean {
    return target instanceof HTMLElement && (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName));
}

export type KeyMap = { [keys: string]: () => void };

/** Listens for "mod+k", "?", and sequences such as "g m", while mounted: from the moment the page can be seen. */
export function useKeys(map: KeyMap): void {
    useLayoutEffect(() => {
        let first = "", at = 0;
        const heard = (event: KeyboardEvent) => {
            if (event.defaultPrevented || event.altKey) return;
            const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
            if (event.ctrlKey || event.metaKey) {
                const act = map[`mod+${key}`];
                if (act) { event.preventDefault(); act(); }
                return;
            }
            if (!singleKeys || typing(event.target) || document.querySelector("[role=dialog]")) return;
            const sequence = event.timeStamp - at < 1200 ? map[`${first} ${key}`] : undefined;
            const act = sequence ?? map[key];
            first = sequence ? "" : key;
            at = event.timeStamp;
            if (act) { event.preventDefault(); act(); }
        };
        window.addEventListener("keydown", heard);
        return () => window.removeEventListener("keydown", heard);
    }, [map]);
}
