import type { Json, NodeDoc, PaletteEntry } from "../protocol";

const MOST = 3;

/** The parameters worth seeing on the card: those that were set to something else than the default, and the first one. */
export function summaryOf(node: NodeDoc, entry: PaletteEntry | undefined): string {
  const defaults = entry?.params ?? {};
  const names = [...new Set([...Object.keys(defaults), ...Object.keys(node.params)])];
  const set = names.filter((name) => {
    const value = node.params[name] ?? null;
    if (value === null) return false;
    return name === names[0] || JSON.stringify(value) !== JSON.stringify(defaults[name] ?? null);
  });
  const shown = set.slice(0, MOST).map((name) => `${name} ${valueText(node.params[name] ?? null)}`);
  return shown.join(" · ");
}

/** A value in a few letters. */
export function valueText(value: Json): string {
  if (value === null) return "none";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number") return formatNumber(value);
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map(valueText).join("×");
  const named = value["class_name"] ?? value["layer"];
  return typeof named === "string" ? named : "…";
}

function formatNumber(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
}
