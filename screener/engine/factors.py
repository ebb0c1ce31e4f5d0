"""The factors of names: value, percentile, the peers it was taken among, and what it adds to the score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from screener.engine.ranks import factor_weights, unit_of
from screener.engine.result import FactorValue

if TYPE_CHECKING:
    import duckdb

    from screener.language.screen import Factor, Screen


@dataclass(frozen=True, slots=True)
class Standing(FactorValue):
    """A factor of a name with its peers; ``peers`` is the group's own name, such as ``Industrials``.

    direction: ``higher`` or ``lower`` is better. asked: the field whose groups the screen asks for, ``universe`` for
    none. within: the field that was used. size: how many names that group has. contribution: points of the score,
    percentile times weight; those of all factors add up to the score.
    """

    direction: str = "higher"
    asked: str = "universe"
    within: str = "universe"
    size: int = 0
    contribution: float | None = None

    @property
    def fell_back(self) -> bool:
        """Return whether the group asked for was too small, so that a wider one stands in."""
        return self.asked != self.within


def read_standings(
    con: duckdb.DuckDBPyConnection, screen: Screen, issuers: Sequence[int]
) -> dict[int, tuple[Standing, ...]]:
    """Return the factors of issuers from the table ``evaluated`` of a run with parts, for those of the universe."""
    weights = factor_weights(screen)
    if not weights or not issuers:
        return {}
    wanted = ", ".join(f"f{k}{part}" for k in range(1, len(weights) + 1) for part in _PARTS)
    rows = con.execute(
        f"SELECT issuer_id, {wanted} FROM evaluated "
        f"WHERE in_universe AND issuer_id IN ({', '.join(str(int(issuer)) for issuer in issuers)})"
    ).fetchall()
    return {issuer: _standings(screen, weights, values) for issuer, *values in rows}


_PARTS = ("", "_pct", "_peers", "_within", "_size")


def _standings(
    screen: Screen, weights: Sequence[tuple[str, Factor, float]], values: Sequence[Any]
) -> tuple[Standing, ...]:
    found = []
    for number, (path, factor, weight) in enumerate(weights):
        value, percentile, peers, within, size = values[len(_PARTS) * number : len(_PARTS) * (number + 1)]
        points = None if percentile is None else percentile * weight
        found.append(
            Standing(
                factor.text, path, value, percentile, peers, weight, unit_of(factor.expr, screen.definitions),
                factor.direction, factor.within or "universe", within, size, points,
            )
        )  # fmt: skip
    return tuple(found)
