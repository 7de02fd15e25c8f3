"""Removes deleted runs for good, once nobody will want them back."""

import shutil
import time

from app.services.run_store import RunStore
from app.services.settings import Settings

KEPT_SECONDS = 7 * 86_400.0
"""So long a deleted run can be brought back."""


def remove_forgotten(runs: RunStore, settings: Settings, now: float | None = None) -> None:
    """Removes runs that were deleted more than a week ago, with all they reported and their files.

    Args:
        runs: The runs.
        settings: Where their folders are.
        now: Seconds since 1970; the present when None.
    """
    limit = (time.time() if now is None else now) - KEPT_SECONDS
    for run_id in runs.remove_deleted(limit):
        shutil.rmtree(settings.run_dir(run_id), ignore_errors=True)
