"""The list of data sets: by what their samples are, found by task or by word."""

import streamlit as st

from app.components.faults import guarded
from app.components.words import plain
from app.services.datasets import DatasetInfo, catalogue, own_cards
from app.services.datasets.own import Source, sources, versions

GROUPS = {
    "images": ("Pictures", ":material/image:"),
    "table": ("Tables", ":material/table_rows:"),
    "points": ("Points in a plane", ":material/scatter_plot:"),
    "series": ("Series in time", ":material/show_chart:"),
    "text": ("Texts", ":material/text_fields:"),
}
ALL = "All"
LOOKED_AT = "looked_at"
FIRST_LOOK = "mnist"
"""What is shown before one has chosen."""

_TURNED, _SCROLLED = "data_turned", "data_scrolled"
ADDING = "add"
"""What is looked at while a file is brought in."""


def choose_dataset(bound: str | None) -> str:
    """Draws the list, and gives back the name of the data set that is looked at.

    Args:
        bound: The one the design is made for, which is marked.
    """
    own, cards = own_cards(), catalogue()
    raw = _unprepared()
    names = {card.name for card in (*own, *cards)} | {source.id for source in sources()} | {ADDING}
    tasks = [ALL, *dict.fromkeys(card.answer.task for card in (*own, *cards))]
    words = st.text_input(
        "Search", placeholder="Search data sets", icon=":material/search:", label_visibility="collapsed"
    )
    task = st.pills("Task", tasks, default=ALL, label_visibility="collapsed") or ALL
    looked_at = st.session_state.get(LOOKED_AT)
    if looked_at not in names:
        looked_at = bound if bound in names else FIRST_LOOK
    found = [card for card in cards if task in (ALL, card.answer.task) and _matches(card, words)]
    mine = [card for card in own if task in (ALL, card.answer.task) and _matches(card, words)]
    raw = [source for source in raw if task == ALL and words.lower() in source.title.lower()]
    _own(mine, raw, bound, looked_at, is_empty=not own)
    if not found and not mine and not raw:
        st.caption("No data set is like that.")
    for group, (title, icon) in GROUPS.items():
        members = [card for card in found if group_of(card) == group]
        if members:
            st.caption(f"{icon} {title}")
        for card in members:
            _entry(card, bound=card.name == bound, looked_at=card.name == looked_at)
    return looked_at


def look_at(name: str) -> None:
    """Has the page show a data set, a file that was brought in, or how to bring one in, from its top."""
    if st.session_state.get(LOOKED_AT) != name:
        go_to_top()
    st.session_state[LOOKED_AT] = name


def go_to_top() -> None:
    """Has the page show its top, where work that goes on and what became of it stand."""
    st.session_state[_TURNED] = st.session_state.get(_TURNED, 0) + 1


def show_from_top() -> None:
    """Begins at the top where something else is looked at: its button may have stood far down."""
    turned = st.session_state.get(_TURNED, 0)
    if turned != st.session_state.get(_SCROLLED, 0):
        st.session_state[_SCROLLED] = turned
        script = f"document.querySelector('[data-testid=stMain]')?.scrollTo(0, 0); /* {turned} */"
        st.html(f"<script>{script}</script>", unsafe_allow_javascript=True)


def _unprepared() -> list[Source]:
    """Files that were brought in and not prepared yet."""
    used = {version.source for version in versions()}
    return [source for source in sources() if source.id not in used]


def _own(
    cards: list[DatasetInfo], raw: list[Source], bound: str | None, looked_at: str, *, is_empty: bool
) -> None:
    """The user's own data, first of all."""
    st.caption(":material/person: Your data")
    for source in raw:
        st.button(
            f"{plain(source.title)} · :small[not prepared yet]",
            key=f"look_{source.id}",
            icon=":material/pending:",
            type="primary" if source.id == looked_at else "secondary",
            width="stretch",
            on_click=guarded(look_at),
            args=(source.id,),
        )
    for card in cards:
        _entry(card, bound=card.name == bound, looked_at=card.name == looked_at)
    st.button(
        "Add your own data" if is_empty and not raw else "Add data",
        key="add_data",
        icon=":material/add:",
        type="primary" if looked_at == ADDING else "secondary",
        width="stretch",
        on_click=guarded(look_at),
        args=(ADDING,),
    )


def group_of(card: DatasetInfo) -> str:
    """Under which heading a data set stands."""
    is_plane = card.preview == "table" and card.input_shape == (2,) and bool(card.answer.class_names)
    return "points" if is_plane else card.preview


def _matches(card: DatasetInfo, words: str) -> bool:
    text = f"{card.title} {card.description} {card.answer.task}".lower()
    return all(word in text for word in words.lower().split())


def _entry(card: DatasetInfo, *, bound: bool, looked_at: bool) -> None:
    st.button(
        f"{plain(card.title)} · :small[{card.rows:,} samples]",
        key=f"look_{card.name}",
        icon=":material/check_circle:" if bound else None,
        type="primary" if looked_at else "secondary",
        width="stretch",
        on_click=guarded(look_at),
        args=(card.name,),
        help="This design uses it." if bound else None,
    )
