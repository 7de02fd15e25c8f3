import { useLayoutEffect, useRef } from "react";
import type { ToastMessage } from "./useAnnouncements";

const MARGIN = 12;

/** A message at the pointer, kept inside of the editor. */
export function Toast({ toast }: { toast: ToastMessage | null }) {
  const box = useRef<HTMLDivElement>(null);

  useLayoutEffect(() => {
    const element = box.current;
    const around = element?.parentElement;
    if (!element || !around || !toast) return;
    const most = { x: around.clientWidth - element.offsetWidth, y: around.clientHeight - element.offsetHeight };
    element.style.left = `${Math.max(MARGIN, Math.min(toast.x + 14, most.x - MARGIN))}px`;
    element.style.top = `${Math.max(MARGIN, Math.min(toast.y + 14, most.y - MARGIN))}px`;
  }, [toast]);

  return (
    <div className="toast" role="status" data-testid="toast" data-shown={toast !== null || undefined} ref={box}>
      {toast && <span key={toast.count}>{toast.text}</span>}
    </div>
  );
}
