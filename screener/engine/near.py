"""Names that miss by exactly one rule, nearest first, and the rank that they would have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from screener.engine.display import Shown
from screener.engine.distance import Distance, deciding, turning
from screener.engine.parts import Parts, run_with_parts
from screener.engine.places import Place, read_places
from screener.engine.result import Result

if TYPE_CHECKING:
    import duckdb
    import polars as pl

    from screener.lake.connect import Lake
    from screener.language.screen import Screen


@dataclass(frozen=True, slots=True)
class Miss:
    """A name of the universe that fails one rule alone.

    rule: the text of that rule, ``group`` its heading. distance: how far it is from passing, ``None`` where that
    cannot be measured; ``change``: all that would have to turn, more than one comparison where ``and`` joins them.
    place: its score, and the rank that it would have on the list if this rule were met and its factors stayed as they
    are. unknown: the rules that keep it out besides because they are unknown: with them it is not on the list even when
    the rule is met.
    """

    issuer_id: int
    ticker: str | None
    name: str
    sector: str
    group: str
    rule: str
    distance: Distance | None
    change: tuple[Distance, ...]
    place: Place
    unknown: tuple[str, ...]


@dataclass(frozen=True, repr=False)
class Near(Shown):
    """The near misses of a run: nearest first. ``total`` is how many there are, also where a limit shows fewer."""

    result: Result
    rows: tuple[Miss, ...]
    total: int

    def records(self) -> list[dict[str, Any]]:
        """Return one flat dict a name: values in the unit of ``unit``, distances negative, percents as fractions."""
        return [_record(miss) for miss in self.rows]

    @property
    def frame(self) -> pl.DataFrame:
        """Return :meth:`records` as a polars frame; one row a name, nearest first."""
        import polars as pl

        if not self.rows:
            return pl.DataFrame(schema=dict.fromkeys(FIELDS, pl.Null))
        return pl.DataFrame(self.records(), infer_schema_length=None, strict=False)


FIELDS = (
    "ticker", "name", "sector", "rule", "what", "value", "op", "threshold", "distance", "distance_pct", "unit",
    "score", "rank", "also_unknown",
)  # fmt: skip


def _record(miss: Miss) -> dict[str, Any]:
    found = miss.distance
    measured: tuple[Any, ...] = (None,) * 7
    if found is not None:
        sides = tuple(side.isoformat() if isinstance(side, date) else side for side in (found.value, found.threshold))
        measured = (found.what, sides[0], found.op, sides[1], found.slack, found.relative, found.unit)
    values = (miss.ticker, miss.name, miss.sector, miss.rule, *measured)
    unknown = "; ".join(miss.unknown)
    return dict(zip(FIELDS, (*values, miss.place.score, miss.place.rank, unknown), strict=True))


def run_near(lake: Lake, screen: Screen, as_of: date | None = None, limit: int | None = None) -> Near:
    """Run ``screen`` and return the names of its universe that fail exactly one rule.

    Nearest is the least distance relative to its threshold. Names whose distance has no threshold to be relative to
    (zero, or a date) come after those, names without any distance last; both in the order of the list.
    ``limit``: at most so many. Errors as in :func:`screener.engine.run.run_screen`.
    """
    return near_of(run_with_parts(lake, screen, as_of), limit)


def near_of(parts: Parts, limit: int | None = None) -> Near:
    """Return the near misses of a run that has been made, as :func:`run_near` does."""
    con, screen = parts.lake.con, parts.result.screen
    rows = _failing_once(con, screen)
    issuers = [issuer for issuer, *_ in rows]
    traces, places = parts.traces(issuers), read_places(con, issuers)
    found = []
    for issuer, ticker, name, sector, failed, unknown in rows:
        rule = screen.rules[failed - 1]
        trace = traces[issuer]
        found.append(
            Miss(
                issuer, ticker, name, sector, rule.group, rule.text, deciding(rule.expr, trace),
                turning(rule.expr, trace), places[issuer], tuple(screen.rules[k - 1].text for k in unknown),
            )
        )  # fmt: skip
    found.sort(key=_nearness)
    return Near(parts.result, tuple(found[:limit] if limit else found), len(found))


def _nearness(miss: Miss) -> tuple[int, float, int]:
    if miss.distance is None:
        return 2, 0.0, miss.place.place
    if miss.distance.relative is None:
        return 1, 0.0, miss.place.place
    return 0, abs(miss.distance.relative), miss.place.place


def _failing_once(con: duckdb.DuckDBPyConnection, screen: Screen) -> list[tuple[Any, ...]]:
    """Return issuer, ticker, name, sector, the number of the rule that fails, and of those that are unknown and closed.

    Numbers count from 1.
    """
    rules = range(1, len(screen.rules) + 1)
    if not rules:
        return []
    failed = "[" + ", ".join(f"CASE WHEN NOT r{k} THEN {k} END" for k in rules) + "]"
    closed = [k for k in rules if not screen.rules[k - 1].lets_unknown_in]
    unknown = "[" + ", ".join(f"CASE WHEN r{k} IS NULL THEN {k} END" for k in closed) + "]::INT[]"
    return con.execute(
        f"SELECT issuer_id, ticker, name, sector, list_filter({failed}, lambda k: k IS NOT NULL)[1], "
        f"list_filter({unknown}, lambda k: k IS NOT NULL) "
        f"FROM evaluated WHERE in_universe AND list_count({failed}) = 1 ORDER BY issuer_id"
    ).fetchall()
