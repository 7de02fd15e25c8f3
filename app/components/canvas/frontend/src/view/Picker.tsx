import { type KeyboardEvent, useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import type { Point } from "../graph/placement";
import { hitsOf } from "../graph/search";
import { SearchIcon } from "./icons";
import { placeInPane } from "./placing";
import { useOutside } from "./useOutside";

export interface Item {
  id: string;
  label: string;
  /** Small text at the right. */
  aside?: string;
  words?: string;
  /** What else is known of it; what the search finds there is shown. */
  facts?: readonly string[];
  hue?: number;
}

/** As the style sheet says, in pixels. */
const TALLEST = 340;

interface Props {
  title: string;
  placeholder: string;
  items: readonly Item[];
  at: Point;
  nothing: string;
  onPick: (id: string) => void;
  onClose: () => void;
  testId: string;
}

/** A searchable list at a place of the canvas. Arrow keys choose, Enter takes, Escape closes. */
export function Picker({ title, placeholder, items, at, nothing, onPick, onClose, testId }: Props) {
  const [query, setQuery] = useState("");
  const [active, setActive] = useState(0);
  const box = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const id = useId();
  const hits = hitsOf(query, items);
  const current = hits[Math.min(active, hits.length - 1)]?.item;

  useLayoutEffect(() => {
    // There is room for the whole list below, whatever the search leaves of it: it does not jump while one types.
    placeInPane(box.current, at, TALLEST);
  }, [at]);

  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }, [current?.id]);

  useOutside(box, onClose);

  const onKeyDown = (event: KeyboardEvent) => {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };
    const step = steps[event.key];
    if (step !== undefined) setActive(Math.max(0, Math.min(hits.length - 1, active + step)));
    else if (event.key === "Enter" && current) onPick(current.id);
    else if (event.key === "Escape" || event.key === "Tab") onClose();
    else return;
    event.preventDefault();
  };

  return (
    <div className="picker" role="dialog" aria-label={title} tabIndex={-1} ref={box} data-testid={testId}>
      <div className="picker-search">
        <SearchIcon />
        <input
          role="combobox"
          aria-expanded="true"
          aria-controls={id}
          aria-activedescendant={current && `${id}-${current.id}`}
          aria-label={title}
          autoFocus
          spellCheck={false}
          placeholder={placeholder}
          value={query}
          onChange={(event) => {
            setQuery(event.target.value);
            setActive(0);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <ul className="picker-list" role="listbox" id={id} aria-label={title} ref={list}>
        {hits.map(({ item, fact }, index) => (
          <li
            key={item.id}
            id={`${id}-${item.id}`}
            role="option"
            aria-selected={item === current}
            data-choice={item.id}
            style={{ "--hue": item.hue } as React.CSSProperties}
            onPointerMove={() => setActive(index)}
            onClick={() => onPick(item.id)}
          >
            {item.hue !== undefined && <span className="dot" aria-hidden="true" />}
            <span className="picker-label">{item.label}</span>
            {fact && <span className="picker-fact">{fact}</span>}
            {item.aside && <span className="picker-aside">{item.aside}</span>}
          </li>
        ))}
      </ul>
      {hits.length === 0 && <p className="picker-nothing">{nothing}</p>}
    </div>
  );
}
