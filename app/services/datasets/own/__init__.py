"""Own data sets: files that users bring in, and the versions that are prepared of them."""

from app.services.datasets.own.home import is_own_name
from app.services.datasets.own.importing import FORMS, ImportSpec
from app.services.datasets.own.preparing import PrepareSpec
from app.services.datasets.own.recipe import Recipe, name_of, suggested
from app.services.datasets.own.source import Source, read_source, sources
from app.services.datasets.own.version import Caution, Version, load_version, read_version, versions

__all__ = [
    "FORMS",
    "Caution",
    "ImportSpec",
    "PrepareSpec",
    "Recipe",
    "Source",
    "Version",
    "is_own_name",
    "load_version",
    "name_of",
    "read_source",
    "read_version",
    "sources",
    "suggested",
    "versions",
]
