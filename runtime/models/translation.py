"""Has torch.compile translate a program into machine code, and says plainly when it cannot."""

from typing import Any

import torch

from runtime.errors import CompileError
from runtime.models.program import Program


def translated(program: Program) -> Program:
    """The same function in machine code, made when it is first called.

    Args:
        program: The compiled graph of a model.
    """
    compiled = torch.compile(program)

    def run(*inputs: Any) -> Any:
        try:
            return compiled(*inputs)
        except Exception as error:
            if not type(error).__module__.startswith(("torch._inductor", "torch._dynamo")):
                raise
            reason = str(error).strip().partition("\n")[0]
            raise CompileError(
                f"jit_compile=True: torch could not translate the model into machine code: {reason}",
                hint="It needs a C++ compiler, such as g++. Without jit_compile the model runs all the same.",
            ) from error

    return run
