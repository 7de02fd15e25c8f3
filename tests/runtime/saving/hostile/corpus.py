"""All hostile files, each written when it is needed."""

from pathlib import Path

from tests.runtime.saving.hostile.archive_attacks import archive_attacks
from tests.runtime.saving.hostile.attacks import ENDINGS, Attack
from tests.runtime.saving.hostile.bomb_attacks import bomb_attacks
from tests.runtime.saving.hostile.code_attacks import code_attacks
from tests.runtime.saving.hostile.fork_server import Outcome
from tests.runtime.saving.hostile.hdf5_attacks import hdf5_attacks
from tests.runtime.saving.hostile.malformed_attacks import malformed_attacks
from tests.runtime.saving.hostile.shard_attacks import shard_attacks

MOST_SECONDS, MOST_MEGABYTES, LONGEST_MESSAGE = 2.0, 300.0, 2_000


def corpus() -> list[Attack]:
    """All attacks."""
    return [
        *code_attacks(),
        *hdf5_attacks(),
        *archive_attacks(),
        *bomb_attacks(),
        *malformed_attacks(),
        *shard_attacks(),
    ]


def written(attack: Attack, folder: Path, number: int, marker: Path) -> Path:
    """The file of an attack."""
    path = folder / f"{number}{ENDINGS[attack.kind]}"
    attack.make(path, marker)
    return path


def complaint(outcome: Outcome, told: str = "") -> str:
    """What is wrong with the way a hostile file ended; empty if it ended as it should.

    Args:
        outcome: What came of the file.
        told: What its refusal must say; "refused" where it must not be loaded, "" where it may be.
    """
    if outcome.kind not in ("loaded", "refused"):
        return f"{outcome.kind}: {outcome.error} {outcome.message}"
    if outcome.seconds > MOST_SECONDS or outcome.megabytes > MOST_MEGABYTES:
        return f"took {outcome.seconds:.1f} s and {outcome.megabytes:.0f} MB: {outcome.message[:200]}"
    if not outcome.message.isprintable() or len(outcome.message) > LONGEST_MESSAGE:
        return f"unfit to be shown: {outcome.message[:200]!r}"
    if told and outcome.kind == "loaded":
        return "was loaded"
    if told not in ("", "refused") and told not in outcome.message:
        return f"does not say {told!r}: {outcome.message[:300]}"
    return ""
