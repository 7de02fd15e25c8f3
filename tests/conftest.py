"""Settings shared by all tests: the real Keras, our oracle, runs on torch; and one browser for all."""

import gc
import os
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

os.environ.setdefault("KERAS_BACKEND", "torch")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import pytest
import torch

from runtime.naming import names_of_their_own
from runtime.seeds import set_random_seed
from runtime.switches import disable_traceback_filtering

if TYPE_CHECKING:
    from playwright.sync_api import Browser

torch.set_num_threads(1)
disable_traceback_filtering()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keeps all tests that drive a browser in one process: two browsers at once would slow each other."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("browser"))


def pytest_collection_finish() -> None:
    """Spares the collector of garbage what stays for good: Keras calls it for each new session."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Gives each file to one process, so that what its tests share is made once; groups stay whole, too."""
    from xdist.scheduler import LoadGroupScheduling

    class FilesAndGroups(LoadGroupScheduling):
        def _split_scope(self, nodeid: str) -> str:
            group = super()._split_scope(nodeid)
            return nodeid.partition("::")[0] if group == nodeid else group

    return FilesAndGroups(config, log) if config.getvalue("dist") == "loadgroup" else None


@pytest.fixture(autouse=True)
def _program_of_its_own(request: pytest.FixtureRequest) -> Iterator[None]:
    """Names and chance begin anew in each test, the same in every run, whatever the process did before.

    The order is another one in every run (pytest-randomly), so that ties between tests show.
    """
    set_random_seed(zlib.crc32(request.node.nodeid.partition("@")[0].encode()))
    with names_of_their_own():
        yield


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """The one browser: Playwright allows no second beside it in a process."""
    from tests.browser import chromium

    with chromium() as browser:
        yield browser
