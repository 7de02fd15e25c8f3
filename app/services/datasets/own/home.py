"""Where own data sets are kept, and what they are called."""

import re
from pathlib import Path

from app.services.settings import current_data_dir

_NAME = re.compile(r"own-[a-z0-9]+(-[a-z0-9]+)*-[0-9a-f]{12}")


def datasets_dir() -> Path:
    """The folder of all own data sets; it may not exist yet."""
    return current_data_dir() / "datasets"


def sources_dir() -> Path:
    """Holds one folder for each file that was brought in."""
    return datasets_dir() / "sources"


def prepared_dir() -> Path:
    """Holds one folder for each prepared version."""
    return datasets_dir() / "prepared"


def deleted_dir() -> Path:
    """Holds what was deleted, until it is brought back or swept away."""
    return datasets_dir() / "deleted"


def is_own_name(name: str) -> bool:
    """Whether a name is one that prepared versions have; it then names a folder and nothing else."""
    return _NAME.fullmatch(name) is not None


def slug(title: str) -> str:
    """A title as part of a name: "Häuser 2024.csv" becomes "h-user-2024-csv"."""
    words = re.findall(r"[a-z0-9]+", title.lower())
    return "-".join(words)[:32].strip("-") or "data"
