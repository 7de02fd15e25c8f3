import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import { search } from "../graph/search";
import type { PaletteEntry } from "../protocol";
import { BlockEntry, Blocks } from "./Blocks";
import { LAYER_TYPE } from "./dragged";
import { useEditor } from "./editor";
import { PanelIcon, SearchIcon, StarIcon } from "./icons";
import { DraggedEntry, GroupHead } from "./PaletteParts";
import { useBlocks } from "./useBlocks";
import { useUsage } from "./useUsage";

const MINE = "My blocks";

interface Props {
  palette: readonly PaletteEntry[];
  open: boolean;
  onToggle: () => void;
}

/** All layers at the left: by group, or those that answer the search. */
export function Palette({ palette, open, onToggle }: Props) {
  const { addLayer, addBlock } = useEditor();
  const [query, setQuery] = useState("");
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const list = useRef<HTMLDivElement>(null);
  const items = useMemo(
    () => palette.map((entry) => ({ entry, label: entry.label, words: `${entry.layer} ${entry.group} ${entry.summary ?? ""}` })),
    [palette],
  );
  const hits = search(query, items).map((item) => item.entry);
  const searching = query.trim() !== "";
  const groups = searching ? [] : [...new Set(palette.map((entry) => entry.group))];

  const { blocks } = useBlocks();
  const blockHits = searching ? search(query, blocks.map((block) => ({ block, label: block.name }))) : [];
  const { favourites, recent } = useUsage();
  const [shownRecent, showRecent] = useState(recent);
  const frame = useRef<HTMLElement>(null);
  useEffect(() => {
    // A row that comes in above what is being clicked would move it away: it comes when the pointer is elsewhere.
    if (!frame.current?.matches(":hover")) showRecent(recent);
  }, [recent]);
  const entriesOf = (layers: readonly string[]) =>
    layers.flatMap((layer) => palette.find((entry) => entry.layer === layer) ?? []);
  const shelves = [
    { name: "Favourites", layers: entriesOf(favourites) },
    { name: "Recent", layers: entriesOf(shownRecent) },
  ];

  const walk = (event: KeyboardEvent) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const stops = [...(list.current?.parentElement?.querySelectorAll<HTMLElement>("input, .palette-list button:not(.star)") ?? [])];
    const at = stops.indexOf(event.target as HTMLElement);
    stops[at + (event.key === "ArrowDown" ? 1 : -1)]?.focus();
    event.preventDefault();
  };

  if (!open) {
    return (
      <div className="palette-closed">
        <button type="button" className="tool" aria-label="Show the layers" title="Show the layers" onClick={onToggle}>
          <PanelIcon />
        </button>
      </div>
    );
  }

  return (
    <section
      className="palette" aria-label="Layers" data-testid="palette" ref={frame}
      onKeyDown={walk} onPointerLeave={() => showRecent(recent)}
    >
      <div className="palette-head">
        <div className="palette-search">
          <SearchIcon />
          <input
            type="search"
            aria-label="Search layers"
            placeholder="Search layers"
            spellCheck={false}
            value={query}
            onChange={(event) => setQuery(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === "Enter" && searching) {
                if (blockHits[0]) addBlock(blockHits[0].block.name);
                else if (hits[0]) addLayer(hits[0].layer);
              }
              if (event.key === "Escape") setQuery("");
            }}
          />
        </div>
        <button type="button" className="tool" aria-label="Hide the layers" title="Hide the layers" onClick={onToggle}>
          <PanelIcon />
        </button>
      </div>
      <div className="palette-list" ref={list}>
        {blockHits.map(({ block }) => <BlockEntry block={block} key={`block ${block.name}`} />)}
        {searching && hits.map((entry) => <Entry entry={entry} key={entry.layer} />)}
        {searching && hits.length + blockHits.length === 0 && <p className="palette-nothing">No layer or block is called like that.</p>}
        {groups.length > 0 && <Blocks open={!closed.has(MINE)} onToggle={() => setClosed(toggled(closed, MINE))} />}
        {groups.length > 0 &&
          shelves.map(
            ({ name, layers }) =>
              layers.length > 0 && (
                <Group key={name} name={name} entries={layers} again open={!closed.has(name)} onToggle={() => setClosed(toggled(closed, name))} />
              ),
          )}
        {groups.map((group) => (
          <Group
            key={group}
            name={group}
            entries={palette.filter((entry) => entry.group === group)}
            open={!closed.has(group)}
            onToggle={() => setClosed(toggled(closed, group))}
          />
        ))}
      </div>
    </section>
  );
}

function toggled(set: ReadonlySet<string>, item: string): ReadonlySet<string> {
  const next = new Set(set);
  if (!next.delete(item)) next.add(item);
  return next;
}

interface GroupProps {
  name: string;
  entries: readonly PaletteEntry[];
  /** Whether these layers stand in groups of their own besides. */
  again?: boolean;
  open: boolean;
  onToggle: () => void;
}

function Group({ name, entries, again, open, onToggle }: GroupProps) {
  return (
    <div className="palette-group">
      <GroupHead name={name} count={entries.length} open={open} onToggle={onToggle} />
      {open && entries.map((entry) => <Entry entry={entry} again={again} key={entry.layer} />)}
    </div>
  );
}

function Entry({ entry, again }: { entry: PaletteEntry; again?: boolean }) {
  const { addLayer, hueOf } = useEditor();
  const { favourites, toggle } = useUsage();
  const liked = favourites.includes(entry.layer);
  return (
    <div className="entry-row">
      <DraggedEntry
        label={entry.label} title={entry.summary} mark={<span className="dot" aria-hidden="true" />}
        style={{ "--hue": hueOf(entry.layer) } as React.CSSProperties}
        dragged={[LAYER_TYPE, entry.layer]} named={again ? {} : { "data-layer": entry.layer }}
        onAdd={() => addLayer(entry.layer)}
      />
      <button
        type="button" className="star" aria-pressed={liked} aria-label={`Favourite: ${entry.label}`}
        title={liked ? "Take from the favourites" : "Add to the favourites"} onClick={() => toggle(entry.layer)}
      >
        <StarIcon />
      </button>
    </div>
  );
}
