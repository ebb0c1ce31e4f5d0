"""Rows of a vendor's table made sound: their keys, periods and publication days as SQL, every change counted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from screener.catalogue.items import BY_NAME
from screener.catalogue.vendor_items import vendor_items
from screener.lake.files import quoted
from screener.sources.report import EXAMPLES, BuildReport
from screener.sources.table_mapping import COMPANY, Item, Table

if TYPE_CHECKING:
    import duckdb

EARLIEST, LATEST = "1950-01-01", "2100-12-31"
# No amount of money of a company, in any currency, is that large: what is above was scaled twice.
LARGEST = 1e17
# A cost of which so many of the values are negative has the other sign in the vendor's table.
MOSTLY = 0.9


@dataclass(frozen=True, slots=True)
class Texts:
    """The columns of a table as texts in the Parquet file ``path``: ``rows`` of them in the file ``source``."""

    path: Path
    source: str
    rows: int
    table: Table
    key: str

    @property
    def scan(self) -> str:
        """SQL of the rows that ``where`` leaves."""
        kept = [f"{_whole(f'w{place}')} IN ({_listed(values)})" for place, (_, values) in enumerate(self.table.where)]
        return f"(SELECT * FROM read_parquet({quoted(self.path)}) WHERE {' AND '.join(kept) or 'true'})"


def columns_of(table: Table) -> list[tuple[str, str]]:
    """Return the columns that are read of a table, each with the name that it has among the texts."""
    found = [(column, f"k_{name}") for name, column in table.company.items()]
    single = {
        "end": table.end, "months": table.months.column, "quarter": table.quarter, "published": table.published,
        "restated": table.restated, "currency": table.currency_column, "item": table.item, "value": table.value,
    }  # fmt: skip
    found += [(column, f"s_{name}") for name, column in single.items() if column]
    found += [(column, f"w{place}") for place, (column, _) in enumerate(table.where)]
    if table.form == "wide":
        found += [(column, f"v{place}") for place, column in enumerate(value_columns(table))]
    return found


def value_columns(table: Table) -> list[str]:
    """Return the columns, or the names in a long table, from which the items are made, each once."""
    return list(dict.fromkeys(column for item in table.items for column, _ in item.terms))


def key_of(name: str, column: str) -> str:
    """Return SQL of the key by which the rows of a company are known."""
    if name == "cik":
        return f"try_cast(try_cast({column} AS DOUBLE) AS BIGINT)::VARCHAR"
    return f"upper({column})" if name == "ticker" else _whole(column)


def _whole(column: str) -> str:
    """Return SQL of a text, without the ``.0`` that a whole number has where its column holds fractions."""
    return f"regexp_replace({column}, '^([0-9]+)\\.0$', '\\1')"


def widened(con: duckdb.DuckDBPyConnection, texts: Texts, work: Path, report: BuildReport) -> Texts:
    """Return a long table as a wide one; what is not mapped is skipped, of two values the smaller one is taken."""
    names = value_columns(texts.table)
    keys = [own for _, own in columns_of(texts.table) if own not in ("s_item", "s_value")]
    skipped = con.execute(
        f"""SELECT count(*), list(DISTINCT s_item ORDER BY s_item)[:{EXAMPLES}] FROM {texts.scan}
        WHERE coalesce(s_item, '') NOT IN ({_listed(names)})"""
    ).fetchall()[0]
    listed = [str(name) for name in skipped[1] or []]
    report.skipped(texts.source, "values", "the item is not in the mapping", skipped[0], listed)
    cells = ", ".join(f"min(s_value) FILTER (WHERE s_item = {quoted(name)}) AS v{n}" for n, name in enumerate(names))
    target = work / f"{len(list(work.iterdir()))}-wide.parquet"
    con.execute(
        f"COPY (SELECT {', '.join(keys)}, {cells} FROM {texts.scan} WHERE s_item IN ({_listed(names)}) "
        f"GROUP BY {', '.join(keys)}) TO {quoted(target)} (FORMAT parquet)"
    )
    rows = con.execute(f"SELECT count(*) FROM read_parquet({quoted(target)})").fetchall()[0][0]
    _count_values(con, texts, target, skipped[0], report)
    return Texts(target, texts.source, rows, texts.table, texts.key)


def _count_values(con: duckdb.DuckDBPyConnection, texts: Texts, wide: Path, skipped: int, report: BuildReport) -> None:
    number = con.execute(f"SELECT count(*), count(s_value) FROM {texts.scan}").fetchall()[0]
    names = value_columns(texts.table)
    listed = ", ".join(f"count(v{n})" for n in range(len(names)))
    kept = sum(con.execute(f"SELECT {listed} FROM read_parquet({quoted(wide)})").fetchall()[0])
    there = con.execute(
        f"SELECT count(s_value) FROM {texts.scan} WHERE s_item IN ({_listed(names)})"
    ).fetchall()[0][0]  # fmt: skip
    report.read(texts.source, "values", number[0] - skipped)
    report.kept(texts.source, "values", kept)
    report.dropped(texts.source, "values", "no value", number[0] - skipped - there)
    report.dropped(texts.source, "values", "the same period twice in one file", there - kept)


def dated_rows(con: duckdb.DuckDBPyConnection, texts: Texts, number: int, work: Path, report: BuildReport) -> Path:
    """Return a Parquet file with the sound rows of a table: key, period, filing day, and ``x0`` .. of the items."""
    table = texts.table
    _count_cells(con, texts, report)
    day = f"BETWEEN DATE '{EARLIEST}' AND DATE '{LATEST}'"
    lag = "NULL" if table.lag is None else f'"end" + {table.lag}'
    who = ", ".join(f"{f'k_{name}' if name in table.company else 'NULL::VARCHAR'} AS {name}" for name in COMPANY)
    values = ", ".join(f"{_value(item, table)} AS x{place}" for place, item in enumerate(table.items))
    restated = _date("s_restated", table) if table.restated else "NULL::DATE"
    published = _date("s_published", table) if table.published else "NULL::DATE"
    code = "upper(s_currency)" if table.currency_column else "NULL"
    target = work / f"rows-{number}.parquet"
    con.execute(
        f"""COPY (
        WITH read AS (
            SELECT {key_of(texts.key, f"k_{texts.key}")} AS key, {who}, {_date("s_end", table)} AS "end", s_end,
                {_months(table)} AS months, {_quarter(table)} AS quarter, {published} AS published,
                {restated} AS restated, coalesce({code}, {quoted(table.currency)}) AS currency, {values}
            FROM {texts.scan}
        ), sound AS (
            SELECT *, CASE WHEN published >= "end" AND published {day} THEN published END AS good FROM read
        )
        SELECT * EXCLUDE (published), coalesce(good, {lag})::DATE AS public,
            CASE WHEN public IS NOT NULL THEN greatest(public, CASE WHEN restated {day} THEN restated END) END AS filed,
            key IS NOT NULL AND coalesce("end" {day}, false) AS keyed
        FROM sound) TO {quoted(target)} (FORMAT parquet)"""
    )
    _count_rows(con, texts, target, report)
    return target


# What is read on: the rows that have a key, a period and a day.
KEPT = "keyed AND months IS NOT NULL AND filed IS NOT NULL"


def _count_rows(con: duckdb.DuckDBPyConnection, texts: Texts, rows: Path, report: BuildReport) -> None:
    """Count what was left out and changed in the words of the other readers of vendors' tables."""
    table, source = texts.table, texts.source
    every = con.execute(f"SELECT count(*) FROM read_parquet({quoted(rows)})").fetchall()[0][0]
    if table.form == "wide":
        left = "left out by where: " + ", ".join(column for column, _ in table.where)
        report.skipped(source, "rows", left, texts.rows - every)
    report.read(source, "rows", every)
    key = table.company[texts.key]
    months = ", ".join(value for value, _ in table.months.values)
    period = f"{table.months.column} is none of {months}" if table.months.column else "no period"
    assumed = f"publish date missing or before report date: report date + {table.lag} days"
    for reason, condition, verb in (
        (f"no {key} or no {table.end}", "NOT keyed", report.dropped),
        (period, "keyed AND months IS NULL", report.dropped),
        (
            "publish date missing or before report date",
            "keyed AND months IS NOT NULL AND filed IS NULL",
            report.dropped,
        ),
        (assumed, f"{KEPT} AND good IS NULL", report.changed),
        ("restated after publication: dated at the restatement", f"{KEPT} AND filed > public", report.changed),
        (
            "no fiscal quarter: its year-to-date values are left out",
            f"{KEPT} AND quarter IS NULL AND months = 3" if any(item.ytd for item in table.items) else "false",
            report.changed,
        ),
    ):
        number, examples = con.execute(
            f"""SELECT count(*), list(example ORDER BY example)[:{EXAMPLES}] FROM (
                SELECT concat_ws(' ', key, coalesce("end"::VARCHAR, s_end)) AS example
                FROM read_parquet({quoted(rows)}) WHERE {condition})"""
        ).fetchall()[0]
        verb(source, "rows", reason, number, examples or [])


def _count_cells(con: duckdb.DuckDBPyConnection, texts: Texts, report: BuildReport) -> None:
    """Count cells that hold something else than a finite number, amounts beyond all sense, and costs below zero."""
    table = texts.table
    example = f"concat_ws(' ', k_{texts.key}, s_end, {{0}}, {{1}})"
    for place, column in enumerate(value_columns(table)):
        cell = f"v{place}"
        number, examples = con.execute(
            f"""SELECT count(*), list(example ORDER BY example)[:{EXAMPLES}] FROM (
                SELECT {example.format(quoted(column), cell)} AS example FROM {texts.scan} WHERE {cell} IS NOT NULL
                AND NOT coalesce(isfinite(try_cast({cell} AS DOUBLE)), false))"""
        ).fetchall()[0]
        report.changed(texts.source, "rows", "value is not a finite number: missing", number, examples or [])
    sums = ", ".join(
        f"count(*) FILTER (abs({value}) > {LARGEST}), count(*) FILTER ({value} < 0), count(*) FILTER ({value} <> 0)"
        for value in (_plain(item, table) for item in table.items)
    )
    found = con.execute(f"SELECT {sums} FROM {texts.scan}").fetchall()[0]
    for place, item in enumerate(table.items):
        large, negative, there = found[3 * place : 3 * place + 3]
        report.changed(texts.source, "rows", f"value above {LARGEST:.0e}: missing", large, [item.text] if large else [])
        if there >= 3 and negative > MOSTLY * there and (line := BY_NAME.get(item.name)) and line.sign != "any":
            report.note(
                f"{texts.source}: {item.name} ({item.text}) is negative in {negative:,} of {there:,} rows: costs and "
                "payments are positive here, so its sign in the mapping is probably wrong"
            )


def _plain(item: Item, table: Table) -> str:
    """Return SQL of an item's value before what cannot be is left out: NULL where one of its columns is."""
    places = {column: place for place, column in enumerate(value_columns(table))}
    zero = item.name in table.zeros
    terms = []
    for column, sign in item.terms:
        cell = f"v{places[column]}"
        number = f"try_cast({cell} AS DOUBLE)"
        value = f"CASE WHEN isfinite({number}) THEN {number} {f'WHEN {cell} IS NULL THEN 0 ' if zero else ''}END"
        terms.append(f"{'-' if sign < 0 else '+'} ({value})")
    # 0 first: the negative of nothing is nothing, not minus nothing.
    return f"(0 {' '.join(terms)}) * {item.scale!r}"


def _value(item: Item, table: Table) -> str:
    value = _plain(item, table)
    return f"CASE WHEN abs({value}) <= {LARGEST} THEN {value} + 0.0 END"


def _date(column: str, table: Table) -> str:
    """Return SQL of a date: as the mapping says, else 2024-12-31 (also with a time), else 20241231."""
    given = [f"try_strptime({column}, {quoted(table.dates)})::DATE"] if table.dates else []
    usual = [f"try_cast({column} AS DATE)", f"try_cast({column} AS TIMESTAMP)::DATE"]
    tried = ", ".join([*given, *usual, f"try_strptime({column}, '%Y%m%d')::DATE"])
    return f"coalesce({tried})"


def _months(table: Table) -> str:
    if table.months.constant is not None:
        return f"{table.months.constant}::INTEGER"
    if not table.months.column:
        return "NULL::INTEGER"
    cases = " ".join(f"WHEN {quoted(value)} THEN {months}" for value, months in table.months.values)
    return f"(CASE {_whole('s_months')} {cases} END)::INTEGER"


def _quarter(table: Table) -> str:
    if not table.quarter:
        return "NULL::INTEGER"
    digits = "try_cast(try_cast(regexp_replace(s_quarter, '^[Qq]', '') AS DOUBLE) AS INTEGER)"
    return f"CASE WHEN {digits} BETWEEN 1 AND 4 THEN {digits} END"


def _listed(values: tuple[str, ...] | list[str]) -> str:
    return ", ".join(quoted(value) for value in values) or "NULL"


def kinds(table: Table) -> tuple[list[int], list[int]]:
    """Return the places of the table's items that are balances, and of those that belong to a period."""
    known = vendor_items()
    instants = [place for place, item in enumerate(table.items) if known[item.name].kind == "instant"]
    return instants, [place for place in range(len(table.items)) if place not in instants]
