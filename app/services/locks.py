"""Locks on files that end with the process that holds them, however it ends."""

import os

if os.name == "posix":
    import fcntl

    def try_lock(descriptor: int) -> None:
        """Locks an open file.

        Args:
            descriptor: Its number.

        Raises:
            OSError: Another process holds it.
        """
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
else:
    import msvcrt

    def try_lock(descriptor: int) -> None:
        """Locks an open file.

        Args:
            descriptor: Its number.

        Raises:
            OSError: Another process holds it.
        """
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
