"""Work shared out to a few threads, each with a DuckDB connection of its own; results come in the order of the work."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from screener.lake.files import exactly, identifier, quoted, write_ordered

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from screener.lake.schema import Columns

# More threads would need more memory than a build may take.
MOST_WORKERS = 4
# Of all connections together; a process takes up to 0.6 GB more than what DuckDB counts.
MEMORY_MB = 1_200
_STOP_SECONDS = 0.05

Task = TypeVar("Task")
Result = TypeVar("Result")


def workers() -> int:
    """Return how many threads a build uses: one a processor, at most four."""
    return max(1, min(MOST_WORKERS, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2))


def connection(spill: Path, *, share: int = 1) -> duckdb.DuckDBPyConnection:
    """Open a connection that takes a ``share``-th of a build's memory and threads and spills into ``spill``."""
    import duckdb

    spill.mkdir(parents=True, exist_ok=True)
    con = duckdb.connect()
    con.execute(f"SET memory_limit = '{MEMORY_MB // share}MB'")
    con.execute(f"SET threads = {max(1, workers() // share)}")
    con.execute(f"SET temp_directory = {quoted(spill)}")
    con.execute("SET enable_progress_bar = false")
    return con


def in_order(
    tasks: Iterable[Task],
    prepare: Callable[[duckdb.DuckDBPyConnection], None],
    work: Callable[[duckdb.DuckDBPyConnection, Task], Result],
    spill: Path,
) -> Iterator[Result]:
    """Yield ``work(connection, task)`` for each task, in order, while a few tasks ahead are being worked on.

    Each thread has one connection, made ready by ``prepare``; ``work`` must not depend on what it did before. An
    error of ``work``, and whatever is raised in the caller meanwhile (Ctrl-C), interrupts all of them and is raised.
    """
    local = threading.local()
    opened: list[duckdb.DuckDBPyConnection] = []
    share = workers()
    stopped = threading.Event()

    def run(task: Task, number: int) -> Result:
        if stopped.is_set():
            raise _StoppedError
        if not hasattr(local, "con"):
            local.con = connection(spill / f"thread-{number}", share=share)
            opened.append(local.con)
            prepare(local.con)
        return work(local.con, task)

    waiting: deque[Future[Result]] = deque()
    pool = ThreadPoolExecutor(share)
    try:
        for number, task in enumerate(tasks):
            waiting.append(pool.submit(run, task, number))
            if len(waiting) > share:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        stopped.set()
        _interrupt(opened, [future for future in waiting if not future.cancel()])
        pool.shutdown()
        for con in opened:
            con.close()


def write_ranges(selects: Sequence[str], path: Path, columns: Columns, order_by: str, spill: Path) -> None:
    """Write the rows of ``selects``, each sorted by ``order_by``, one after the other: ``write_table`` in less memory.

    The file is the one that ``write_table`` writes of all of them together if no row of a query comes, in the order,
    before a row of an earlier query.
    """
    empty = f"SELECT {', '.join(f'NULL::{kind} AS {identifier(name)}' for name, kind, _ in columns)} WHERE false"

    def ordered(con: duckdb.DuckDBPyConnection, select: str) -> pa.Table:
        return con.sql(f"SELECT * FROM ({exactly(select, columns)}) ORDER BY {order_by}").to_arrow_table()

    tables = in_order(selects or [empty], lambda _: None, ordered, spill)
    # Popped when it is its turn: nothing may keep a table alive that is written.
    first = [next(tables)]
    schema = first[0].schema
    every = chain((first.pop() for _ in range(1)), tables)
    write_ordered(schema, (batch for table in every for batch in table.to_batches()), path)


def cut(sizes: Iterable[tuple[int, int]], limit: int) -> list[tuple[int, int]]:
    """Cut ascending (key, size) into ranges (first key, last key) of at most ``limit``; a larger one stands alone."""
    ranges: list[tuple[int, int]] = []
    total = 0
    for key, size in sizes:
        if ranges and total + size <= limit:
            ranges[-1] = (ranges[-1][0], key)
            total += size
        else:
            ranges.append((key, key))
            total = size
    return ranges


class _StoppedError(Exception):
    """What a task ends with that had not begun when the others were interrupted; nobody waits for it."""


def _interrupt(connections: list[duckdb.DuckDBPyConnection], running: list[Future[Result]]) -> None:
    """Interrupt until nothing runs any more: an interruption between two statements is lost on the second."""
    while wait(running, timeout=_STOP_SECONDS).not_done:
        for con in connections:
            con.interrupt()
