import type { ReactNode } from "react";

function icon(shape: ReactNode) {
  return function Icon() {
    return (
      <svg className="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
        {shape}
      </svg>
    );
  };
}

export const SearchIcon = icon(<path d="M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10Zm3.6-1.4L14 14" />);
export const PlusIcon = icon(<path d="M8 3v10M3 8h10" />);
export const MinusIcon = icon(<path d="M3 8h10" />);
export const FitIcon = icon(<path d="M2.5 6V3.5a1 1 0 0 1 1-1H6m4 0h2.5a1 1 0 0 1 1 1V6m0 4v2.5a1 1 0 0 1-1 1H10m-4 0H3.5a1 1 0 0 1-1-1V10" />);
export const UndoIcon = icon(<path d="M5.5 2.5 2.5 5.5l3 3M3 5.5h6.5a4 4 0 0 1 0 8H6" />);
export const RedoIcon = icon(<path d="m10.5 2.5 3 3-3 3M13 5.5H6.500a4 4 0 0 0 0 8H10" />);
export const TidyIcon = icon(<path d="M2.5 3h4v3h-4zM9.5 3h4v3h-4zM9.5 10h4v3h-4zM6.5 4.500h3M4.5 6v5.500h5" />);
export const HelpIcon = icon(<path d="M5.8 6a2.3 2.3 0 1 1 3.3 2.100c-.7.35-1.1.8-1.1 1.600M8 12.300v.1" />);
export const PanelIcon = icon(<path d="M2.5 3.500h11v9h-11zM6 3.500v9" />);
export const ChevronIcon = icon(<path d="m6 4 4 4-4 4" />);
export const AlertIcon = icon(<path d="M8 4.500v4M8 11.300v.1" />);
export const CloseIcon = icon(<path d="m4 4 8 8M12 4l-8 8" />);
export const StarIcon = icon(<path d="m8 2.2 1.8 3.7 4 .6-2.9 2.8.7 4L8 11.400l-3.6 1.9.7-4-2.9-2.8 4-.6Z" />);
export const GridIcon = icon(<path d="M2.5 6h11M2.5 10h11M6 2.500v11M10 2.500v11" />);
export const NoteIcon = icon(<path d="M2.5 2.500h11v7l-4 4h-7zM13.5 9.500h-4v4" />);
export const CommandIcon = icon(<path d="m3 4.5 3 3-3 3M8 11.500h5" />);
export const AlignLeftIcon = icon(<path d="M2.5 2v12M5 4h8v2.500H5zM5 9.500h5V12H5z" />);
export const AlignCenterIcon = icon(<path d="M8 2v12M3.5 4h9v2.500h-9zM5.5 9.500h5V12h-5z" />);
export const AlignRightIcon = icon(<path d="M13.5 2v12M3 4h8v2.500H3zM6 9.500h5V12H6z" />);
export const AlignTopIcon = icon(<path d="M2 2.500h12M4 5v8h2.500V5zM9.5 5v5H12V5z" />);
export const AlignMiddleIcon = icon(<path d="M2 8h12M4 3.500v9h2.500v-9zM9.5 5.500v5H12v-5z" />);
export const AlignBottomIcon = icon(<path d="M2 13.500h12M4 3v8h2.500V3zM9.5 6v5H12V6z" />);
export const SpreadAcrossIcon = icon(<path d="M2.5 2.500v11M13.5 2.500v11M6.5 4.500h3v7h-3z" />);
export const SpreadDownIcon = icon(<path d="M2.5 2.500h11M2.5 13.500h11M4.5 6.500v3h7v-3z" />);
export const BlockIcon = icon(<path d="M2.5 2.5h5v5h-5zM8.5 8.5h5v5h-5zM7.5 5h3.500v3.500" />);
