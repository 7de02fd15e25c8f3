import { useRef, useState } from "react";
import { setNode, takenNames } from "../graph/edits";
import { nameProblem } from "../graph/names";
import type { NodeDoc } from "../protocol";
import { useEditor } from "./editor";

/** The name of a card while it is being changed. */
export function NameField({ node }: { node: NodeDoc }) {
  const { session, stopRename, announce } = useEditor();
  const [text, setText] = useState(node.name);
  const problem = nameProblem(text.trim(), takenNames(session.graph, [node.id]));

  // Whoever leaves the field takes the focus from it, and that would end it once more.
  const done = useRef(false);

  const finish = (keep: boolean) => {
    const name = text.trim();
    if (done.current || (keep && problem)) return;
    done.current = true;
    if (keep && name !== node.name) {
      session.dispatch({ type: "edit", graph: setNode(session.graph, node.id, (old) => ({ ...old, name })), now: Date.now() });
      announce(`Renamed to ${name}`);
    }
    stopRename();
  };

  return (
    <div className="name-field nodrag nopan">
      <input
        aria-label="Name of the layer"
        aria-invalid={problem !== null}
        autoFocus
        spellCheck={false}
        value={text}
        onFocus={(event) => event.target.select()}
        onChange={(event) => setText(event.target.value)}
        onBlur={() => finish(problem === null)}
        onKeyDown={(event) => {
          if (event.key === "Enter") finish(true);
          if (event.key === "Escape") finish(false);
        }}
      />
      {problem && (
        <div className="name-problem" role="alert">
          {problem}
        </div>
      )}
    </div>
  );
}
