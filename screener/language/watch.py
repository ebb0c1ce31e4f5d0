"""Watching files while a person edits them: a word for each change that has come to rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

# Looking at a handful of files costs microseconds; a notification service would be a dependency a platform.
INTERVAL = 0.2
# An editor writes in steps: a file has to look the same for so many looks, a missing one (renamed away) longer.
SETTLED = 1
SETTLED_MISSING = 5

Stamp = tuple[str, tuple[int, int, int] | None]


def stamps(paths: Sequence[str | Path]) -> tuple[Stamp, ...]:
    """Return, for each file, its time of change, size and number on the disk; ``None`` for one that is not there."""
    found: list[Stamp] = []
    for path in paths:
        try:
            state = Path(path).stat()
        except (OSError, ValueError):  # ValueError: a NUL in the path
            found.append((str(path), None))
        else:
            found.append((str(path), (state.st_mtime_ns, state.st_size, state.st_ino)))
    return tuple(found)


def changes(look: Callable[[], tuple[Stamp, ...]], pause: Callable[[float], object]) -> Iterator[None]:
    """Yield at once, and then after each change of what ``look`` returns, as soon as it looks the same again.

    A change while the caller is at work is seen afterwards. ``pause`` waits for some seconds.
    """
    seen = look()
    yield
    while True:
        pause(INTERVAL)
        now = look()
        same = 0
        while now != seen and same < (SETTLED if all(state for _, state in now) else SETTLED_MISSING):
            pause(INTERVAL)
            again = look()
            same = same + 1 if again == now else 0
            now = again
        if now != seen:
            seen = now
            yield
