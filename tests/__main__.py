"""The one check: format, lint, types, import contracts, frontend, tests. `python -m tests` runs them all."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).parent.parent
PYTHON = sys.executable
CHECKS: dict[str, list[str]] = {
    "format": [PYTHON, "-m", "ruff", "format", "--check", "."],
    "lint": [PYTHON, "-m", "ruff", "check", "."],
    "types": [PYTHON, "-m", "basedpyright", "--pythonpath", PYTHON],
    "imports": [PYTHON, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
    # One process for each core; a file, and what is marked as a group, stays in one. The skipped are named.
    "tests": [PYTHON, "-m", "pytest", "-rfEs", "-n", "auto", "--maxprocesses", "4", "--dist", "loadgroup"],
}


def main(arguments: list[str]) -> int:
    """Runs every check, the tests last, and fails if one fails.

    Args:
        arguments: Passed on to pytest.
    """
    *quick, tests = CHECKS.items()
    # All at once: each keeps one core busy at most.
    with ThreadPoolExecutor(len(quick)) as threads:
        ended = list(threads.map(lambda check: _checked(check[1]), quick))
    failed: list[str] = []
    for (name, _), process in zip(quick, ended, strict=True):
        print(f"== {name}\n{process.stdout}", end="", flush=True)
        if process.returncode:
            failed.append(name)
    if failed:
        # Said here, since the output ends on pytest's own summary.
        print(f"== failed so far: {', '.join(failed)}", flush=True)
    print(f"== {tests[0]}", flush=True)
    if subprocess.run([*tests[1], *arguments], cwd=ROOT, check=False).returncode:
        failed.append(tests[0])
    return 1 if failed else 0


def _checked(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=ROOT, check=False, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
