"""Small staged tables for tests: facts written as rows, and the fundamentals that come of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import duckdb

from screener.lake.schema import COMPANIES, FACTS
from screener.standardize.pipeline import standardize

M = 1e6
ISSUER = 1
Fact = tuple[str, str | None, str, float, str, str]
Row = dict[str, Any]
Case = TypeVar("Case")


class Filer(NamedTuple):
    """What one company filed: facts as (tag, start, end, value, filed, form).

    model: that of its industry code. faces: the statement on whose face each tag is, none for the tags left out;
    without it nothing is known.
    """

    facts: list[Fact]
    model: str = "standard"
    faces: dict[str, str] | None = None


def unit_of(tag: str) -> str:
    """Return the unit in which a tag of the tests is stated."""
    if tag.startswith("EarningsPerShare"):
        return "USD/shares"
    counts = ("Weighted", "EntityCommonStockShares", "CommonStockShares", "simfin:Shares")
    return "shares" if tag.startswith(counts) else "USD"


def accession_of(filed: str, form: str) -> str | None:
    """Return an accession number that is one a filing day and form."""
    return None if form == "simfin" else f"{filed}-{form}"


def write_table(path: Path, columns: Any, rows: list[tuple[Any, ...]]) -> None:
    """Write rows of plain values as a Parquet file with exactly ``columns``."""
    with duckdb.connect() as con:
        listed = ", ".join(f'"{name}" {kind}' for name, kind, _ in columns)
        con.execute(f"CREATE TABLE t ({listed})")
        if rows:
            con.executemany(f"INSERT INTO t VALUES ({', '.join('?' * len(columns))})", rows)
        con.execute(f"COPY t TO '{path}' (FORMAT parquet)")


def write_stage(
    stage: Path,
    facts: list[Fact],
    model: str = "standard",
    issuer: int = ISSUER,
    faces: dict[str, str] | None = None,
) -> Path:
    """Write ``facts`` and their one company into ``stage``; arguments as in :class:`Filer`."""
    return write_filers(stage, {issuer: Filer(facts, model, faces)})


def write_filers(stage: Path, filers: Mapping[int, Filer]) -> Path:
    """Write the facts of companies, by their number, and the companies into ``stage``."""
    stage.mkdir(parents=True, exist_ok=True)
    rows = [
        (
            issuer,
            tag,
            unit_of(tag),
            start,
            end,
            float(value),
            filed,
            form,
            accession_of(filed, form),
            None if filer.faces is None else filer.faces.get(tag, ""),
        )
        for issuer, filer in filers.items()
        for tag, start, end, value, filed, form in filer.facts
    ]
    write_table(stage / "facts.parquet", FACTS, rows)
    companies = [
        {"issuer_id": issuer, "cik": issuer, "name": "Example", "model": filer.model, "is_shell": False}
        for issuer, filer in filers.items()
    ]
    listed = [tuple(company.get(name) for name, _, _ in COMPANIES) for company in companies]
    write_table(stage / "companies.parquet", COMPANIES, listed)
    return stage


def rows_of(
    stage: Path, facts: list[Fact], model: str = "standard", faces: dict[str, str] | None = None
) -> list[dict[str, Any]]:
    """Return every version of every row that ``facts`` standardize to, in file order."""
    write_stage(stage, facts, model, faces=faces)
    standardize(stage)
    return read(stage / "fundamentals.parquet")


def rows_of_each(stage: Path, cases: Mapping[Case, Filer]) -> dict[Case, list[Row]]:
    """Return every version of every row of each case, standardized together: no row depends on other companies."""
    filers = dict(enumerate(cases.values(), ISSUER))
    write_filers(stage, filers)
    standardize(stage)
    rows: dict[int, list[Row]] = {number: [] for number in filers}
    for row in read(stage / "fundamentals.parquet"):
        rows[row["issuer_id"]].append(row)
    return dict(zip(cases, rows.values(), strict=True))


def read(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a Parquet file as dicts."""
    with duckdb.connect() as con:
        result = con.execute(f"SELECT * FROM read_parquet('{path}')")
        names = [column[0] for column in result.description or []]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def as_of(rows: list[dict[str, Any]], day: str, end: str | None = None) -> dict[str, Any]:
    """Return the one row known on ``day``: of the period ``end``, or of the newest period."""
    when = date.fromisoformat(day)
    until = "known_until" if end else "latest_until"
    found = [
        row
        for row in rows
        if row["known_from"] <= when < row[until] and (end is None or row["period_end"] == date.fromisoformat(end))
    ]
    assert len(found) == 1, f"{len(found)} rows known on {day}"
    return found[0]
