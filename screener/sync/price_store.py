"""The prices of a data set as they lie on this machine: one sorted file of what was fetched, or where one's own is."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from screener.errors import DataError
from screener.lake.files import first_line, quoted, write_table
from screener.lake.manifest import VERSIONS_NAME
from screener.lake.memory import FOLDER
from screener.sources.staged import PRICES_FILE, PRICES_RAW
from screener.sync.quotes import Quote

# Below the sources of the data set.
PRICES = "prices"
STATE_NAME, DAILY_NAME, KEPT_NAME, PARTS_NAME = "prices.json", "daily.parquet", "kept.parquet", "parts"
# Days at the end of what is stored that an answer is compared with.
OVERLAP_SESSIONS = 10


@dataclass
class PriceState:
    """Where the prices of a data set come from.

    provider: a row of the table of providers. path: a file or folder of one's own, ``""`` for what was fetched.
    asked: the day until which each ticker was asked for of ``fetched_by``. since: the first day that was wanted.
    """

    provider: str = ""
    path: str = ""
    fetched_by: str = ""
    since: str = ""
    asked: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stored:
    """A price file for a build, ``None`` where there is none (any more), and what a person should know of it."""

    path: Path | None
    note: str = ""


class PriceStore:
    """The folder ``prices`` in the sources of a data set; whoever writes holds the data set's writer lock."""

    def __init__(self, sources: Path) -> None:
        """Read the state; one that cannot be read counts as none: then all is asked for again."""
        self.folder = sources / PRICES
        self.daily = self.folder / DAILY_NAME
        self.parts = self.folder / PARTS_NAME
        try:
            self.state = _state(json.loads((self.folder / STATE_NAME).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError, AttributeError, RecursionError):
            self.state = PriceState()

    def save(self) -> None:
        """Write the state, in one step."""
        self.folder.mkdir(parents=True, exist_ok=True)
        part = self.folder / f".{STATE_NAME}.part"
        part.write_text(json.dumps(asdict(self.state), indent=1, sort_keys=True), encoding="utf-8")
        _settle(part, self.folder / STATE_NAME)

    def point(self, provider: str, path: Path) -> None:
        """Take the prices from a file or folder of one's own from now on."""
        self.state.provider, self.state.path = provider, str(path.resolve())
        self.save()

    def add(self, fetched: Sequence[tuple[str, Sequence[Quote], bool]]) -> None:
        """Keep what came of some tickers, each with whether it stands for all that is there, as a part."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        rows = [(ticker, q.day, q.close, q.adj_close, q.volume, whole) for ticker, qs, whole in fetched for q in qs]
        if not rows:
            return
        kinds = (pa.string(), pa.date32(), pa.float64(), pa.float64(), pa.float64(), pa.bool_())
        names = (*(name for name, _, _ in PRICES_RAW), "whole")
        columns = [pa.array(column, kind) for column, kind in zip(zip(*rows, strict=True), kinds, strict=True)]
        self.parts.mkdir(parents=True, exist_ok=True)
        last = max((int(path.stem) for path in self.parts.glob("*.parquet")), default=0)
        place = self.parts / f"{last + 1:06d}.parquet"
        pq.write_table(pa.table(columns, names=names), place.with_suffix(".part"))
        _settle(place.with_suffix(".part"), place)

    def merge(self) -> None:
        """Put the parts into the one file, sorted by ticker and day; the same rows give the same bytes."""
        from screener.lake.parallel import connection

        parts = sorted(self.parts.glob("*.parquet")) if self.parts.is_dir() else []
        if parts:
            listed = ", ".join(quoted(path) for path in parts)
            before = f"read_parquet({quoted(self.daily)})" if self.daily.is_file() else "(SELECT * FROM fresh LIMIT 0)"
            names = ", ".join(f'"{name}"' for name, _, _ in PRICES_RAW)
            with self._sound(), connection(self.folder / ".spill") as con:
                con.execute(f"CREATE TEMP VIEW fresh AS SELECT * FROM read_parquet([{listed}], filename = true)")
                con.execute("CREATE TEMP TABLE replaced AS SELECT DISTINCT ticker FROM fresh WHERE whole")
                rows = f"""SELECT {names} FROM (
                    SELECT {names}, '' AS part FROM {before} ANTI JOIN replaced USING (ticker)
                    UNION ALL SELECT {names}, filename AS part FROM fresh)
                  QUALIFY row_number() OVER (PARTITION BY ticker, date ORDER BY part DESC) = 1"""
                target = self.folder / f".{DAILY_NAME}.part"
                write_table(con, rows, target, PRICES_RAW, "ticker, date")
            _settle(target, self.daily)
        shutil.rmtree(self.parts, ignore_errors=True)
        shutil.rmtree(self.folder / ".spill", ignore_errors=True)

    def ends(self) -> dict[str, list[Quote]]:
        """Return the last days of each ticker that is there, oldest first."""
        import duckdb

        found: dict[str, list[Quote]] = {}
        if not self.daily.is_file():
            return found
        with self._sound(), duckdb.connect() as con:
            rows = con.execute(
                f"""SELECT ticker, date, close, adj_close, volume FROM read_parquet({quoted(self.daily)})
                QUALIFY row_number() OVER (PARTITION BY ticker ORDER BY date DESC) <= {OVERLAP_SESSIONS}
                ORDER BY ticker, date"""
            ).fetchall()
        for ticker, *cells in rows:
            found.setdefault(ticker, []).append(Quote(*cells))
        return found

    @contextmanager
    def _sound(self) -> Iterator[None]:
        """Say which files to remove, where one of them cannot be read any more."""
        import duckdb

        try:
            yield
        except duckdb.Error as error:
            hint = f"remove {self.folder}; the prices are fetched again"
            raise DataError(f"the prices in {self.folder} cannot be read: {first_line(error)}", hint=hint) from error

    def stored(self, out: Path) -> Stored:
        """Return the price file for a build of ``out``.

        A file of one's own that is gone is stood in for by what the last build read from it.
        """
        if not self.state.path:
            self.merge()
            return Stored(self.daily if self.daily.is_file() else None)
        path, kept = Path(self.state.path), self.folder / KEPT_NAME
        if path.exists():
            return Stored(path)
        rows = _rows_of_last_build(out)
        if rows is not None:
            # A name of its own: the version that it belongs to goes with the next build.
            shutil.copyfile(rows, kept.with_suffix(".part"))
            _settle(kept.with_suffix(".part"), kept)
        again = f"`screener data prices --provider {self.state.provider} --from PATH` names another"
        if kept.is_file():
            return Stored(kept, f"{path} is gone: the prices that were read from it last are used; {again}")
        return Stored(None, f"{path} is gone, and with it all prices; {again}")


def _state(found: dict[str, Any]) -> PriceState:
    """Return the state of a file; ``ValueError`` and its like for one that somebody has broken."""
    state = PriceState(**found)
    days = [*state.asked.values(), *([state.since] if state.since else [])]
    if not all(isinstance(text, str) for text in (state.provider, state.path, state.fetched_by, state.since)):
        raise TypeError("a name that is no text")
    if any(date.fromisoformat(day).isoformat() != day for day in days):
        raise ValueError("a day in another form")
    return state


def _rows_of_last_build(out: Path) -> Path | None:
    """Return the prices that the current version of the data set was built from, if it keeps any."""
    from screener.lake.manifest import read_manifest

    try:
        path = out / VERSIONS_NAME / read_manifest(out).version / FOLDER / PRICES_FILE
    except DataError:
        return None
    return path if path.is_file() else None


def _settle(part: Path, target: Path) -> None:
    """Give a file its name, once it is on disk."""
    with part.open("rb") as handle:
        os.fsync(handle.fileno())
    part.replace(target)
