import { type RefObject, useCallback, useEffect, useRef } from "react";
import type { Editor } from "./editor";
import { type Task, taskOf } from "./shortcuts";
import { type Actions, useActions } from "./useActions";

const STEP = 8;
const FAR = 40;

interface Options {
  editor: Editor;
  frame: RefObject<HTMLElement | null>;
  pane: RefObject<HTMLElement | null>;
  dialogs: Openers;
  toggleSnap: () => void;
  toForm: () => void;
}

interface Openers {
  openConnect: (node: string) => void;
  openList: (kind: "find" | "commands" | "block") => void;
  openHelp: () => void;
  close: () => void;
}

/**
 * The keys of the canvas.
 *
 * They are heard at the window, before Streamlit (whose own C clears caches and R runs the page again), and only while the
 * canvas is the last thing that was clicked or focused: focus alone does not tell, since it falls to the page when the
 * focused card is deleted.
 */
export function useKeys(options: Options): { actions: Actions; run: (task: Task) => void } {
  const { editor, frame, pane } = options;
  const actions = useActions(editor, pane);
  const latest = useRef({ ...options, actions });
  latest.current = { ...options, actions };

  useEffect(() => {
    let byMouse = false;
    // Tab opens the list of layers for someone at the mouse; someone at the keyboard needs it to move on.
    let atMouse = false;

    const follow = (event: Event) => {
      const path = event.composedPath();
      // Of the session: Streamlit may put new elements in the place of the ones that were clicked.
      latest.current.editor.session.hasKeys = path.some(isCanvas);
    };
    const onPointer = (event: PointerEvent) => {
      follow(event);
      byMouse = true;
      atMouse = pane.current !== null && event.composedPath().includes(pane.current);
    };
    const onFocus = (event: FocusEvent) => {
      if (event.target === document.body || event.target === window) return;
      follow(event);
      // A ring around what has the focus is for those who moved it by keys; browsers draw it after any key.
      frame.current?.toggleAttribute("data-keys", !byMouse);
    };

    const onKey = (event: KeyboardEvent) => {
      const { editor, actions } = latest.current;
      const { session } = editor;
      const target = event.composedPath()[0];
      if (event.key === "Tab") byMouse = false;
      // While new elements replace old ones both are there: one of them has done it.
      if (event.defaultPrevented) return;
      if (!session.hasKeys) return;
      if (session.read().dialog !== null) {
        // A list or the help that is open has the keys; after a click on its text nothing in it hears of Escape.
        if (event.key === "Escape") take(latest.current.dialogs.close);
        return;
      }
      if (isField(target)) return;
      if (event.key === "Tab") {
        if (atMouse && !event.shiftKey && !event.ctrlKey) take(() => editor.openQuickAdd());
        else atMouse = false;
        return;
      }
      const focused = target instanceof Element ? target : null;
      if (event.key === "Enter" || event.key === " ") {
        const id = focused?.getAttribute("data-id");
        const chosen = session.read().state.selection.nodes;
        const onCard = id != null && focused?.matches(".react-flow__node") === true;
        if (onCard && event.shiftKey) take(() => actions.toggleNode(id));
        else if (onCard && !chosen.includes(id)) take(() => actions.selectNode(id));
        else if (id && focused?.matches(".react-flow__edge")) take(() => actions.selectWire(id));
        else if (event.key === "Enter" && !event.repeat && (onCard || focused === pane.current || focused === document.body)) {
          take(() => carryOut("form", latest.current));
        }
        return;
      }
      const task = taskOf(event);
      // Outside of the drawing (palette, toolbar) arrow keys and Delete belong to what has the focus; not to a tool that
      // was only clicked, though: whoever lines cards up with the mouse goes on with them.
      const atTool = !byMouse && focused?.closest("[role=toolbar]") != null;
      const inPane = focused === null || pane.current === null || pane.current.contains(focused);
      const local = !atTool && (inPane || focused === document.body);
      if (!task || (!local && !GLOBAL.has(task))) return;
      take(() => carryOut(task, latest.current));

      function take(act: () => void) {
        event.preventDefault();
        event.stopPropagation();
        act();
      }
    };

    window.addEventListener("pointerdown", onPointer, true);
    window.addEventListener("focusin", onFocus, true);
    window.addEventListener("keydown", onKey, true);
    return () => {
      window.removeEventListener("pointerdown", onPointer, true);
      window.removeEventListener("focusin", onFocus, true);
      window.removeEventListener("keydown", onKey, true);
    };
  }, [frame, pane]);

  const run = useCallback((task: Task) => carryOut(task, latest.current), []);
  return { actions, run };
}

/** What works in the palette and the toolbar, too. */
const GLOBAL = new Set<Task>(["undo", "redo", "help", "quickAdd", "find", "commands", "nextFinding", "previousFinding"]);

type Doing = Pick<Options, "editor" | "dialogs" | "toggleSnap" | "toForm"> & { actions: Actions };

function carryOut(task: Task, { actions, editor, dialogs, toggleSnap, toForm }: Doing): void {
  const [chosen] = editor.session.read().state.selection.nodes;
  switch (task) {
    case "quickAdd":
      return editor.openQuickAdd();
    case "connect":
      if (chosen) return dialogs.openConnect(chosen);
      return editor.announce("Select a layer first, then press C to connect it.");
    case "rename":
      if (chosen) editor.startRename(chosen);
      return undefined;
    case "form":
      return toForm();
    case "help":
      return dialogs.openHelp();
    case "find":
    case "commands":
      return dialogs.openList(task);
    case "saveBlock":
      if (chosen) return dialogs.openList("block");
      return editor.announce("Select the layers of the block first.");
    case "snap":
      return toggleSnap();
    case "left":
      return actions.nudge(-STEP, 0);
    case "right":
      return actions.nudge(STEP, 0);
    case "up":
      return actions.nudge(0, -STEP);
    case "down":
      return actions.nudge(0, STEP);
    case "farLeft":
      return actions.nudge(-FAR, 0);
    case "farRight":
      return actions.nudge(FAR, 0);
    case "farUp":
      return actions.nudge(0, -FAR);
    case "farDown":
      return actions.nudge(0, FAR);
    default:
      return actions[task]();
  }
}

function isField(target: EventTarget | undefined): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

function isCanvas(target: EventTarget): boolean {
  return target instanceof HTMLElement && target.dataset.testid === "canvas";
}
