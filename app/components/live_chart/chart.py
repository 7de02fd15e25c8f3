"""A chart that grows in place."""

from pathlib import Path

import plotly
import plotly.graph_objects as go
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

from app.components.scripted import scripted

_LIBRARY = "layerloom.plotly"
_SCRIPT = Path(__file__).with_name("chart.js")


def live_chart(figure: go.Figure, key: str, label: str) -> None:
    """Draws a figure; drawn again under the same key it grows, and keeps its zoom and its hidden lines.

    `st.plotly_chart` draws each new figure anew, so that a zoom lasts until the next point.

    Args:
        figure: The figure; its `uirevision` says how long zoom and hidden lines are kept.
        key: Names the chart.
        label: What it shows, for screen readers.
    """
    # The page's colours are put in by the browser, which knows them.
    figure.update_layout(template="none")
    _serve_library()
    scripted("layerloom_live_chart", _SCRIPT, isolated=False)(
        key=key, data={"figure": figure.to_json(), "label": label}
    )


def _serve_library() -> None:
    """Lets the browser have the script that is part of the plotly package: nothing comes from elsewhere."""
    manager = get_bidi_component_manager()
    if manager.get_component_asset_root(_LIBRARY) is not None:
        return
    project, name = _LIBRARY.split(".")
    manifest = ComponentManifest(
        name=project,
        version=plotly.__version__,
        components=[ComponentConfig(name=name, asset_dir="package_data")],
    )
    manager.register_from_manifest(manifest, Path(plotly.__file__).parent)
