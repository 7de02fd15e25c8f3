/** Every key of the canvas: the table that is listened to, and that the help shows. */

export type Task =
  | "quickAdd" | "connect" | "form" | "rename" | "remove" | "undo" | "redo" | "copy" | "cut" | "paste" | "pasteWired" | "duplicate"
  | "bypass" | "stickyNote" | "saveBlock" | "find" | "commands" | "nextFinding" | "previousFinding" | "findings" | "snap"
  | "selectAll" | "selectNone" | "tidy" | "fit" | "fitSelection" | "zoomIn" | "zoomOut" | "zoomFull" | "help"
  | "alignLeft" | "alignRight" | "alignTop" | "alignBottom" | "alignCenters" | "alignMiddles" | "spreadAcross" | "spreadDown"
  | "left" | "right" | "up" | "down" | "farLeft" | "farRight" | "farUp" | "farDown";

export interface Shortcut {
  task: Task;
  /** "ctrl" stands for Ctrl, and for ⌘ on a Mac; the last part is KeyboardEvent.key in small letters. */
  keys: readonly string[];
  /** What the list of commands calls it; without one it is not in the list. */
  title?: string;
}

export const SHORTCUTS: readonly Shortcut[] = [
  { task: "quickAdd", keys: ["/"], title: "Add a layer" },
  { task: "connect", keys: ["c"], title: "Connect the selected layer to…" },
  { task: "find", keys: ["ctrl+f"], title: "Find by name, parameter, shape or note" },
  { task: "nextFinding", keys: ["f8"], title: "Go to the next problem" },
  { task: "previousFinding", keys: ["shift+f8"], title: "Go to the previous problem" },
  { task: "findings", keys: ["ctrl+."], title: "Show the problems of the selected layer, and fixes" },
  { task: "form", keys: ["enter"], title: "Edit the selected layers in their form" },
  { task: "rename", keys: ["f2"], title: "Rename the selected layer" },
  { task: "bypass", keys: ["ctrl+b"], title: "Bypass the selected layers, or take them in again" },
  { task: "stickyNote", keys: ["n"], title: "Add a sticky note" },
  { task: "saveBlock", keys: ["ctrl+shift+s"], title: "Save the selection as a block" },
  { task: "duplicate", keys: ["ctrl+d"], title: "Duplicate" },
  { task: "copy", keys: ["ctrl+c"], title: "Copy" },
  { task: "cut", keys: ["ctrl+x"], title: "Cut" },
  { task: "paste", keys: ["ctrl+v"], title: "Paste" },
  { task: "pasteWired", keys: ["ctrl+shift+v"], title: "Paste with incoming wires" },
  { task: "remove", keys: ["delete", "backspace"], title: "Delete the selection" },
  { task: "undo", keys: ["ctrl+z"], title: "Undo" },
  { task: "redo", keys: ["ctrl+y", "ctrl+shift+z"], title: "Redo" },
  { task: "tidy", keys: ["t"], title: "Tidy up" },
  { task: "alignLeft", keys: ["ctrl+arrowleft"], title: "Align left edges" },
  { task: "alignRight", keys: ["ctrl+arrowright"], title: "Align right edges" },
  { task: "alignTop", keys: ["ctrl+arrowup"], title: "Align upper edges" },
  { task: "alignBottom", keys: ["ctrl+arrowdown"], title: "Align lower edges" },
  { task: "alignCenters", keys: [], title: "Align in a column by centers" },
  { task: "alignMiddles", keys: [], title: "Align in a row by middles" },
  { task: "spreadAcross", keys: [], title: "Space evenly across" },
  { task: "spreadDown", keys: [], title: "Space evenly down" },
  { task: "snap", keys: ["g"], title: "Snap to the grid: on or off" },
  { task: "selectAll", keys: ["ctrl+a"], title: "Select all" },
  { task: "selectNone", keys: ["escape"], title: "Select nothing" },
  { task: "fit", keys: ["f"], title: "Show everything" },
  { task: "fitSelection", keys: ["shift+f"], title: "Show the selection" },
  { task: "zoomIn", keys: ["+", "=", "shift++"], title: "Zoom in" },
  { task: "zoomOut", keys: ["-"], title: "Zoom out" },
  { task: "zoomFull", keys: ["0"], title: "Full size" },
  { task: "commands", keys: ["ctrl+k"] },
  { task: "help", keys: ["shift+?", "?"], title: "All keys" },
  { task: "left", keys: ["arrowleft"] },
  { task: "right", keys: ["arrowright"] },
  { task: "up", keys: ["arrowup"] },
  { task: "down", keys: ["arrowdown"] },
  { task: "farLeft", keys: ["shift+arrowleft"] },
  { task: "farRight", keys: ["shift+arrowright"] },
  { task: "farUp", keys: ["shift+arrowup"] },
  { task: "farDown", keys: ["shift+arrowdown"] },
];

const WORDS: Readonly<Record<string, string>> = {
  ctrl: "Ctrl", shift: "Shift", enter: "Enter", arrowleft: "←", arrowright: "→", arrowup: "↑", arrowdown: "↓",
  delete: "Delete", escape: "Esc", "-": "−",
};

/** The first key of a task as people write it: "Ctrl+Shift+V". */
export function keyName({ keys }: Shortcut): string {
  const parts = (keys[0] ?? "").match(/[^+]+|\+$/g) ?? [];
  return parts.map((part) => WORDS[part] ?? (part.length === 1 || /^f\d/.test(part) ? part.toUpperCase() : part)).join("+");
}

/** What the help shows, in groups; the texts of keys are for people. */
export const HELP: readonly { title: string; rows: readonly { what: string; keys: readonly string[] }[] }[] = [
  {
    title: "Build",
    rows: [
      { what: "Add a layer at the pointer", keys: ["/", "Tab", "double-click"] },
      { what: "Connect the selected layer to…", keys: ["C"] },
      { what: "Edit in the form, back to the card", keys: ["Enter", "Esc"] },
      { what: "Rename", keys: ["F2"] },
      { what: "Delete", keys: ["Delete", "Backspace"] },
      { what: "Bypass", keys: ["Ctrl+B"] },
      { what: "Duplicate", keys: ["Ctrl+D"] },
      { what: "Copy, cut, paste", keys: ["Ctrl+C", "Ctrl+X", "Ctrl+V"] },
      { what: "Paste with incoming wires", keys: ["Ctrl+Shift+V"] },
      { what: "Undo, redo", keys: ["Ctrl+Z", "Ctrl+Y"] },
      { what: "Put into a wire", keys: ["drag onto it", "select it, then /"] },
      { what: "Wire what does not fit", keys: ["Alt+drag"] },
      { what: "Sticky note", keys: ["N"] },
      { what: "Save the selection as a block", keys: ["Ctrl+Shift+S"] },
    ],
  },
  {
    title: "Select and move",
    rows: [
      { what: "Next, previous layer", keys: ["Tab", "Shift+Tab"] },
      { what: "Select the focused layer or wire", keys: ["Enter"] },
      { what: "Add to the selection, take out", keys: ["Shift+click", "Shift+Enter"] },
      { what: "Select an area", keys: ["Shift+drag"] },
      { what: "Select all, nothing", keys: ["Ctrl+A", "Esc"] },
      { what: "Nudge, nudge far", keys: ["Arrows", "Shift+Arrows"] },
      { what: "Align edges", keys: ["Ctrl+Arrows"] },
      { what: "Snap to the grid", keys: ["G"] },
      { what: "Move without falling into line", keys: ["Alt+drag"] },
      { what: "Tidy up", keys: ["T"] },
    ],
  },
  {
    title: "Find and mend",
    rows: [
      { what: "Every command", keys: ["Ctrl+K"] },
      { what: "Find by name, value or note", keys: ["Ctrl+F"] },
      { what: "Next, previous problem", keys: ["F8", "Shift+F8"] },
      { what: "Problems and fixes of a layer", keys: ["Ctrl+."] },
    ],
  },
  {
    title: "View",
    rows: [
      { what: "Show everything, the selection", keys: ["F", "Shift+F"] },
      { what: "Zoom", keys: ["+", "−", "wheel"] },
      { what: "Full size", keys: ["0"] },
      { what: "Move the view", keys: ["drag", "Space+drag"] },
      { what: "This help", keys: ["Shift+?"] },
    ],
  },
];

interface Pressed {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
  altKey: boolean;
}

/** The task of a pressed key, or null. */
export function taskOf(event: Pressed): Task | null {
  if (event.altKey) return null;
  const task = named(event, event.shiftKey);
  // Where "/" is is a matter of the keyboard: on a German one it is typed with Shift.
  const sign = event.key.length === 1 && event.key.toLowerCase() === event.key.toUpperCase();
  return task === null && event.shiftKey && sign ? named(event, false) : task;
}

function named({ key, ctrlKey, metaKey }: Pressed, shift: boolean): Task | null {
  const pressed = [...(ctrlKey || metaKey ? ["ctrl"] : []), ...(shift ? ["shift"] : []), key.toLowerCase()].join("+");
  return SHORTCUTS.find((shortcut) => shortcut.keys.includes(pressed))?.task ?? null;
}
