"""Lets libraries do the same work in turns, each in a process of its own."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any

ROOT = Path(__file__).parents[3]
_TIMED_IMPORT = "import torch, time; s = time.process_time(); import {}; print(time.process_time() - s)"
ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
}


@dataclass(frozen=True)
class Library:
    """Somebody who takes part.

    Args:
        label: Name in the table.
        name: Name the process knows it by.
        backend: Keras's backend.
        python: The interpreter that has it.
    """

    label: str
    name: str
    backend: str = "torch"
    python: str = sys.executable

    @property
    def environment(self) -> dict[str, str]:
        """Variables of its processes."""
        return os.environ | ONE_THREAD | {"KERAS_BACKEND": self.backend, "TF_CPP_MIN_LOG_LEVEL": "3"}

    def is_installed(self) -> bool:
        """True if its interpreter can load it."""
        needs = {"torch": "torch", "jax": "jax, keras"}[self.backend]
        return self.output(f"import {needs}; print(1)").strip() == "1"

    def output(self, program: str, **variables: str) -> str:
        """What a short program prints in a fresh process."""
        done = subprocess.run(
            [self.python, "-c", program],
            cwd=ROOT,
            env=self.environment | variables,
            check=False,
            capture_output=True,
            text=True,
        )
        return done.stdout


class Contestant:
    """The process of a library."""

    def __init__(self, library: Library) -> None:
        command = [library.python, "-m", "tests.benchmarks.speed.contestant", library.name]
        self.label = library.label
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=library.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def ask(self, order: str, argument: str | None = None) -> float:
        """Gives an order and waits for the answer."""
        process: Any = self._process
        process.stdin.write(json.dumps([order, argument]) + "\n")
        process.stdin.flush()
        answer = process.stdout.readline()
        if not answer:
            raise RuntimeError(f"{self.label} ended at {order} {argument}.")
        return float(json.loads(answer))

    def end(self) -> None:
        """Ends the process."""
        process: Any = self._process
        process.stdin.close()
        process.stdout.close()
        process.wait()


@contextmanager
def contestants(libraries: Iterable[Library]) -> Generator[list[Contestant]]:
    """Processes of libraries, ended afterwards."""
    started = [Contestant(library) for library in libraries]
    try:
        yield started
    finally:
        for one in started:
            one.end()


def cpu_seconds(contestants: list[Contestant], workload: str, rounds: int) -> dict[str, list[float]]:
    """CPU seconds of each, round by round; the first round warms up and does not count."""
    for one in contestants:
        one.ask("prepare", workload)
        one.ask("run")
    seconds: dict[str, list[float]] = {one.label: [] for one in contestants}
    for _ in range(rounds):
        for one in contestants:
            seconds[one.label].append(one.ask("run"))
    return seconds


def peak_bytes(library: Library, workload: str) -> float:
    """Most memory a fresh process has while it does a workload."""
    with contestants([library]) as (one,):
        one.ask("prepare", workload)
        one.ask("run")
        return one.ask("memory")


def import_seconds(library: Library, modules: list[str], rounds: int) -> dict[str, list[float]]:
    """CPU seconds that loading each module takes in fresh processes that have torch already, in turns."""
    seconds: dict[str, list[float]] = {module: [] for module in modules}
    with tempfile.TemporaryDirectory() as folder:
        # As in an installed package, modules are compiled once: in a first round that does not count.
        kept = {"PYTHONPYCACHEPREFIX": folder, "PYTHONDONTWRITEBYTECODE": ""}
        for number in range(rounds + 1):
            for module, found in seconds.items():
                output = library.output(_TIMED_IMPORT.format(module), **kept)
                if number:
                    found.append(float(output.splitlines()[-1]))
    return seconds


@dataclass(frozen=True)
class Ratio:
    """How many times as fast one is as another.

    Args:
        middle: Median of the rounds.
        low: Their first quartile.
        high: Their third quartile.
    """

    middle: float
    low: float
    high: float

    @staticmethod
    def of(seconds: list[float], other: list[float]) -> "Ratio":
        """The ratio of times measured in turns, round by round."""
        ratios = [theirs / ours for ours, theirs in zip(seconds, other, strict=True)]
        low, _, high = quantiles(ratios, n=4) if len(ratios) > 1 else ratios * 3
        return Ratio(median(ratios), low, high)

    def __str__(self) -> str:
        return f"{self.middle:.2f} ({self.low:.2f}–{self.high:.2f})"
