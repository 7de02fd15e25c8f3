import { type RefObject, useCallback, useEffect } from "react";
import type { Editor } from "./editor";

const FIELDS = "input, textarea, select, [role=slider], [contenteditable=true], button";
/** Milliseconds that Python may take to draw the form of what was just selected, and between two looks. */
const PATIENCE = 3000;
const LOOK = 40;
/** Milliseconds after which a form that has the focus counts as drawn to its end. */
const SETTLED = 600;

/**
 * The way by keys between a card and its form, which stands on the page beside the canvas: gives back what leads there;
 * Escape in the form leads back.
 */
export function useForm(editor: Editor, frame: RefObject<HTMLElement | null>, pane: RefObject<HTMLElement | null>) {
  const { session, announce } = editor;

  const toForm = useCallback(() => {
    const { nodes } = session.read().state.selection;
    if (nodes.length === 0) return announce("Select a layer first, then press Enter to edit it.");
    const names = session.graph.nodes.filter((node) => nodes.includes(node.id)).map((node) => node.name);
    return enter(
      () => (session.isKnown ? firstField(formOf(session.form)) : null),
      (found) => announce(found ? `Form of ${names.join(", ")}. Escape goes back to the canvas.` : "There is nothing to edit."),
    );
  }, [session, announce]);

  useEffect(() => {
    const leave = (event: KeyboardEvent) => {
      const target = event.target;
      if (event.key !== "Escape" || event.defaultPrevented || !(target instanceof Element)) return;
      // An open list has the key for itself.
      if (!formOf(session.form)?.contains(target) || target.getAttribute("aria-expanded") === "true") return;
      event.preventDefault();
      event.stopPropagation();
      const [chosen] = session.read().state.selection.nodes;
      const card = frame.current?.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(chosen ?? "")}"]`);
      (card ?? pane.current)?.focus({ preventScroll: true });
      announce(card ? `Back at ${card.ariaLabel}` : "Back on the canvas");
    };
    window.addEventListener("keydown", leave, true);
    return () => window.removeEventListener("keydown", leave, true);
  }, [session, announce, frame, pane]);

  return toForm;
}

function formOf(key: string): Element | null {
  return key === "" ? null : document.querySelector(`.st-key-${CSS.escape(key)}`);
}

function firstField(form: Element | null): HTMLElement | null {
  const fields = [...(form?.querySelectorAll<HTMLElement>(FIELDS) ?? [])].filter(
    (field) => !field.matches(":disabled, [type=hidden]") && field.checkVisibility(),
  );
  // The buttons above the fields explain.
  return fields.find((field) => !field.matches("button")) ?? fields[0] ?? null;
}

/** Moves the focus to a field as soon as it is there, and once more when the page puts another one in its place. */
function enter(find: () => HTMLElement | null, tell: (found: boolean) => void): void {
  const began = performance.now();
  let entered: { field: HTMLElement; at: number } | null = null;
  const look = () => {
    const now = performance.now();
    if (entered && (entered.field.isConnected ? now - entered.at > SETTLED : document.activeElement !== document.body)) return;
    if (!entered || !entered.field.isConnected) {
      const field = find();
      if (field) {
        field.focus();
        if (field instanceof HTMLInputElement && field.type === "text") selectUntilTyped(field);
        if (!entered) tell(true);
        entered = { field, at: now };
      } else if (now - began > PATIENCE) {
        if (!entered) tell(false);
        return;
      }
    }
    setTimeout(look, LOOK);
  };
  look();
}

/** Selects what stands in a field, also what the page fills in a moment after it has drawn the field. */
function selectUntilTyped(field: HTMLInputElement): void {
  field.select();
  const filled = new MutationObserver(() => field.select());
  filled.observe(field, { attributes: true, attributeFilter: ["value"] });
  for (const touch of ["beforeinput", "keydown", "pointerdown", "blur"]) {
    field.addEventListener(touch, () => filled.disconnect(), { once: true });
  }
}
