/** Every key of the canvas: the table that is listened to, and that the help shows. */

export type Task =
  | "quickAdd" | "connect" | "rename" | "remove" | "undo" | "redo" | "copy" | "cut" | "paste" | "duplicate"
  | "selectAll" | "selectNone" | "tidy" | "fit" | "zoomIn" | "zoomOut" | "zoomFull" | "help"
  | "left" | "right" | "up" | "down" | "farLeft" | "farRight" | "farUp" | "farDown";

export interface Shortcut {
  task: Task;
  /** "ctrl" stands for Ctrl, and for ⌘ on a Mac; the last part is KeyboardEvent.key in small letters. */
  keys: readonly string[];
}

export const SHORTCUTS: readonly Shortcut[] = [
  { task: "quickAdd", keys: ["/"] },
  { task: "connect", keys: ["c"] },
  { task: "rename", keys: ["f2"] },
  { task: "remove", keys: ["delete", "backspace"] },
  { task: "undo", keys: ["ctrl+z"] },
  { task: "redo", keys: ["ctrl+y", "ctrl+shift+z"] },
  { task: "copy", keys: ["ctrl+c"] },
  { task: "cut", keys: ["ctrl+x"] },
  { task: "paste", keys: ["ctrl+v"] },
  { task: "duplicate", keys: ["ctrl+d"] },
  { task: "selectAll", keys: ["ctrl+a"] },
  { task: "selectNone", keys: ["escape"] },
  { task: "tidy", keys: ["t"] },
  { task: "fit", keys: ["f"] },
  { task: "zoomIn", keys: ["+", "=", "shift++"] },
  { task: "zoomOut", keys: ["-"] },
  { task: "zoomFull", keys: ["0"] },
  { task: "help", keys: ["shift+?", "?"] },
  { task: "left", keys: ["arrowleft"] },
  { task: "right", keys: ["arrowright"] },
  { task: "up", keys: ["arrowup"] },
  { task: "down", keys: ["arrowdown"] },
  { task: "farLeft", keys: ["shift+arrowleft"] },
  { task: "farRight", keys: ["shift+arrowright"] },
  { task: "farUp", keys: ["shift+arrowup"] },
  { task: "farDown", keys: ["shift+arrowdown"] },
];

/** What the help shows, in groups; the texts of keys are for people. */
export const HELP: readonly { title: string; rows: readonly { what: string; keys: readonly string[] }[] }[] = [
  {
    title: "Build",
    rows: [
      { what: "Add a layer at the pointer", keys: ["/", "Tab", "double-click"] },
      { what: "Connect the selected layer to…", keys: ["C"] },
      { what: "Rename", keys: ["F2"] },
      { what: "Delete", keys: ["Delete", "Backspace"] },
      { what: "Duplicate", keys: ["Ctrl+D"] },
      { what: "Copy, cut, paste", keys: ["Ctrl+C", "Ctrl+X", "Ctrl+V"] },
      { what: "Undo, redo", keys: ["Ctrl+Z", "Ctrl+Y"] },
    ],
  },
  {
    title: "Select and move",
    rows: [
      { what: "Next, previous layer", keys: ["Tab", "Shift+Tab"] },
      { what: "Select the focused layer", keys: ["Enter"] },
      { what: "Add to the selection", keys: ["Shift+click"] },
      { what: "Select an area", keys: ["Shift+drag"] },
      { what: "Select all, nothing", keys: ["Ctrl+A", "Esc"] },
      { what: "Nudge, nudge far", keys: ["Arrows", "Shift+Arrows"] },
    ],
  },
  {
    title: "View",
    rows: [
      { what: "Show everything", keys: ["F"] },
      { what: "Zoom", keys: ["+", "−", "wheel"] },
      { what: "Full size", keys: ["0"] },
      { what: "Move the view", keys: ["drag", "Space+drag"] },
      { what: "Tidy up", keys: ["T"] },
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
  const pressed = [
    ...(event.ctrlKey || event.metaKey ? ["ctrl"] : []),
    ...(event.shiftKey ? ["shift"] : []),
    event.key.toLowerCase(),
  ].join("+");
  return SHORTCUTS.find((shortcut) => shortcut.keys.includes(pressed))?.task ?? null;
}
