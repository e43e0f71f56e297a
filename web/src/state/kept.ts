/* The last answer that stood, so that a refusal does not take it off the page. */
import { useRef } from "react";

/** `value`, or while there is none the last one under the same `key`. */
export function useKept<T>(value: T | undefined, key: string): T | undefined {
    const kept = useRef<{ key: string; value: T } | null>(null);
    if (value !== undefined) kept.current = { key, value };
    return value ?? (kept.current?.key === key ? kept.current.value : undefined);
}
