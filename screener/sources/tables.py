"""Any vendor's tables, by a mapping, to staged facts, companies and listings; every version keeps its own day."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from screener.catalogue.vendor_items import FORM, fact_tag, vendor_items
from screener.errors import DataError
from screener.lake.files import quoted
from screener.lake.parallel import cut
from screener.sources.report import BuildReport, Progress
from screener.sources.staged import FACTS_FILE, workroom, write_fact_ranges
from screener.sources.table_companies import gather, write_issuers
from screener.sources.table_files import load_table, read_header
from screener.sources.table_mapping import COMPANY, MappedTables, TableFile, common_key
from screener.sources.table_rows import KEPT, Texts, columns_of, dated_rows, key_of, kinds, widened
from screener.sources.table_shares import bad_shares

if TYPE_CHECKING:
    import duckdb

# Cells that are made into facts at once.
RANGE_CELLS = 1_500_000


def read_tables(mapped: MappedTables, stage: Path, report: BuildReport, progress: Progress | None = None) -> list[Path]:
    """Read a vendor's files as their mapping says into ``stage``; return the files read.

    ``DataError`` when a file can't be read, when none has periods, or when no column names the companies in all.
    """
    key = common_key([file.table for file in mapped.files])
    if not any(file.table.form != "companies" for file in mapped.files):
        raise DataError("none of the tables has periods: companies alone are no data set")
    for note in (*mapped.notes, *(note for file in mapped.files for note in file.notes)):
        report.note(note)
    facts: list[tuple[TableFile, Path]] = []
    lists: list[Path] = []
    with workroom(stage, "tables") as (con, work):
        for number, file in enumerate(mapped.files):
            if progress:
                progress(f"reading {file.path.name}")
            rows = _rows(con, file, (number, key), work, report)
            if file.table.form == "companies":
                lists.append(rows)
            else:
                facts.append((file, rows))
                _note_dates(file, report)
        companies = gather(con, [rows for _, rows in facts], lists)
        write_issuers(con, stage, companies, key, report)
        known = [(file, _of_issuers(con, file, rows, work, report)) for file, rows in facts]
        bad = bad_shares(con, known, work, report)
        if progress:
            progress("writing the facts")
        write_fact_ranges(stage, _ranges(con, known, bad), work / "spill-facts")
        _count_facts(con, stage, known, bad, report)
    return [file.path for file in mapped.files]


def _note_dates(file: TableFile, report: BuildReport) -> None:
    table, name = file.table, file.path.name
    if not table.published:
        report.note(f"{name} has no publish date: its rows count as public {table.lag} days after the period end")


def _rows(
    con: duckdb.DuckDBPyConnection, file: TableFile, which: tuple[int, str], work: Path, report: BuildReport
) -> Path:
    """Return the file of the sound rows of a table (``which``: its number and the key of companies)."""
    number, key = which
    header = read_header(file.path, file.table.encoding)
    path, rows = load_table(con, file.path, header, columns_of(file.table), work=work, report=report)
    texts = Texts(path, file.path.name, rows, file.table, key)
    if file.table.form == "companies":
        return _company_rows(con, texts, number, work, report)
    if file.table.form == "long":
        left = con.execute(f"SELECT count(*) FROM {texts.scan}").fetchall()[0][0]
        report.skipped(texts.source, "values", "left out by where", rows - left)
        texts = widened(con, texts, work, report)
    return dated_rows(con, texts, number, work, report)


def _company_rows(con: duckdb.DuckDBPyConnection, texts: Texts, number: int, work: Path, report: BuildReport) -> Path:
    who = ", ".join(f"{f'k_{name}' if name in texts.table.company else 'NULL::VARCHAR'} AS {name}" for name in COMPANY)
    target = work / f"companies-{number}.parquet"
    con.execute(
        f'COPY (SELECT {key_of(texts.key, f"k_{texts.key}")} AS key, {who}, NULL::DATE AS filed, NULL::DATE AS "end" '
        f"FROM {texts.scan}) TO {quoted(target)} (FORMAT parquet)"
    )
    every, keyed = con.execute(f"SELECT count(*), count(key) FROM read_parquet({quoted(target)})").fetchall()[0]
    report.skipped(texts.source, "rows", "left out by where", texts.rows - every)
    report.read(texts.source, "rows", every)
    report.kept(texts.source, "rows", keyed)
    report.dropped(texts.source, "rows", f"no {texts.table.company[texts.key]}", every - keyed)
    return target


def _of_issuers(con: duckdb.DuckDBPyConnection, file: TableFile, rows: Path, work: Path, report: BuildReport) -> Path:
    """Return the rows of the issuers, by issuer: each company's once, and of two for one period and day one."""
    source, items = file.path.name, file.table.items
    values = ", ".join(f"x{place}" for place in range(len(items)))
    target = work / f"{rows.stem}-issuers.parquet"
    scan = f"(SELECT * FROM read_parquet({quoted(rows)}) WHERE {KEPT})"
    same = 'key, "end", months, quarter, filed'
    twice = con.execute(
        f"""SELECT coalesce(sum(n - 1), 0)::BIGINT, list(DISTINCT concat_ws(' ', key, "end") ORDER BY ALL)[:20]
        FROM (SELECT key, "end", count(*) AS n FROM {scan} GROUP BY {same} HAVING n > 1)""".replace(
            "ORDER BY ALL", "ORDER BY concat_ws(' ', key, \"end\")"
        )
    ).fetchall()[0]
    order = ", ".join(f"x{place} NULLS LAST" for place in range(len(items)))
    one = f"QUALIFY row_number() OVER (PARTITION BY {same} ORDER BY restated DESC NULLS LAST, {order}) = 1"
    con.execute(
        f"""COPY (SELECT issuer_id, key, "end", months, quarter, filed, currency, {values}
        FROM (SELECT * FROM {scan} {one if twice[0] else ""}) JOIN issuer_of USING (key)
        ORDER BY issuer_id, "end", months, filed) TO {quoted(target)} (FORMAT parquet)"""
    )
    kept = con.execute(f"SELECT count(*) FROM read_parquet({quoted(target)})").fetchall()[0][0]
    second = con.execute(
        f"SELECT count(*), list(DISTINCT key ORDER BY key)[:20] FROM {scan} ANTI JOIN issuer_of USING (key)"
    ).fetchall()[0]
    there = con.execute(f"SELECT count(*) FROM {scan}").fetchall()[0][0]
    report.kept(source, "rows", kept)
    report.dropped(source, "rows", "second ticker of an issuer: its facts are taken once", second[0], second[1] or [])
    report.dropped(source, "rows", "the same period twice in one file", there - kept - second[0], twice[1] or [])
    return target


def cells(files: Sequence[tuple[TableFile, Path]], condition: str = "true") -> str:
    """Return SQL of the cells of all files: what they are mapped to, their periods, their days, their values."""
    found = []
    for number, (file, rows) in enumerate(files):
        known = vendor_items()
        listed = ", ".join(
            f"{{'item': {quoted(item.name)}, 'tag': {quoted(fact_tag(item.name, item.text, file.path.name))}, "
            f"'kind': {quoted(known[item.name].kind)}, 'unit': {quoted(known[item.name].unit)}, "
            f"'months': {_covers(item.ytd)}, 'value': x{place}}}"
            for place, item in enumerate(file.table.items)
        )
        found.append(
            f'SELECT {number} AS file, issuer_id, key, "end", months, filed, currency, unnest([{listed}]) AS c '
            f"FROM read_parquet({quoted(rows)}) WHERE {condition}"
        )
    return f"""(SELECT file, issuer_id, key, "end", months, filed, currency, c.item, c.tag, c.kind, c.unit, c.value,
        CASE WHEN c.kind <> 'instant' THEN CAST("end" + INTERVAL 1 DAY - to_months(c.months) AS DATE) END AS "start"
        FROM ({" UNION ALL ".join(found)})
        WHERE c.value IS NOT NULL AND (c.kind = 'instant' OR c.months IS NOT NULL))"""


def _covers(ytd: bool) -> str:
    return "CASE WHEN months = 3 THEN 3 * quarter ELSE months END" if ytd else "months"


def _ranges(con: duckdb.DuckDBPyConnection, files: Sequence[tuple[TableFile, Path]], bad: Path) -> list[str]:
    """Return the queries of the facts of successive ranges of issuers.

    Balances come with the quarter and with the year: the quarter's is kept, whichever file it is in.
    """
    sizes = " UNION ALL ".join(
        f"SELECT issuer_id, {len(file.table.items)} AS n FROM read_parquet({quoted(rows)})" for file, rows in files
    )
    counts = con.execute(f"SELECT issuer_id, sum(n)::BIGINT FROM ({sizes}) GROUP BY ALL ORDER BY ALL").fetchall()
    unit = "CASE unit WHEN 'shares' THEN 'shares' WHEN 'usd_per_share' THEN currency || '/shares' ELSE currency END"
    return [
        f"""SELECT issuer_id, tag, {unit} AS unit, "start", "end", value, filed, {quoted(FORM)} AS form,
            NULL AS accession, NULL AS statement
        FROM {cells(files, f"issuer_id BETWEEN {first} AND {last}")}
        ANTI JOIN read_parquet({quoted(bad)}) USING (file, issuer_id, "end", months, filed, item)
        QUALIFY row_number() OVER (PARTITION BY issuer_id, item, "start", "end", filed ORDER BY months, file) = 1"""
        for first, last in cut(counts, RANGE_CELLS)
    ]


def _count_facts(
    con: duckdb.DuckDBPyConnection, stage: Path, files: Sequence[tuple[TableFile, Path]], bad: Path, report: BuildReport
) -> None:
    read = {"instant": 0, "flow": 0}
    for file, rows in files:
        for kind, places in zip(read, kinds(file.table), strict=True):
            cell = {place: f"x{place}" for place in places}
            for place in places:
                if file.table.items[place].ytd:
                    cell[place] = f"CASE WHEN months <> 3 OR quarter IS NOT NULL THEN x{place} END"
            listed = " + ".join(f"count({value})" for value in cell.values()) or "0"
            read[kind] += con.execute(f"SELECT {listed} FROM read_parquet({quoted(rows)})").fetchall()[0][0]
    known = vendor_items()
    for (item,) in con.execute(f"SELECT item FROM read_parquet({quoted(bad)})").fetchall():
        read["instant" if known[item].kind == "instant" else "flow"] -= 1
    kept = con.execute(
        f"""SELECT count(*) FILTER ("start" IS NULL), count("start") FROM read_parquet({quoted(stage / FACTS_FILE)})"""
    ).fetchall()[0]
    report.read("tables", "facts", sum(read.values()))
    report.kept("tables", "facts", sum(kept))
    report.dropped("tables", "facts", "balance of the same day in the other file", read["instant"] - kept[0])
    report.dropped("tables", "facts", "the same period in another file", read["flow"] - kept[1])
