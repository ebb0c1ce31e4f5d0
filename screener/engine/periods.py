"""The periods of one company, each in the version known on a day: last years, last quarters, newest twelve months."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from screener.catalogue import profile
from screener.engine.columns import Columns
from screener.engine.company import Company
from screener.engine.compile import Moment, identifier
from screener.engine.steps import on_one_basis
from screener.lake.schema import FUNDAMENTALS_KEYS, item_columns

if TYPE_CHECKING:
    import duckdb

_Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Period:
    """A fiscal year (``FY2023``), quarter (``2023Q4``) or the newest twelve months (``TTM``) and its values.

    Days and values are ``None`` for a period of which nothing was public.
    """

    label: str
    period_end: date | None
    known_from: date | None
    values: tuple[float | None, ...]
    flags: str = ""


@dataclass(frozen=True, slots=True)
class Periods:
    """The periods of a company, oldest first; see :class:`screener.engine.profile.Profile`."""

    years: tuple[Period, ...] = ()
    quarters: tuple[Period, ...] = ()
    ttm: Period | None = None
    notes: tuple[str, ...] = ()


def read_periods(con: duckdb.DuckDBPyConnection, company: Company, day: date, names: Sequence[str]) -> Periods:
    """Return the last fiscal years and quarters with the values of ``names`` (line items, metrics made of them alone).

    Share counts and per-share figures are on the split basis of the newest quarter.
    """
    columns = Columns({})
    whole = [columns.column(name, Moment()) for name in names]
    parts = [columns.column(name, Moment(quarter=True)) for name in names]
    source = _on_basis()
    for level in columns.levels:
        source = f"(SELECT *, {', '.join(f'{sql} AS {identifier(key)}' for key, sql in level.items())} FROM {source})"
    keys = ("quarter_index", "fiscal_year", "fiscal_quarter", "period_end", "known_from", "flags", "currency")
    cursor = con.execute(
        f"SELECT {', '.join([*keys, *whole, *parts])} FROM {source} ORDER BY quarter_index",
        [company.model, company.issuer_id, day, day],
    )
    rows = [(dict(zip(keys, row, strict=False)), row[len(keys) :]) for row in cursor.fetchall()]
    if not rows:
        return Periods()
    newest, values = rows[-1]
    count = len(names)
    found = {row["quarter_index"]: (row, given) for row, given in rows}
    ttm = Period("TTM", newest["period_end"], newest["known_from"], values[:count], newest["flags"] or "")
    currency = newest["currency"]
    notes = () if currency in (None, "USD") else (f"reported in {currency}; ranks and metrics need US dollars",)
    years = _run(found, newest, profile.YEARS, 4)
    quarters = _run(found, newest, profile.QUARTERS, 1)
    return Periods(
        years=tuple(_period(f"FY{days['fiscal_year']}", row, given[:count], count) for days, row, given in years),
        quarters=tuple(
            _period(f"{days['fiscal_year']}Q{days['fiscal_quarter']}", row, given[count:], count)
            for days, row, given in quarters
        ),
        ttm=ttm,
        notes=notes,
    )


def _period(label: str, row: _Row, values: tuple[float | None, ...], count: int) -> Period:
    return Period(
        label, row.get("period_end"), row.get("known_from"), values or (None,) * count, row.get("flags") or ""
    )


def _on_basis() -> str:
    """Return SQL of the company's quarters as known on a day, with counts on the basis of the newest of them."""
    stored = [name for name, _, _ in item_columns()]
    kept = [name for name, _, _ in FUNDAMENTALS_KEYS if name != "model"]
    wanted = [*(f"h.{identifier(name)}" for name in kept), "coalesce(h.model, l.assumed) AS model"]
    wanted += [f"{on_one_basis(name)} AS {identifier(name)}" for name in stored]
    known = "SELECT * FROM fundamentals WHERE issuer_id = ? AND known_from <= ? AND known_until > ?"
    return (
        f"(WITH assumed AS (SELECT ? AS assumed), h AS ({known}), "
        "l AS (SELECT * FROM h, assumed ORDER BY quarter_index DESC LIMIT 1) "
        f"SELECT {', '.join(wanted)} FROM h CROSS JOIN l)"
    )


def _run(
    found: dict[int, tuple[_Row, tuple[Any, ...]]], newest: _Row, count: int, step: int
) -> list[tuple[_Row, _Row, tuple[Any, ...]]]:
    """Return the last ``count`` periods that end ``step`` quarters apart, from the first that is known on.

    Each is its fiscal year and quarter, and the row and its values, both empty where nothing is known.
    """
    last = newest["quarter_index"] - (newest["fiscal_quarter"] % 4 if step > 1 else 0)
    periods: list[tuple[_Row, _Row, tuple[Any, ...]]] = []
    for index in range(last - (count - 1) * step, last + 1, step):
        row, values = found.get(index, ({}, ()))
        if periods or any(value is not None for value in values):
            periods.append((row or _expected(newest, newest["quarter_index"] - index), row, values))
    return periods


def _expected(newest: _Row, back: int) -> _Row:
    """Return the fiscal year and quarter that lie so many quarters before the newest."""
    number = newest["fiscal_year"] * 4 + newest["fiscal_quarter"] - 1 - back
    return {"fiscal_year": number // 4, "fiscal_quarter": number % 4 + 1}
