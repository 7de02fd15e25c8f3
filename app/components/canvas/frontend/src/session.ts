import type { Dialog } from "./dialog";
import { applyEdit, complete } from "./graph/edits";
import { type Action, type EditorState, emptyState, reduce } from "./graph/state";
import { groupsOf } from "./graph/groups";
import type { Point } from "./graph/placement";
import { beforeLeaving } from "./leaving";
import { remember, remembered } from "./remembering";
import type { CanvasData, CommittedDoc, Edit, Finding, Fix, NodeNotes, PaletteEntry } from "./protocol";

export type Send = (doc: CommittedDoc) => void;

/** A fix for Python to carry out: which finding of which node, and which of its fixes. */
export interface MendRequest {
  node: string;
  code: string;
  port: string | null;
  title: string;
}

/** Milliseconds after an edit until the browser keeps it for a reload. */
const REMEMBER_MS = 300;
/** Milliseconds after a click on a link to another page until it is clear that this page stays. */
const LEAVING_MS = 10_000;

export interface View {
  x: number;
  y: number;
  zoom: number;
}

/** A wish of Python's or of a key to bring nodes into sight; `count` tells two equal wishes apart. */
export interface Sight {
  nodes: readonly string[];
  count: number;
  /** Whether something opens beside the nodes, or beneath them where the canvas is narrow. */
  company?: boolean;
  /** Whether the whole design is meant. */
  whole?: boolean;
}

/** Places that cards come from while they move to their new ones. */
export interface Glide {
  from: ReadonlyMap<string, Point>;
  count: number;
}

export interface Snapshot {
  state: EditorState;
  /** Number of the last commit; the wrapper shows it as data-rev. */
  rev: number;
  notes: Readonly<Record<string, NodeNotes>>;
  palette: readonly PaletteEntry[];
  sight: Sight;
  glide: Glide;
  /** The node whose problems are shown: Python is asked for their fixes. */
  asks: string | null;
  /** What is open over the canvas. */
  dialog: Dialog | null;
}

/**
 * One canvas, kept outside of the page's elements: Streamlit throws those away at a page switch, and undo, the view and
 * edits not yet sent must outlive them.
 */
export class Session {
  view: View | null = null;
  /** Key of the element of the page that holds the form of what is selected; empty where there is none. */
  form = "";
  /** Whether the canvas was the last thing that was clicked or focused. */
  hasKeys = false;
  private snapshot: Snapshot = {
    state: emptyState(),
    rev: 0,
    notes: {},
    palette: [],
    sight: { nodes: [], count: 0 },
    glide: { from: new Map(), count: 0 },
    asks: null,
    dialog: null,
  };
  /** The last wish to see nodes that was granted: it is not, once more, when the elements are new. */
  shownSight = 0;
  /** When the elements of the page went, by the clock of the page; before they did it is infinite. */
  leftAt = Infinity;
  private loaded = false;
  private sent: EditorState = this.snapshot.state;
  private send: Send = () => {};
  private request: (mend: MendRequest) => void = () => {};
  private design: string | null = null;
  /** The newest commit that Python has seen. */
  private seen = 0;
  private base = 0;
  private remembering: ReturnType<typeof setTimeout> | null = null;
  private holds = 0;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private rests = false;
  private leaving: ReturnType<typeof setTimeout> | undefined;
  private readonly listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly read = (): Snapshot => this.snapshot;

  /** Takes in what Python sent in this run; `mounted` when the elements of the page are new. */
  receive(data: CanvasData, send: Send, mounted: boolean, request: (mend: MendRequest) => void = () => {}): void {
    const opens = !this.loaded || data.epoch !== this.snapshot.state.epoch;
    // What is kept of the design that was open is what Python had seen of that one.
    if (opens) this.rememberNow();
    this.send = send;
    this.request = request;
    this.seen = data.rev;
    this.base = data.base ?? 0;
    this.form = data.form ?? "";
    const { notes, palette } = this.snapshot;
    this.snapshot = { ...this.snapshot, notes: settled(notes, data.notes), palette: sameOr(palette, data.palette) };
    if (opens) this.load(data);
    this.obey(data);
    this.tell();
    // After a page switch Python may have forgotten what it was told. While the page stands, a lower number only means
    // that Python is still busy with an earlier commit.
    if (mounted && data.rev < this.snapshot.rev) this.schedule(true);
    if (mounted) this.stay();
  }

  private load(data: CanvasData): void {
    this.loaded = true;
    this.design = data.design ?? null;
    const graph = complete(data.doc);
    const found = this.design === null ? null : remembered(this.design, graph);
    this.view = found?.memory.view ?? null;
    const state = reduce(this.snapshot.state, {
      type: "load",
      graph,
      epoch: data.epoch,
      selected: found?.memory.selected ?? [],
      ack: data.ack,
      history: found?.memory.history,
    });
    this.sent = state;
    this.snapshot = { ...this.snapshot, state, rev: Math.max(this.snapshot.rev, data.rev), asks: null, dialog: null };
    // What did not reach Python before the reload is said now, and so is what it only knows from us.
    const told = state.selection.nodes.length > 0 || state.history.present.beside !== undefined;
    if (found && (found.ahead || told)) this.schedule(true);
  }

  private rememberSoon(): void {
    if (this.remembering !== null || this.design === null) return;
    this.remembering = setTimeout(() => this.rememberNow(), REMEMBER_MS);
  }

  /** Keeps history, selection and view for a reload of the page. */
  readonly rememberNow = (): void => {
    if (this.remembering !== null) clearTimeout(this.remembering);
    this.remembering = null;
    if (this.design === null || this.snapshot.state.epoch === "") return;
    const { state, rev } = this.snapshot;
    const seen = this.seen >= rev && this.sent.history.present === state.history.present;
    remember(this.design, { history: state.history, seen, selected: state.selection.nodes, view: this.view });
  };

  private obey(data: CanvasData): void {
    const due = data.commands.filter((command) => command.id > this.snapshot.state.ack);
    for (const command of [...due].sort((a, b) => a.id - b.id)) {
      if (command.op === "select" || command.op === "focus") {
        this.apply({ type: "select", selection: { nodes: command.nodes, edges: [] } });
        if (command.op === "focus") this.show(command.nodes);
      } else {
        const graph = applyEdit(this.graph, command);
        const select = command.op === "add_node" && command.select ? lastNode(graph) : undefined;
        const tag = command.op === "set_node" ? tagOf(command) : undefined;
        const begins = this.graph.nodes.length === 0 && graph.nodes.length > 1;
        this.apply({ type: "edit", graph, now: Date.now(), tag, select });
        if (begins) this.look({ nodes: [], whole: true });
      }
      this.apply({ type: "acknowledge", id: command.id });
    }
    if (due.length > 0) this.schedule();
  }

  /** Whether Python has seen all that was committed: what it shows of the selection is what is selected. */
  get isKnown(): boolean {
    return this.timer === null && this.seen >= this.snapshot.rev;
  }

  get graph() {
    return this.snapshot.state.history.present;
  }

  readonly dispatch = (action: Action): void => {
    this.apply(action);
    this.tell();
    this.schedule();
  };

  /** Asks the view to bring nodes into sight. */
  show(nodes: readonly string[], company = false): void {
    this.look({ nodes, ...(company && { company }) });
    this.tell();
  }

  private look(at: Omit<Sight, "count">): void {
    this.snapshot = { ...this.snapshot, sight: { ...at, count: this.snapshot.sight.count + 1 } };
  }

  /** Asks the view to let cards move from these places to where they are now. */
  glideFrom(from: ReadonlyMap<string, Point>): void {
    this.snapshot = { ...this.snapshot, glide: { from, count: this.snapshot.glide.count + 1 } };
    this.tell();
  }

  /** Opens a list or panel over the canvas in the place of another, or closes it. */
  open(dialog: Dialog | null): void {
    if (dialog === this.snapshot.dialog) return;
    this.snapshot = { ...this.snapshot, dialog };
    this.tell();
  }

  /** Asks Python for ways to mend what is wrong with a node; null when nobody looks any more. */
  ask(node: string | null): void {
    if (node === this.snapshot.asks) return;
    this.snapshot = { ...this.snapshot, asks: node };
    this.tell();
    this.schedule(node !== null);
  }

  /** Has Python carry out a fix that changes more than the canvas shows. */
  readonly mend = (node: string, finding: Finding, fix: Fix): void =>
    this.request({ node, code: finding.code, port: finding.port ?? null, title: fix.title });

  /** Nothing is sent while a gesture lasts; what it changed is one commit. */
  hold(): void {
    this.holds += 1;
  }

  release(): void {
    this.holds = Math.max(0, this.holds - 1);
    this.schedule();
  }

  /**
   * Sends what there is to send, and then nothing until the elements are new or the page has stayed after all: between
   * a click on the link to another page and that page, Streamlit takes whatever is sent for the way back.
   *
   * Returns whether there is anybody to send through, or was before an earlier click: its answer may be yet to come.
   */
  leave(): boolean {
    if (this.rests) return this.leaving !== undefined;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.commit();
    this.rest();
    this.leaving = setTimeout(() => this.stay(), LEAVING_MS);
    return true;
  }

  /** The elements are gone from the page: there is nobody to send through until there are new ones. */
  gone(): void {
    this.leftAt = performance.now();
    this.endLeaving();
    this.rest();
  }

  private rest(): void {
    if (this.rests) return;
    this.rests = true;
    this.hold();
  }

  private stay(): void {
    if (!this.rests) return;
    this.endLeaving();
    this.rests = false;
    this.release();
  }

  private endLeaving(): void {
    clearTimeout(this.leaving);
    this.leaving = undefined;
  }

  private apply(action: Action): void {
    const state = reduce(this.snapshot.state, action);
    if (state !== this.snapshot.state) this.snapshot = { ...this.snapshot, state };
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }

  private again = false;

  private schedule(again = false): void {
    this.again ||= again;
    if (this.timer !== null || this.holds > 0) return;
    this.timer = setTimeout(() => {
      this.timer = null;
      this.commit();
    }, 0);
  }

  /** Sends the whole document, once for everything that happened since the last time. */
  private commit(): void {
    if (this.holds > 0) return;
    const { state, asks } = this.snapshot;
    const { history, selection, ack } = this.sent;
    const changed =
      state.history.present !== history.present || state.selection.nodes !== selection.nodes || state.ack !== ack;
    if (!changed && !this.again) return;
    this.again = false;
    this.sent = state;
    const rev = this.snapshot.rev + 1;
    this.snapshot = { ...this.snapshot, rev };
    this.tell();
    this.rememberSoon();
    const { base } = this;
    const groups = groupsOf(state.history.present);
    this.send({ ...state.history.present, groups, rev, epoch: state.epoch, ack: state.ack, selected: state.selection.nodes, asks, base });
  }
}

function lastNode(graph: { nodes: readonly { id: string }[] }) {
  return { nodes: graph.nodes.slice(-1).map((node) => node.id), edges: [] };
}

/** Changes of the same fields of the same node in quick succession are one undo step: a slider, a burst of typing. */
function tagOf(edit: Extract<Edit, { op: "set_node" }>): string {
  const named = [...Object.keys(edit.params ?? {}), ...Object.keys(edit.settings ?? {}), ...(edit.unset ?? [])];
  const fields = [...Object.keys(edit), ...named];
  return `set ${edit.node} ${fields.join(" ")}`;
}

/** Keeps what says the same, of each node and as a whole, so that only changed cards are drawn anew. */
function settled(
  old: Readonly<Record<string, NodeNotes>>,
  fresh: Readonly<Record<string, NodeNotes>>,
): Readonly<Record<string, NodeNotes>> {
  const kept = Object.entries(fresh).map(([id, notes]) => [id, sameOr(old[id], notes)] as const);
  const same = kept.length === Object.keys(old).length && kept.every(([id, notes]) => old[id] === notes);
  return same ? old : Object.fromEntries(kept);
}

function sameOr<T>(old: T | undefined, fresh: T): T {
  return old !== undefined && JSON.stringify(old) === JSON.stringify(fresh) ? old : fresh;
}

const sessions = new Map<string, Session>();
globalThis.addEventListener?.("pagehide", () => {
  for (const session of sessions.values()) session.rememberNow();
});
beforeLeaving(() => {
  const left = [...sessions.values()].filter((session) => session.leave());
  return () => left.every((session) => session.isKnown);
});

/** The canvas of a key, for as long as the browser tab lives. */
export function sessionOf(key: string): Session {
  const session = sessions.get(key) ?? new Session();
  sessions.set(key, session);
  return session;
}
