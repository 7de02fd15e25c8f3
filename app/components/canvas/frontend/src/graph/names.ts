/** Names of nodes: valid Python identifiers, unique in the design, because generated code uses them as variables. */

const KEYWORDS = new Set(
  (
    "False None True and as assert async await break class continue def del elif else except finally for from " +
    "global if import in is lambda nonlocal not or pass raise return try while with yield"
  ).split(" "),
);

/** "MaxPooling2D" → "max_pooling2d", as Keras names its layers. */
export function snakeCase(label: string): string {
  const snake = label
    .replace(/([^_\W])([A-Z][a-z]+)/g, "$1_$2")
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "");
  if (snake === "" || /^[0-9]/.test(snake)) return `layer_${snake}`.replace(/_$/, "");
  return KEYWORDS.has(snake) ? `${snake}_layer` : snake;
}

/** The name itself, or with the first free _1, _2, … A number already at the end is replaced. */
export function uniqueName(wanted: string, taken: ReadonlySet<string>): string {
  if (!taken.has(wanted)) return wanted;
  const stem = wanted.replace(/_\d+$/, "");
  for (let n = 1; ; n += 1) {
    const name = `${stem}_${n}`;
    if (!taken.has(name)) return name;
  }
}

/** Why a name cannot be used, or null when it can. */
export function nameProblem(name: string, taken: ReadonlySet<string>): string | null {
  if (name === "") return "A layer needs a name.";
  if (!/^(?!__)[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    return "Use letters, digits and _ only, and do not begin with a digit or with __: the name becomes a variable in the code.";
  }
  if (KEYWORDS.has(name)) return `“${name}” is a word of the Python language.`;
  if (taken.has(name)) return `Another layer is already called “${name}”.`;
  return null;
}
