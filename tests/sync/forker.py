"""Runs `screener` in children of a process that has everything imported: `python -m tests.sync.forker`.

A line of JSON on stdin, `[log file, argument, ...]`, starts one and gives its process id; an empty line waits for its
end and gives its exit code (of a signal: the negative number of that). Until then nobody else has that process id.
"""

from __future__ import annotations

import functools
import importlib
import json
import os
import sys
from pathlib import Path

# All that a sync and a build import; a killed child then spends its time on files.
MODULES = (
    "duckdb", "platformdirs", "pyarrow", "pyarrow.parquet", "requests", "screener.build", "screener.cli.sync",
    "screener.lake.connect", "screener.sources.sec", "screener.standardize.pipeline", "screener.sync.dataset",
)  # fmt: skip
# The server is our own.
PER_SECOND = 200.0


def main() -> int:
    """Serve until stdin ends; a child returns from here with what it has to exit with."""
    from screener.sync import client

    for name in MODULES:
        importlib.import_module(name)
    client.Pace = functools.partial(client.Pace, PER_SECOND)  # type: ignore[assignment, misc] # a constructor all the same
    for line in sys.stdin:
        log, *arguments = json.loads(line)
        pid = os.fork()
        if not pid:
            return child(Path(log), arguments)
        print(pid, flush=True)
        sys.stdin.readline()
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)
    return 0


def child(log: Path, arguments: list[str]) -> int:
    """Run the command with its words in a file, and return its exit code."""
    from screener.cli.main import main as screener

    with log.open("wb") as out:
        for stream in (1, 2):
            os.dup2(out.fileno(), stream)
    try:
        screener(arguments)
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


if __name__ == "__main__":
    sys.exit(main())
