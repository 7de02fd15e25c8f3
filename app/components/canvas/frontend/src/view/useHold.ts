import { useEffect, useMemo, useRef } from "react";
import type { Session } from "../session";

/**
 * Nothing is sent while a gesture of the pointer lasts. Its end is not always said: React Flow drops a drag whose card
 * is deleted, or which a second finger touches, without a word. The gesture ends with the pointer then.
 *
 * @param abandon What is to be done at an end of which nothing is said.
 */
export function useHold(session: Session, abandon?: () => void) {
  const held = useRef(false);
  const abandoned = useRef(abandon);
  abandoned.current = abandon;

  const hold = useMemo(
    () => ({
      begin: () => {
        if (!held.current) session.hold();
        held.current = true;
      },
      end: () => {
        if (held.current) session.release();
        held.current = false;
      },
    }),
    [session],
  );

  useEffect(() => {
    const drop = () => {
      if (!held.current) return;
      abandoned.current?.();
      hold.end();
    };
    // Whoever says that the gesture has ended does so at this very event, after us.
    const later = () => void setTimeout(drop);
    window.addEventListener("pointerup", later, true);
    window.addEventListener("pointercancel", later, true);
    return () => {
      window.removeEventListener("pointerup", later, true);
      window.removeEventListener("pointercancel", later, true);
      hold.end();
    };
  }, [hold]);

  return hold;
}
