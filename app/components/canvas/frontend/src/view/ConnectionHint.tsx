import { useConnection } from "@xyflow/react";
import type { LooseEnd } from "../graph/connect";
import { type EndHandle, looseOf } from "./gestures";

interface Props {
  reasonAt: (loose: LooseEnd, end: EndHandle) => string | null;
}

/** While a wire hovers over a port that refuses it: the reason, at the pointer. */
export function ConnectionHint({ reasonAt }: Props) {
  const connection = useConnection();
  if (!connection.inProgress || connection.isValid !== false || !connection.toHandle) return null;
  const { fromHandle, toHandle, pointer } = connection;
  const reason = reasonAt(looseOf(fromHandle), toHandle);
  if (!reason) return null;
  return (
    <div className="hint" aria-hidden="true" style={{ transform: `translate(${pointer.x + 14}px, ${pointer.y + 14}px)` }}>
      {reason}
    </div>
  );
}
