"""Prints how fast the runtime is beside a torch loop written by hand, Keras on torch, and Keras on JAX.

    python -m tests.benchmarks.speed [part of a line's name …] [--rounds N] [--jax PYTHON]

All do the same work in turns, each in a process of its own with one thread. What is compared is CPU time, by
medians of paired rounds (their quartiles in brackets), since the machine may be busy with other things.
"""

import argparse
import sys
from statistics import median

from tests.benchmarks.speed.contest import (
    Contestant,
    Library,
    Ratio,
    contestants,
    cpu_seconds,
    import_seconds,
    peak_bytes,
)
from tests.benchmarks.speed.workloads import MEMORY, WORKLOADS

OURS = Library("ours", "ours")
TORCH = Library("torch loop", "torch")
KERAS = Library("Keras on torch", "keras")
IMPORT_GOAL = 0.3
MEMORY_GOAL = 1.1
WIDTHS = (30, 16, 22, 22, 22, 8)


def print_line(*cells: str) -> None:
    print(
        " ".join(f"{cell:{'<' if not at else '>'}{WIDTHS[at]}}" for at, cell in enumerate(cells)), flush=True
    )


def print_speed(name: str, everybody: list[Contestant], labels: list[str], rounds: int) -> bool:
    """Prints a line; returns True if its goals are reached."""
    work = WORKLOADS[name]
    seconds = cpu_seconds(everybody, name, rounds)
    ours = seconds[OURS.label]
    ratios = {label: Ratio.of(ours, seconds[label]) for label in labels if label in seconds}
    speed = work.samples * work.epochs / median(ours)
    goals = {TORCH.label: work.torch_goal, KERAS.label: work.keras_goal}
    missed = [label for label, goal in goals.items() if label in ratios and ratios[label].middle < goal]
    cells = [str(ratios.get(label, "not installed")) for label in labels]
    print_line(name, f"{speed:,.0f}", *cells, "missed" if missed else "reached")
    return not missed


def print_imports(rounds: int) -> bool:
    """Prints the time of loading; returns True if the goal is reached."""
    ours, keras = (median(found) for found in import_seconds(OURS, ["runtime", "keras"], rounds).values())
    print(
        f"import, CPU seconds on top of torch: runtime {ours:.2f} (goal {IMPORT_GOAL:.2f}), Keras {keras:.2f}"
    )
    return ours <= IMPORT_GOAL


def print_memory(libraries: list[Library]) -> bool:
    """Prints peak memory; returns True if the goal is reached."""
    reached = True
    for name in MEMORY:
        peaks = {one.label: peak_bytes(one, name) for one in libraries}
        told = ", ".join(f"{label} {peak / 2**20:.0f} MiB" for label, peak in peaks.items())
        share = peaks[OURS.label] / peaks[TORCH.label]
        reached &= share <= MEMORY_GOAL
        print(f"peak memory, {name}: {told}; {share:.2f} of the torch loop's (goal {MEMORY_GOAL})")
    return reached


def main() -> int:
    """Returns 1 if a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "lines", nargs="*", help="only lines with one of these words; 'import' and 'memory' too"
    )
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--jax", default=sys.executable, help="an interpreter that has jax and keras")
    chosen = parser.parse_args()

    def wanted(name: str) -> bool:
        return not chosen.lines or any(word in name for word in chosen.lines)

    jax = Library("Keras on JAX", "keras", "jax", chosen.jax)
    libraries = [one for one in (OURS, TORCH, KERAS, jax) if one.is_installed()]
    labels = [one.label for one in (TORCH, KERAS, jax)]
    print_line("", "ours, samples/s", *(f"× {label}" for label in labels), "goals")
    reached = True
    with contestants(libraries) as everybody:
        for name in filter(wanted, WORKLOADS):
            reached &= print_speed(name, everybody, labels, chosen.rounds)
    if wanted("import"):
        reached &= print_imports(chosen.rounds)
    if wanted("memory"):
        reached &= print_memory(libraries)
    return int(not reached)


if __name__ == "__main__":
    sys.exit(main())
