"""The one check: format, lint, types, import contracts, frontend, tests. `python -m tests` runs them all."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
PYTHON = sys.executable
CHECKS: dict[str, list[str]] = {
    "format": [PYTHON, "-m", "ruff", "format", "--check", "."],
    "lint": [PYTHON, "-m", "ruff", "check", "."],
    "types": [PYTHON, "-m", "basedpyright", "--pythonpath", PYTHON],
    "imports": [PYTHON, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
    # One process for each core; what is marked as a group stays in one of them. Tests left out are named.
    "tests": [PYTHON, "-m", "pytest", "-rfEs", "-n", "auto", "--maxprocesses", "4", "--dist", "loadgroup"],
}


def main(arguments: list[str]) -> int:
    """Runs every check, the tests last, and fails if one fails.

    Args:
        arguments: Passed on to pytest.
    """
    failed: list[str] = []
    for name, command in CHECKS.items():
        if name == "tests" and failed:
            # Said here, since the output ends on pytest's own summary.
            print(f"== failed so far: {', '.join(failed)}", flush=True)
        print(f"== {name}", flush=True)
        extra = arguments if name == "tests" else []
        if subprocess.run([*command, *extra], cwd=ROOT, check=False).returncode:
            failed.append(name)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
