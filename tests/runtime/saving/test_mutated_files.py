"""Files that were damaged, thousands of ways: each is loaded or refused, and never anything else.

A run tries the same files as the one before. `MUTATED_FILES=20000` in the environment tries that many.
"""

import os
from collections import Counter
from pathlib import Path

from tests.runtime.saving.hostile.corpus import complaint
from tests.runtime.saving.hostile.fork_server import ForkServer
from tests.runtime.saving.hostile.good_files import good_files
from tests.runtime.saving.hostile.mutating import Mutator

COUNT = int(os.environ.get("MUTATED_FILES", "1500"))
AT_ONCE = 100


def test_damaged_files_are_loaded_or_refused(tmp_path: Path) -> None:
    mutator, server = Mutator(good_files(tmp_path)), ForkServer()
    kinds: Counter[str] = Counter()
    wrong: list[str] = []
    for start in range(0, COUNT, AT_ONCE):
        batch: list[tuple[str, Path]] = []
        for number in range(start, min(start + AT_ONCE, COUNT)):
            file, content = mutator.mutated(number)
            path = tmp_path / f"{number}_{file.name}"
            path.write_bytes(content)
            whole = number // len(mutator.files) % 4 == 0 and file.name.endswith((".h5", ".keras"))
            batch.append(("inspect_model" if whole else file.way, path))
        for (way, path), outcome in zip(batch, server.open_all(batch), strict=True):
            kinds[outcome.kind] += 1
            found = complaint(outcome)
            if found:
                wrong.append(f"{way} {path.name}: {found}")
            path.unlink()
    server.close()
    assert not wrong, "\n".join(wrong)
    assert kinds["loaded"] > COUNT // 10
    assert kinds["refused"] > COUNT // 3
