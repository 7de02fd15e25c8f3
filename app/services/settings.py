"""Where Layerloom keeps what its users make, and where it finds what it brings along."""

import os
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_data_path

from runtime.errors import LayerloomError

DATA_DIR_VARIABLE = "LAYERLOOM_DATA_DIR"

ASSETS = Path(__file__).resolve().parents[2] / "assets"
"""Sample data and templates: beside the packages, both in a checkout and when installed."""

_data_dir: list[Path] = []


def work_in(data_dir: Path) -> None:
    """Tells this process which data directory it works on; a worker knows it by the place of its own folder.

    Args:
        data_dir: The data directory, absolute.
    """
    _data_dir[:] = [data_dir]


def current_data_dir() -> Path:
    """The data directory this process was told to work on, else the one it would choose by itself."""
    return _data_dir[0] if _data_dir else _chosen(None)


def _chosen(data_dir: str | os.PathLike[str] | None) -> Path:
    chosen = data_dir or os.environ.get(DATA_DIR_VARIABLE) or user_data_path("layerloom", appauthor=False)
    return Path(chosen).expanduser().absolute()


@dataclass(frozen=True)
class Settings:
    """The folders of one installation; everything a user makes is under `data_dir`.

    Args:
        data_dir: The data directory, absolute.
    """

    data_dir: Path

    @property
    def database(self) -> Path:
        """The SQLite file with projects, runs and their events."""
        return self.data_dir / "layerloom.db"

    @property
    def runs_dir(self) -> Path:
        """Holds one folder for each training run: checkpoint, results, predictions."""
        return self.data_dir / "runs"

    @property
    def presence_dir(self) -> Path:
        """Holds one locked file for each designer that is running on this data directory."""
        return self.data_dir / "presence"

    def run_dir(self, run_id: str) -> Path:
        """The folder of one training run."""
        return self.runs_dir / run_id


def resolve_settings(data_dir: str | os.PathLike[str] | None = None) -> Settings:
    """Finds the data directory and makes sure that it can be used.

    Args:
        data_dir: A folder; else the variable LAYERLOOM_DATA_DIR, else the platform's own place for user data.

    Returns:
        Settings whose folders exist.

    Raises:
        LayerloomError: The folder cannot be made or written.
    """
    settings = Settings(_chosen(data_dir))
    try:
        # Designs and data are the user's own: on a shared machine nobody else reads them.
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        settings.runs_dir.mkdir(exist_ok=True)
        settings.presence_dir.mkdir(exist_ok=True)
    except OSError as error:
        raise LayerloomError(
            f"The data directory {settings.data_dir} cannot be made: {error.strerror or error}.",
            hint="Choose another with --data-dir.",
        ) from error
    if not os.access(settings.data_dir, os.W_OK | os.X_OK):
        raise LayerloomError(
            f"The data directory {settings.data_dir} cannot be written.",
            hint="Choose another with --data-dir.",
        )
    return settings
