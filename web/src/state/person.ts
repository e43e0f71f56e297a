/* Who acts. Nobody signs in yet, so a person is named: in the URL of pages that are about one, and kept in this browser for all others. */
import { useEffect, useSyncExternalStore } from "react";

const KEY = "revos-person";
const listeners = new Set<() => void>();
let kept = read();

function read(): string {
    try {
        return localStorage.getItem(KEY) ?? "";
    } catch {
        return "";
    }
}

export function setPerson(name: string): void {
    if (name === kept) return;
    kept = name;
    try {
        if (name) localStorage.setItem(KEY, name);
        else localStorage.removeItem(KEY);
    } catch {
        // Storage may be forbidden; the choice then lasts as long as the page.
    }
    listeners.forEach((tell) => tell());
}

/** The short name of whoever acts; empty: nobody was named. */
export const usePerson = (): string =>
    useSyncExternalStore((tell) => (listeners.add(tell), () => listeners.delete(tell)), () => kept);

/** The person in the URL, who is kept then; without one in the URL the one kept. */
export function usePersonOf(named: string | undefined): string {
    const before = usePerson();
    useEffect(() => { if (named) setPerson(named); }, [named]);
    return named ?? before;
}
