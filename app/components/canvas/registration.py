"""Telling Streamlit where the canvas's frontend lies."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from streamlit.components.v2 import component
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

_PACKAGE = Path(__file__).parent
_NAME = "layerloom.canvas"


def mount(**arguments: Any) -> Any:
    """Draw the component; registers it first, which is only possible while Streamlit runs."""
    _declare()
    return _renderer()(**arguments)


def _declare() -> None:
    """Give Streamlit the manifest when it has not found it by itself.

    Streamlit looks for manifests in the file lists of installed distributions. An editable install lists no
    files, and the distribution's name is no importable package that Streamlit could look into instead.
    """
    manager = get_bidi_component_manager()
    if manager.get_component_asset_root(_NAME) is not None:
        return
    described = tomllib.loads((_PACKAGE / "pyproject.toml").read_text(encoding="utf-8"))
    parts = described["tool"]["streamlit"]["component"]["components"]
    manifest = ComponentManifest(
        name=described["project"]["name"],
        version=described["project"]["version"],
        components=[ComponentConfig.from_dict(part) for part in parts],
    )
    manager.register_from_manifest(manifest, _PACKAGE)


@cache
def _renderer() -> Any:
    """The bundle's name holds a hash of its content, so that no browser keeps an old one."""
    return component(_NAME, js="canvas-*.js")
