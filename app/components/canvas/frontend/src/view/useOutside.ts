import { type RefObject, useEffect } from "react";

/** Calls `onClose` when the pointer goes down outside of a box. */
export function useOutside(box: RefObject<HTMLElement | null>, onClose: () => void): void {
  useEffect(() => {
    const outside = (event: PointerEvent) => {
      if (box.current && !event.composedPath().includes(box.current)) onClose();
    };
    window.addEventListener("pointerdown", outside, true);
    return () => window.removeEventListener("pointerdown", outside, true);
  }, [box, onClose]);
}
