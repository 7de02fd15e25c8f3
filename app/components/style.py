"""How the pages look beyond what Streamlit offers: one bar above all of them, and little empty space."""

import streamlit as st

from app.components.theme import theme

BAR = "project_bar"
SNACKBAR = "snackbar"
PANEL = "panel"
SCROLLING = "scrolling"
CHARTS = "charts"
NUMBERS = "numbers"
THUMBNAIL = "thumbnail"
CARD_FOOT = "card_foot"
GALLERY = "gallery"
"""Keys of the containers that have rules of their own."""

HEADER_HEIGHT = "3rem"
PAGE_HEIGHT = f"calc(100dvh - {HEADER_HEIGHT} - 1.1rem)"
"""What a page has for itself without being scrolled."""

_RULES = f"""
.stAppHeader {{ height: {HEADER_HEIGHT}; min-height: {HEADER_HEIGHT}; }}
.stAppHeader .stAppToolbar {{ height: {HEADER_HEIGHT}; min-height: 0; padding: 0 .5rem; }}
[data-testid=stStatusWidget] {{ display: none; }}
.stMainBlockContainer {{ padding: calc({HEADER_HEIGHT} + .25rem) 1.25rem .75rem; }}
.stMainBlockContainer > .stVerticalBlock {{ gap: .6rem; }}

.st-key-{BAR} {{
  position: fixed; top: 0; right: .9rem; z-index: 999991; height: {HEADER_HEIGHT};
  width: auto; max-width: calc(100vw - 29rem); flex-wrap: nowrap; gap: .75rem;
}}
.st-key-{BAR} .stMarkdown p {{ white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }}
.st-key-{BAR} > :first-child {{ min-width: 0; flex-shrink: 1; }}
.st-key-{BAR} button {{ min-height: 2rem; padding-block: 0; white-space: nowrap; }}

.st-key-{SNACKBAR} {{
  position: fixed; left: 50%; bottom: 1.25rem; transform: translateX(-50%); z-index: 999991;
  width: auto; max-width: 90vw; padding: .5rem .75rem .5rem 1rem; border-radius: .6rem;
  background: var(--st-background-color, Canvas); border: 1px solid rgb(128 128 128 / 35%);
  box-shadow: 0 8px 30px rgb(0 0 0 / 25%);
}}

.st-key-{PANEL}, .st-key-{SCROLLING} {{
  height: {PAGE_HEIGHT}; overflow-y: auto; overflow-x: hidden; padding: 0 .4rem .5rem .1rem;
  scrollbar-width: thin; flex-wrap: nowrap; overscroll-behavior: contain;
}}
.st-key-{PANEL} > *, .st-key-{SCROLLING} > * {{ flex-shrink: 0; }}
[data-testid=stHorizontalBlock]:has(> [data-testid=stColumn] .st-key-{PANEL}) {{ flex-wrap: nowrap; }}
[data-testid=stColumn]:has(+ [data-testid=stColumn] .st-key-{PANEL}) {{ flex: 1 1 0; min-width: 0; }}
[data-testid=stColumn]:has(.st-key-{PANEL}) {{ flex: 0 0 clamp(16.5rem, 21vw, 21rem); min-width: 0; }}
[data-testid=stColumn]:has(.st-key-{SCROLLING}) {{
  position: sticky; top: calc({HEADER_HEIGHT} + .25rem); align-self: flex-start;
}}
.st-key-{CHARTS} [data-testid=stColumn] {{ min-width: 22rem; }}
.st-key-{GALLERY} [data-testid=stColumn] {{ min-width: 13rem; }}
[class*=st-key-{THUMBNAIL}_] {{
  height: 8.5rem; justify-content: center; align-items: center; overflow: hidden;
}}
[class*=st-key-{THUMBNAIL}_] img {{ height: 8.5rem; width: 100%; object-fit: contain; border-radius: .4rem; }}
[class*=st-key-{THUMBNAIL}_] [data-testid=stElementToolbar] {{ display: none; }}
[class*=st-key-{CARD_FOOT}_] {{ flex-wrap: nowrap; }}
[class*=st-key-{CARD_FOOT}_] > :first-child {{ flex: 1; min-width: 0; }}
[class*=st-key-{CARD_FOOT}_] p, [class*=st-key-show_] p {{
  white-space: nowrap; overflow: hidden; text-overflow: ellipsis;
}}
[class*=st-key-project_card_] button[kind=tertiary] {{ min-height: 1.6rem; padding: 0; }}
[data-testid=stPopoverBody] {{ min-width: 27rem; }}
.st-key-{PANEL} .stMarkdown p, .st-key-{PANEL} [data-testid^=stAlertContent] p,
[class*=st-key-reason_] .stMarkdown p {{ font-size: .9rem; line-height: 1.45; }}
[class*=st-key-reason_] button, [class*=st-key-problem] button {{ min-height: 1.6rem; padding-block: 0; }}
.st-key-{PANEL} [data-testid=stCaptionContainer] code {{
  color: var(--st-text-color, CanvasText); background: none; padding: 0;
}}
.st-key-{PANEL} h3 {{ padding: 0; font-size: 1.2rem; }}
.st-key-{PANEL} [data-testid=stAlertContainer] {{ padding: .6rem .75rem; }}
.st-key-{PANEL} [data-testid=stExpander] summary {{ padding: .35rem .6rem; }}

[class*=st-key-default_] [data-testid=stWidgetLabel] p {{ opacity: .75; }}
[class*=st-key-changed_] [data-testid=stWidgetLabel] p {{ font-weight: 600; }}
[class*=st-key-field_] {{ gap: .1rem; }}
[class*=st-key-icon_] button {{ min-width: 1.5rem; min-height: 1.5rem; padding: 0; }}
[class*=st-key-icon_] button [data-testid=stMarkdownContainer] {{
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
}}

[class*=_template_] button, [class*=_template_] button > div,
[class*=st-key-look_] button, [class*=st-key-look_] button > div,
[class*=st-key-open_] button, [class*=st-key-open_] button > div,
[class*=st-key-show_] button, [class*=st-key-show_] button > div {{
  justify-content: flex-start; text-align: left;
}}
[data-testid=stCaptionContainer] {{ color: inherit; opacity: 1; }}
[data-testid=stCaptionContainer] > * {{ opacity: .8; }}
[data-testid=stMetricValue] {{ font-size: 1.45rem; }}
.st-key-{NUMBERS} {{ column-gap: 1.75rem; row-gap: .5rem; }}
.st-key-{NUMBERS} [data-testid=stMetric] {{ min-width: 6.5rem; }}
.st-key-{NUMBERS} [data-testid=stMetricLabel] * {{ white-space: nowrap; overflow: visible; }}
"""

_CODE = """
[data-testid=stCode] .token.keyword, [data-testid=stCode] .token.boolean { color: %s; }
[data-testid=stCode] .token.string, [data-testid=stCode] .token.triple-quoted-string { color: %s; }
[data-testid=stCode] .token.comment, [data-testid=stCode] .linenumber { color: %s !important; }
[data-testid=stCode] .token.number, [data-testid=stCode] .token.builtin { color: %s; }
"""
_CONTRAST = {
    "light": _CODE % ("#0b5cad", "#11702b", "#5c6070", "#9a4a00"),
    "dark": _CODE % ("#6fb3f5", "#6fd08c", "#a3a7b5", "#f0a35e")
    + """
button[kind=primary]:not(:disabled) *, button[kind=primaryFormSubmit]:not(:disabled) *,
[data-testid=stMultiSelect] span[title], [data-testid=stMultiSelect] span[title] + * { color: #10141f; }
button[kind=primary]:not(:disabled):is(:hover, :active, :focus),
button[kind=primaryFormSubmit]:not(:disabled):is(:hover, :active, :focus) { background-color: #9db4ff; }
""",
}
"""What Streamlit's own colours lack of the contrast that WCAG AA asks for, by theme."""


def apply_style() -> None:
    """Puts the rules into the page."""
    st.html(f"<style>{_RULES}{_CONTRAST[theme()]}</style>")
