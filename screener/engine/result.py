"""What a run gives: its identity, the funnel and the ranked rows; plain values that every output can read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from screener.catalogue.units import BY_NAME as UNITS
from screener.engine.display import Shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from screener.language.screen import Screen

Value = float | int | str | bool | date | None

FIXED_COLUMNS = ("rank", "ticker", "name", "sector", "score")


@dataclass(frozen=True, slots=True)
class RunIdentity:
    """The four things that make a run repeatable (screen, data, version, as-of) and what a reader must know.

    ``data`` is the path or ``demo``; ``data_hash`` and ``screen_hash`` are SHA-256 hex digests; ``data_date``
    is the newest price or filing date that the run could see.
    """

    screen: str
    title: str
    as_of: date
    data: str
    data_hash: str
    screen_hash: str
    version: str
    demo: bool
    data_date: date | None = None
    notes: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the ``run`` object of the JSON output."""
        return {
            "screen": self.screen,
            "title": self.title,
            "as_of": self.as_of.isoformat(),
            "data": self.data,
            "data_date": self.data_date.isoformat() if self.data_date else None,
            "version": self.version,
            "hashes": {"screen": self.screen_hash, "data": self.data_hash},
            "demo": self.demo,
            "notes": list(self.notes),
        }


@dataclass(frozen=True, slots=True)
class FunnelStep:
    """One condition of the screen over the names that reached it.

    ``kind`` is ``start``, ``universe`` or ``rule``; ``passed + failed + unknown`` is the number of names tested;
    a universe condition tests what the one before let through; every rule tests the whole universe.
    ``remaining`` is how many names are still in after this step and all before it.
    ``admitted`` counts unknowns that the rule lets through (``if_unknown: pass`` or ``flag``).
    """

    kind: str
    group: str
    text: str
    passed: int
    failed: int
    unknown: int
    remaining: int
    admitted: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Return the step as one object of the JSON output's ``funnel``."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class ResultColumn:
    """A chosen column: its heading as the author wrote it, a label, and the name of its unit."""

    name: str
    label: str
    unit: str


@dataclass(frozen=True, slots=True)
class FactorValue:
    """A factor of one name: raw value, percentile 0-100 (100 is best), its peer group and share of the score."""

    name: str
    group: str
    value: float | None
    percentile: float | None
    peers: str
    weight: float
    unit: str


@dataclass(frozen=True, slots=True)
class Row:
    """A name on the shortlist. ``values`` follows ``Result.columns``; ``flags`` are sentences.

    ``exchange`` is that of the primary listing, as the data set names it (NYSE, NASDAQ, NYSE American, OTC, ...).
    """

    rank: int
    issuer_id: int
    cik: int | None
    ticker: str | None
    name: str
    sector: str
    score: float | None
    values: tuple[Value, ...]
    factors: tuple[FactorValue, ...] = ()
    flags: tuple[str, ...] = ()
    period_end: date | None = None
    known_from: date | None = None
    exchange: str | None = None


class Steps(tuple[FunnelStep, ...]):
    """The steps of a funnel in written order; ``frame`` is a polars frame with a row a step, counts of names."""

    __slots__ = ()

    @property
    def frame(self) -> pl.DataFrame:
        """Return one row a step: kind, group, text, passed, failed, unknown, remaining, admitted."""
        import polars as pl

        schema = dict.fromkeys(FunnelStep.__slots__[:3], pl.String) | dict.fromkeys(FunnelStep.__slots__[3:], pl.Int64)
        return pl.DataFrame([step.as_dict() for step in self], schema=schema)


@dataclass(frozen=True, repr=False)
class Result(Shown):
    """A finished run. ``population`` names survived the universe, ``passed`` passed every rule (before ``limit``).

    path: the folder of the data set.
    """

    run: RunIdentity
    screen: Screen
    columns: tuple[ResultColumn, ...]
    rows: tuple[Row, ...]
    funnel: Steps
    population: int
    passed: int
    sql: str = ""
    path: str = ""
    extra: dict[str, Any] = field(default_factory=dict)

    def records(self) -> list[dict[str, Value]]:
        """Return one dict a name: rank, ticker, name, sector, score, then the chosen columns (values unrounded)."""
        return [
            dict(
                zip(
                    (*FIXED_COLUMNS, *(column.name for column in self.columns)),
                    (row.rank, row.ticker, row.name, row.sector, row.score, *row.values),
                    strict=True,
                )
            )
            for row in self.rows
        ]

    @property
    def units(self) -> dict[str, str]:
        """Return the unit of each column of :attr:`frame`: a name of :data:`screener.catalogue.units.UNITS`."""
        fixed = dict(zip(FIXED_COLUMNS, ("count", "text", "text", "text", "score"), strict=True))
        return fixed | {column.name: column.unit for column in self.columns if column.name not in fixed}

    @property
    def frame(self) -> pl.DataFrame:
        """Return :meth:`records` as a polars frame; one row a name in rank order, values unrounded in full units.

        Types follow from the units (see :func:`kind_of`), so that the frames of many runs fit together.
        """
        import polars as pl

        types = {"text": pl.String(), "date": pl.Date(), "bool": pl.Boolean(), "number": pl.Float64()}
        records, series = self.records(), []
        for name, unit in self.units.items():
            values = [record[name] for record in records]
            kind = kind_of(values, unit)
            fitting = [value if value is None or kind != "text" else str(value) for value in values]
            series.append(pl.Series(name, fitting, pl.Int64() if name == "rank" else types[kind]))
        return pl.DataFrame(series)


_KINDS: dict[str, tuple[type, ...]] = {"text": (str,), "date": (date,), "bool": (bool,), "number": (int, float)}


def kind_of(values: Sequence[Value], unit: str) -> str:
    """Return what a column of ``unit`` holds: ``text``, ``date``, ``bool``, or ``number`` for all other units.

    Where a value does not suit the unit, it is ``number`` if all are numbers, else ``text``.
    """
    style = UNITS[unit].style if unit in UNITS else ""
    for kind in (style if style in _KINDS else "number", "number"):
        if all(value is None or isinstance(value, _KINDS[kind]) for value in values):
            return kind
    return "text"
