"""How much memory this process has."""

import os
import sys
from contextlib import suppress
from pathlib import Path

try:
    import resource
except ImportError:
    # Not on Windows.
    resource = None

_STATUS = Path("/proc/self/statm")


def used_memory() -> int | None:
    """Bytes of memory that this process holds now; its highest so far where only that is told, else None."""
    with suppress(OSError, ValueError):
        return int(_STATUS.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    if resource is None:
        return None
    highest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # In bytes on macOS, in kilobytes elsewhere.
    return highest if sys.platform == "darwin" else highest * 1024
