"""Where names stand: the place in the whole universe, and the rank that a name has or would have on the list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from screener.engine.query import ORDER

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True, slots=True)
class Place:
    """A name of the universe in the order of the list: score, then market value, ticker and issuer.

    place: 1 is first of ``universe`` names, whether they pass or not.
    rank: its rank among the ``passing`` names; for one that does not pass, the rank that it would have if it did and
    nothing else changed: scores are taken over the universe, so that nobody's moves when one more name passes.
    score: 0 to 100, ``None`` for a screen without a rank.
    """

    issuer_id: int
    place: int
    universe: int
    rank: int
    passing: int
    score: float | None


def read_places(con: duckdb.DuckDBPyConnection, issuers: Sequence[int]) -> dict[int, Place]:
    """Return the place of each issuer that belongs to the universe, from the table ``evaluated`` of a run."""
    if not issuers:
        return {}
    before = "count(*) FILTER (passed) OVER (ORDER BY {} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
    rows = con.execute(
        "SELECT * FROM (SELECT issuer_id, "
        f"row_number() OVER (ORDER BY {ORDER}), count(*) OVER (), {before.format(ORDER)} + 1, "
        "count(*) FILTER (passed) OVER (), score FROM evaluated WHERE in_universe) "
        f"WHERE issuer_id IN ({', '.join(str(int(issuer)) for issuer in issuers)})"
    ).fetchall()
    return {row[0]: Place(*row) for row in rows}


@dataclass(frozen=True, slots=True)
class Cutoff:
    """What a ``limit`` cuts at: the score of the last name on the list and of the first below it.

    gap: the score of the name in question less the last one's, positive for a better one; for a name on the list less
    the score of the first that is not. ``None`` without scores, and where nobody is below the list.
    """

    limit: int
    last_score: float | None
    next_score: float | None
    gap: float | None


def read_cutoff(con: duckdb.DuckDBPyConnection, limit: int | None, place: Place | None) -> Cutoff | None:
    """Return what the limit means for a name of the universe; ``None`` where no limit cuts, or would cut it."""
    if limit is None or place is None or place.passing < limit:
        return None
    found = con.execute("SELECT rank, score FROM evaluated WHERE passed AND rank IN (?, ?)", [limit, limit + 1])
    scores = dict(found.fetchall())
    last, following = scores.get(limit), scores.get(limit + 1)
    other = following if place.rank <= limit else last
    gap = None if other is None or place.score is None else place.score - other
    return Cutoff(limit, last, following, gap)
