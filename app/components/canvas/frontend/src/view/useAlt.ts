import { type RefObject, useEffect, useRef } from "react";

/** Whether Alt is held, as the last event of the mouse or the keys said. */
export function useAlt(): RefObject<boolean> {
  const held = useRef(false);
  useEffect(() => {
    const follow = (event: MouseEvent | KeyboardEvent) => {
      held.current = event.altKey;
    };
    const kinds = ["pointermove", "pointerdown", "keydown", "keyup"] as const;
    for (const kind of kinds) window.addEventListener(kind, follow, true);
    return () => {
      for (const kind of kinds) window.removeEventListener(kind, follow, true);
    };
  }, []);
  return held;
}
