import type { PaletteEntry } from "../protocol";

/** Hues in degrees, neighbours far apart. Groups take them in palette order: no group is known by name. */
const HUES = [255, 150, 50, 310, 205, 90, 20, 285, 175, 340];

export function huesOf(palette: readonly PaletteEntry[]): Map<string, number> {
  const groups = [...new Set(palette.map((entry) => entry.group))];
  return new Map(groups.map((group, index) => [group, HUES[index % HUES.length] ?? 255]));
}
