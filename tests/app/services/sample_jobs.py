"""Jobs of the tests; the worker imports them by name."""

import ctypes
import os
import sys
import threading

from runtime.errors import DataError


def count(context, spec):
    context.emit("start", epochs=spec["epochs"])
    for epoch in range(1, spec["epochs"] + 1):
        context.emit("epoch", epoch=epoch, metrics={"loss": 1 / epoch})
    return spec.get("reason", "")


def until_stopped(context, spec):
    context.emit("epoch", epoch=1, metrics={})
    while not context.cancelled:
        threading.Event().wait(0.002)
    context.save("checkpoint", lambda path: path.write_text("saved when stopped"))
    return ""


def deaf(context, spec):
    context.save("checkpoint", lambda path: path.write_text("saved before"))
    context.emit("epoch", epoch=2, metrics={"loss": 0.25})
    threading.Event().wait()


def not_a_number(context, spec):
    context.emit("epoch", epoch=1, metrics={"loss": float("nan")})
    return ""


def wrong_data(context, spec):
    raise DataError("The labels do not fit.", hint="Choose others.")


def broken(context, spec):
    raise ZeroDivisionError("by zero")


def crash(context, spec):
    ctypes.string_at(0)


def who(context, spec):
    modules = [name for name in ("streamlit", "app.pages", "app.main") if name in sys.modules]
    print("words for the log")
    context.emit("log", text=f"{os.getpid()} {modules}")
    return ""


def half_a_file(context, spec):
    def write(path):
        path.write_text("half")
        raise DataError("the disk is full")

    context.save("checkpoint", lambda path: path.write_text("whole"))
    context.save("checkpoint", write)


def obedient(context, spec):
    context.emit("epoch", epoch=1, metrics={})
    while True:
        order, value = context.next_order(wait=True)
        if context.cancelled:
            return ""
        context.emit("log", text=f"{order} {value}")
