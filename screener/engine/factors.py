"""The factors of one name: value, percentile, the peers it was taken among, and what it adds to the score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from screener.engine.ranks import factor_weights, unit_of
from screener.engine.result import FactorValue

if TYPE_CHECKING:
    import duckdb

    from screener.language.screen import Screen


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


def read_standings(con: duckdb.DuckDBPyConnection, screen: Screen, issuer: int) -> tuple[Standing, ...]:
    """Return the factors of an issuer from the table ``evaluated`` of a run with parts; ``()`` outside the universe."""
    weights = factor_weights(screen)
    parts = ("", "_pct", "_peers", "_within", "_size")
    wanted = ", ".join(f"f{k}{part}" for k in range(1, len(weights) + 1) for part in parts)
    if not weights:
        return ()
    row = con.execute(f"SELECT {wanted} FROM evaluated WHERE in_universe AND issuer_id = ?", [issuer]).fetchone()
    if row is None:
        return ()
    found = []
    for number, (path, factor, weight) in enumerate(weights):
        value, percentile, peers, within, size = row[len(parts) * number : len(parts) * (number + 1)]
        points = None if percentile is None else percentile * weight
        found.append(
            Standing(
                factor.text, path, value, percentile, peers, weight, unit_of(factor.expr, screen.definitions),
                factor.direction, factor.within or "universe", within, size, points,
            )
        )  # fmt: skip
    return tuple(found)
