/* Where the focus is, and where it goes when what had it leaves the page. It moves before anything is said or read anew. */
import { useCallback, useLayoutEffect, useRef, useState } from "react";

/** Gives the focus to the place with this id, when there is one. */
export const focusOn = (id: string): void => document.getElementById(id)?.focus();

/** Whether nothing has the focus, or only a button that was switched off while it was pressed, which the browser takes it from. */
export function focusIsLost(): boolean {
    const here = document.activeElement;
    return !here || here === document.body || here.matches(":disabled");
}

/** For an area whose parts come and go with what is read: when the one with the focus went, `place` (an id) gets it. Gives what the
 *  area listens to. Call it in the component whose data the parts come from. */
export function useFocusKept(place: string): { onFocus: () => void; onBlur: () => void } {
    const inside = useRef(false);
    // What React removes says no farewell, so `inside` still holds then.
    useLayoutEffect(() => {
        if (inside.current && focusIsLost()) focusOn(place);
    });
    return { onFocus: () => { inside.current = true; }, onBlur: () => { inside.current = false; } };
}

/** Asks for the focus on the first of these ids that is there once what was just set is drawn. */
export function useFocusNext(): (...ids: string[]) => void {
    const [next, setNext] = useState<string[] | undefined>();
    useLayoutEffect(() => next?.map((id) => document.getElementById(id)).find((one) => one)?.focus(), [next]);
    return useCallback((...ids) => setNext(ids), []);
}
