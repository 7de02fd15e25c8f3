"""A process that does work in one library, as often as it is told: `contestant.py torch|ours|keras`.

Each library has a process of its own, so that none profits or suffers from what another loads or keeps.
Orders come line by line as JSON, [what, argument]; the answer is one number.
"""

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

from tests.benchmarks.speed.workloads import WORKLOADS, Workload

Run = Callable[[], Any]


def loader(name: str) -> Callable[[Workload], Run]:
    """The function that prepares a workload in a library."""
    if name == "torch":
        from tests.benchmarks.speed import torch_loops

        return torch_loops.prepared
    from tests.benchmarks.speed import library

    keras: Any = import_module("runtime" if name == "ours" else "keras")
    return lambda work: library.prepared(keras, work)


def main() -> None:
    prepare = loader(sys.argv[1])
    run: Run | None = None
    for line in sys.stdin:
        order, argument = json.loads(line)
        answer = 0.0
        if order == "prepare":
            run = prepare(WORKLOADS[argument])
        elif order == "run" and run is not None:
            start = time.process_time()
            run()
            answer = time.process_time() - start
        elif order == "memory":
            answer = float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) * 1024
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    answers = os.dup(1)
    # What libraries print must not get among the answers.
    os.dup2(2, 1)
    sys.stdout = os.fdopen(answers, "w")
    main()
