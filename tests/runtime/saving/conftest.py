"""Fixtures for files made to do harm."""

import resource
import time
from collections.abc import Generator
from pathlib import Path

import pytest


@pytest.fixture
def tripwire(tmp_path: Path) -> Generator[Path]:
    """A file that code in a model would make; it must not be there in the end."""
    marker = tmp_path / "executed"
    yield marker
    assert not marker.exists()


@pytest.fixture
def is_quick_and_modest() -> Generator[None]:
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300 * 1024
    assert time.perf_counter() - began < 10
