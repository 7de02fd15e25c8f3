import { Handle, Position } from "@xyflow/react";
import { useContext } from "react";
import { portKey } from "../graph/connect";
import type { NodeDoc, PortSpec } from "../protocol";
import { FitsContext } from "./editor";

interface Props {
  node: NodeDoc;
  spec: PortSpec;
  side: "in" | "out";
  /** Whether the name is written beside the port, or shown on hover only. */
  named: boolean;
  shape?: string;
  /** Whether an error is about this port. */
  faulty?: boolean;
}

/** One end for wires on a card. */
export function Port({ node, spec, side, named, shape, faulty }: Props) {
  const fits = useContext(FitsContext);
  const kind = spec.variadic ? ", takes many wires" : spec.optional ? ", optional" : "";
  const label = `${side === "in" ? "input" : "output"} ${spec.name}${kind}`;
  return (
    <Handle
      id={spec.name}
      type={side === "in" ? "target" : "source"}
      position={side === "in" ? Position.Left : Position.Right}
      className="port"
      data-port={spec.name}
      data-side={side}
      data-fit={fits?.side === side ? fits.ports.has(portKey(node.id, spec.name)) : undefined}
      data-variadic={spec.variadic || undefined}
      data-optional={spec.optional || undefined}
      data-faulty={faulty || undefined}
      data-named={named || undefined}
      role="img"
      aria-label={`${label}${shape ? `, ${shape}` : ""}`}
    >
      <span className="port-name" aria-hidden="true">
        {spec.name}
        {spec.variadic ? " …" : ""}
        {shape && !named ? <span className="port-shape"> {shape}</span> : null}
      </span>
    </Handle>
  );
}
