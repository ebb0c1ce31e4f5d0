"""Names of the universe that could not be judged: no rule fails, and at least one is unknown and keeps them out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from screener.engine.display import Shown
from screener.engine.parts import Parts, run_with_parts
from screener.engine.places import Place, read_places
from screener.engine.result import Result

if TYPE_CHECKING:
    import polars as pl

    from screener.lake.connect import Lake
    from screener.language.screen import Screen


@dataclass(frozen=True, slots=True)
class Unjudged:
    """A name that no rule rejects; ``reasons``: (rule, why it is unknown) for each that keeps it out.

    place: its score, and the rank that it would have if those rules were met.
    """

    issuer_id: int
    ticker: str | None
    name: str
    sector: str
    reasons: tuple[tuple[str, str], ...]
    place: Place


@dataclass(frozen=True, repr=False)
class Unknown(Shown):
    """The names that could not be judged, in the order of the list, apart from the rejected.

    reasons: (reason, names) with the most frequent first; a name counts once for each of its reasons.
    rejected: how many names of the universe fail a rule.
    """

    result: Result
    rows: tuple[Unjudged, ...]
    reasons: tuple[tuple[str, int], ...]
    rejected: int

    def records(self) -> list[dict[str, Any]]:
        """Return one flat dict a name and unknown rule; ``score`` is 0 to 100."""
        return [
            dict(zip(FIELDS, (row.ticker, row.name, row.sector, *reason, row.place.score, row.place.rank), strict=True))
            for row in self.rows
            for reason in row.reasons
        ]

    @property
    def frame(self) -> pl.DataFrame:
        """Return :meth:`records` as a polars frame; one row a name and rule that is unknown for it."""
        import polars as pl

        if not self.rows:
            return pl.DataFrame(schema=dict.fromkeys(FIELDS, pl.Null))
        return pl.DataFrame(self.records(), infer_schema_length=None)


FIELDS = ("ticker", "name", "sector", "rule", "reason", "score", "rank")


def run_unknown(lake: Lake, screen: Screen, as_of: date | None = None) -> Unknown:
    """Run ``screen`` and return the names that it could not judge; errors as in ``run_screen``."""
    return unknown_of(run_with_parts(lake, screen, as_of))


def unknown_of(parts: Parts) -> Unknown:
    """Return the names that a run that has been made could not judge, as :func:`run_unknown` does."""
    con, screen = parts.lake.con, parts.result.screen
    closed = [(f"r{k}", rule) for k, rule in enumerate(screen.rules, 1) if not rule.lets_unknown_in]
    fails = " OR ".join(f"coalesce(NOT r{k}, false)" for k in range(1, len(screen.rules) + 1)) or "false"
    waits = " OR ".join(f"{key} IS NULL" for key, _ in closed) or "false"
    missing = "".join(f", {key} IS NULL" for key, _ in closed)
    rows = con.execute(
        f"SELECT issuer_id, ticker, name, sector{missing} FROM evaluated "
        f"WHERE in_universe AND NOT ({fails}) AND ({waits})"
    ).fetchall()
    rejected = con.execute(f"SELECT count(*) FROM evaluated WHERE in_universe AND ({fails})").fetchone()
    issuers = [row[0] for row in rows]
    traces, places = parts.traces(issuers), read_places(con, issuers)
    found = []
    for issuer, ticker, name, sector, *unknown in rows:
        trace = traces[issuer]
        reasons = tuple(
            (rule.text, trace.reason(rule.expr)) for (_, rule), open_ in zip(closed, unknown, strict=True) if open_
        )
        found.append(Unjudged(issuer, ticker, name, sector, reasons, places[issuer]))
    found.sort(key=lambda row: row.place.place)
    counts = Counter(reason for row in found for reason in dict.fromkeys(reason for _, reason in row.reasons))
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return Unknown(parts.result, tuple(found), tuple(ordered), rejected[0] if rejected else 0)
