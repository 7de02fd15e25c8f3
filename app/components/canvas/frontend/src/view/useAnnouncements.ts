import { type RefObject, useCallback, useEffect, useState } from "react";
import type { ClientPoint } from "./types";

export interface ToastMessage {
  text: string;
  /** Where in the editor, in pixels from its upper left corner. */
  x: number;
  y: number;
  count: number;
}

const SHOWN_MS = 5000;

/** Messages beside the pointer, and messages for screen readers only. */
export function useAnnouncements(frame: RefObject<HTMLElement | null>) {
  const [toast, setToast] = useState<ToastMessage | null>(null);
  // A screen reader says what is new: the count has the same words be written anew.
  const [announcement, setAnnouncement] = useState({ text: "", count: 0 });
  const announce = useCallback((text: string) => setAnnouncement((old) => ({ text, count: old.count + 1 })), []);

  const showToast = useCallback(
    (text: string, at?: ClientPoint) => {
      const box = frame.current?.getBoundingClientRect();
      const x = at && box ? at.x - box.left : (box?.width ?? 0) / 2;
      const y = at && box ? at.y - box.top : (box?.height ?? 0) - 90;
      setToast((old) => ({ text, x, y, count: (old?.count ?? 0) + 1 }));
    },
    [frame],
  );

  useEffect(() => {
    if (!toast) return undefined;
    const hide = () => setToast(null);
    const timer = setTimeout(hide, SHOWN_MS);
    window.addEventListener("pointerdown", hide, true);
    return () => {
      clearTimeout(timer);
      window.removeEventListener("pointerdown", hide, true);
    };
  }, [toast]);

  return { toast, announcement, showToast, announce };
}
