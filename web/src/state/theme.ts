/* The colour scheme: the system's, or one that was chosen and is kept in the browser. public/theme.js applies it before the first paint. */
import { useSyncExternalStore } from "react";

export type Theme = "system" | "light" | "dark";
const KEY = "revos-theme";
const listeners = new Set<() => void>();
const media = window.matchMedia("(prefers-color-scheme: dark)");
media.addEventListener("change", () => listeners.forEach((tell) => tell()));

function chosen(): Theme {
    const value = document.documentElement.dataset["theme"];
    return value === "light" || value === "dark" ? value : "system";
}

export function setTheme(theme: Theme): void {
    if (theme === "system") delete document.documentElement.dataset["theme"];
    else document.documentElement.dataset["theme"] = theme;
    try {
        if (theme === "system") localStorage.removeItem(KEY);
        else localStorage.setItem(KEY, theme);
    } catch {
        // Storage may be forbidden; the choice then lasts as long as the page.
    }
    listeners.forEach((tell) => tell());
}

function subscribe(tell: () => void): () => void {
    listeners.add(tell);
    return () => listeners.delete(tell);
}

export const useTheme = (): Theme => useSyncExternalStore(subscribe, chosen);
/** What is on screen now; charts are drawn anew when it changes. */
export const useScheme = (): "light" | "dark" =>
    useSyncExternalStore(subscribe, () => (chosen() === "system" ? (media.matches ? "dark" : "light") : (chosen() as "light" | "dark")));
