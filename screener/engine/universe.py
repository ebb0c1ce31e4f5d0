"""The universe behind a shortlist: every name that was ranked, with its factors and the score of each group of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from screener.engine.query import ORDER
from screener.engine.ranks import factor_weights

if TYPE_CHECKING:
    import duckdb

    from screener.language.screen import Screen


@dataclass(frozen=True, slots=True)
class Member:
    """A name of the universe.

    score: 0 to 100. passed: whether it passes every rule (also below the screen's limit). values: the raw value of each
    factor, in the order of ``Screen.factors()``; groups: the score of each group of factors, 0 to 100, in the order of
    ``Universe.groups``. ``None`` for what is unknown.
    """

    issuer_id: int
    ticker: str | None
    name: str
    sector: str
    score: float | None
    passed: bool
    values: tuple[float | None, ...]
    groups: tuple[float | None, ...]


@dataclass(frozen=True)
class Universe:
    """The names of the universe in the order of the list, and the top-level groups of the rank with their weights.

    weights: the share of each group in the score; they add up to 1.
    """

    groups: tuple[str, ...]
    weights: tuple[float, ...]
    members: tuple[Member, ...]


def read_universe(con: duckdb.DuckDBPyConnection, screen: Screen) -> Universe:
    """Return the universe of a run whose table ``evaluated`` is on the connection.

    A group's score is the mean of its factors' percentiles by weight; factors that are left out for a name
    (``missing: drop`` or ``reweight``) do not count for it. Factors outside any group make the group ``Rank``.
    """
    weights = [(path.split(" / ")[0] or "Rank", share) for path, _, share in factor_weights(screen)]
    groups = tuple(dict.fromkeys(group for group, _ in weights))
    numbers = range(1, len(weights) + 1)
    wanted = "".join(f", f{k}, f{k}_pct" for k in numbers)
    rows = con.execute(
        f"SELECT issuer_id, ticker, name, sector, score, passed{wanted} FROM evaluated WHERE in_universe "
        f"ORDER BY {ORDER}"
    ).fetchall()
    members = tuple(
        Member(
            issuer_id=row[0],
            ticker=row[1],
            name=row[2],
            sector=row[3],
            score=row[4],
            passed=row[5],
            values=tuple(row[6::2]),
            groups=_group_scores(groups, weights, row[7::2]),
        )
        for row in rows
    )
    shares = tuple(sum(share for group, share in weights if group == name) for name in groups)
    return Universe(groups, shares, members)


def _group_scores(
    groups: Sequence[str], weights: Sequence[tuple[str, float]], percentiles: Sequence[float | None]
) -> tuple[float | None, ...]:
    found = []
    for name in groups:
        known = [
            (share, percentile)
            for (group, share), percentile in zip(weights, percentiles, strict=True)
            if group == name and percentile is not None
        ]
        total = sum(share for share, _ in known)
        found.append(sum(share * percentile for share, percentile in known) / total if total else None)
    return tuple(found)
