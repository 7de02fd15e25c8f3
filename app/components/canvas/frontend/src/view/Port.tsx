import { Handle, Position } from "@xyflow/react";
import { useContext } from "react";
import { portKey } from "../graph/connect";
import { KINDS } from "../graph/kinds";
import type { Kind, NodeDoc, PortSpec } from "../protocol";
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
  /** What flows through it, which is its colour. */
  kind?: Kind;
}

/** One end for wires on a card. */
export function Port({ node, spec, side, named, shape, faulty, kind }: Props) {
  const fits = useContext(FitsContext);
  const manner = spec.variadic ? ", takes many wires" : spec.optional ? ", optional" : "";
  const flows = kind && kind !== "other" ? `, ${KINDS[kind]}` : "";
  const label = `${side === "in" ? "input" : "output"} ${spec.name}${manner}${flows}`;
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
      data-kind={kind}
      data-faulty={faulty || undefined}
      data-named={named || undefined}
      role="img"
      aria-label={`${label}${shape ? `, ${shape}` : ""}`}
    >
      <span className="port-name" aria-hidden="true">
        {spec.name}
        {spec.variadic ? " …" : ""}
        {shape && !named ? <span className="port-shape"> {shape}</span> : null}
        {kind && kind !== "other" && !named ? <span className="port-shape"> {kind}</span> : null}
      </span>
    </Handle>
  );
}
