import { useConnection } from "@xyflow/react";
import type { LooseEnd } from "../graph/connect";

interface Props {
  reasonAt: (loose: LooseEnd, node: string, port: string) => string | null;
}

/** While a wire hovers over a port that refuses it: the reason, at the pointer. */
export function ConnectionHint({ reasonAt }: Props) {
  const connection = useConnection();
  if (!connection.inProgress || connection.isValid !== false || !connection.toHandle) return null;
  const { fromHandle, toHandle, pointer } = connection;
  if (fromHandle.nodeId === toHandle.nodeId && fromHandle.id === toHandle.id && fromHandle.type === toHandle.type) return null;
  const loose: LooseEnd = { node: fromHandle.nodeId, port: fromHandle.id ?? "", side: fromHandle.type === "source" ? "out" : "in" };
  const reason =
    fromHandle.type === toHandle.type
      ? "A wire goes from an output to an input."
      : reasonAt(loose, toHandle.nodeId, toHandle.id ?? "");
  if (!reason) return null;
  return (
    <div className="hint" aria-hidden="true" style={{ transform: `translate(${pointer.x + 14}px, ${pointer.y + 14}px)` }}>
      {reason}
    </div>
  );
}
