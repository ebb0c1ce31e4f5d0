"""Screens changed at random: none may end in a traceback, take a second, or say anything in SQL outside of quotes.

Usage: python benchmarks/fuzz.py [--inputs 100000] [--seed 1] [--memory 2.0]
"""

from __future__ import annotations

import argparse
import collections
import resource
import signal
import sys
import time
from pathlib import Path
from types import FrameType

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.language.fuzzing import inputs, judge, vocabulary

# Ten times what an input may take: what is still at work then hangs.
HANGS_AFTER_SECONDS = 10


def hangs(_signal: int, _frame: FrameType | None) -> None:
    """Turn an alarm into an error that shows where the work is."""
    raise TimeoutError(f"more than {HANGS_AFTER_SECONDS} s")


def main() -> int:
    """Print what became of the inputs; the exit code is 1 when any of them failed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--memory", type=float, default=2.0, help="address space in GB, beyond which memory is refused")
    args = parser.parse_args()
    limit = int(args.memory * 1e9)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    signal.signal(signal.SIGALRM, hangs)
    vocabulary()
    start_memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found: collections.Counter[str] = collections.Counter()
    failed: dict[str, str] = {}
    slowest, start = 0.0, time.perf_counter()
    for text in inputs(args.seed, args.inputs):
        began = time.perf_counter()
        signal.alarm(HANGS_AFTER_SECONDS)
        try:
            found[judge(text)] += 1
        except Exception as error:  # noqa: BLE001 - any error at all is what is looked for
            found["failed"] += 1
            failed.setdefault(f"{type(error).__name__}: {error}"[:200], text)
        finally:
            signal.alarm(0)
        slowest = max(slowest, time.perf_counter() - began)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - start_memory) / 1024
    print(f"{args.inputs:,} inputs of seed {args.seed} in {time.perf_counter() - start:.0f} s")
    print(f"with problems {found['problems']:,}, with a query {found['query']:,}, failed {found['failed']:,}")
    print(f"slowest {slowest * 1000:.0f} ms, query included; peak memory grew by {grown:.0f} MB")
    for error, text in failed.items():
        print(f"\n{error}\n{text[:2000]!r}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
