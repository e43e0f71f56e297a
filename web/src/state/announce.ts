/* What just happened, for people who do not see it: one live region of the whole interface, which Shell shows. */
import { useSyncExternalStore } from "react";

const listeners = new Set<() => void>();
let said = { text: "", nth: 0 };

export function announce(text: string): void {
    said = { text, nth: said.nth + 1 };
    listeners.forEach((tell) => tell());
}

export const useAnnounced = (): { text: string; nth: number } =>
    useSyncExternalStore((tell) => (listeners.add(tell), () => listeners.delete(tell)), () => said);
