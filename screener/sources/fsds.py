"""SEC's Financial Statement Data Sets to staged facts and companies, alone or beside companyfacts.

What they alone have: on which statement's face a tag is, the industry code as it was at each filing, and the filers'
own tags. Their dates are rounded to month ends, so that companyfacts win wherever they have the company.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from screener.catalogue.sectors import classify, is_shell, model
from screener.errors import DataError
from screener.lake.files import quoted
from screener.sources.archive import MemberError, first_existing, open_archive
from screener.sources.fsds_files import fsds_archives, open_member
from screener.sources.fsds_rows import load_faces, load_filings, load_values, prepare
from screener.sources.listing import Line, clean_name, lines, receipts
from screener.sources.report import EXAMPLES, BuildReport, Progress
from screener.sources.sec_filers import Profile, read_tickers
from screener.sources.staged import (
    COMPANIES_FILE,
    FACTS_FILE,
    company_row,
    load_rows,
    workroom,
    write_classifications,
    write_companies,
    write_events,
    write_facts,
    write_listings,
)

if TYPE_CHECKING:
    import duckdb

MEMORY = "2GB"
TICKERS = ("company_tickers_exchange.json", "company_tickers_exchange.zip")
_ANNUAL = "replace(form, '/A', '') IN ('10-K', '10-KT', '20-F', '40-F')"


def read_fsds(
    paths: Sequence[Path], stage: Path, report: BuildReport, progress: Progress | None = None, *, beside: bool = False
) -> list[Path]:
    """Read the data sets that ``paths`` name or hold into ``stage`` and return the files that were read.

    ``beside``: SEC's companyfacts were read into ``stage`` before. Their facts learn the statement that they are on,
    their companies the industry codes of the past; facts are added for companies that companyfacts lack. Otherwise
    the data sets are the only source; listings come from a ``company_tickers_exchange`` file next to them.
    ``DataError`` when there is no data set, a zip file can't be opened, or no filing can be read.
    """
    archives = fsds_archives(paths)
    with workroom(stage, "fsds") as (con, work):
        con.execute(f"SET memory_limit = '{MEMORY}'")
        prepare(con)
        for number, path in enumerate(archives):
            if progress:
                progress(f"financial statement data sets: {number + 1} of {len(archives)}, {path.name}")
            _read_archive(con, path, number, work, report)
        if not _count(con, "SELECT count(*) FROM filings"):
            reason = next(filter(None, (report.first_drop(path.name) for path in archives)), "download it again")
            raise DataError(f"no filing could be read from {', '.join(path.name for path in archives)}", hint=reason)
        if progress:
            progress("sorting facts")
        if beside:
            _merge(con, stage, work, report)
        else:
            tickers = tickers_beside(paths)
            _write_alone(con, stage, work, read_tickers(tickers, work, report) if tickers else {}, report)
            archives = [*archives, *([tickers] if tickers else [])]
        _classify(con, stage)
        _count_companies(con, stage, report)
    return archives


def _read_archive(con: duckdb.DuckDBPyConnection, path: Path, number: int, work: Path, report: BuildReport) -> None:
    with open_archive(path, ".txt") as archive:
        for stem in ("sub", "num", "pre"):
            scan = open_member(archive, stem, work, report)
            if scan is None:
                if stem == "sub":
                    return
                continue
            try:
                if stem == "sub":
                    load_filings(con, scan, path.name, report)
                elif stem == "num":
                    load_values(con, scan, work / f"num-{number:05d}.parquet", path.name, report)
                else:
                    load_faces(con, scan, work / f"pre-{number:05d}.parquet", path.name, report)
            except MemberError as error:
                report.dropped(path.name, "members", "malformed", 1, [str(error)])
                report.kept(path.name, "members", -1)
                if stem == "sub":
                    return
            scan.path.unlink()


def _parts(work: Path, stem: str, nothing: str) -> str:
    """Return the query over what was written for a member, ``nothing`` (a query without rows) where nothing was."""
    if not any(work.glob(f"{stem}-*.parquet")):
        return nothing
    return f"SELECT * FROM read_parquet({quoted(work / f'{stem}-*.parquet')})"


def _values(work: Path) -> str:
    return _parts(
        work,
        "num",
        'SELECT NULL::BIGINT AS issuer_id, NULL AS tag, NULL AS unit, NULL AS "start", NULL AS "end", NULL AS "value", '
        "NULL AS filed, NULL AS form, NULL AS accession WHERE false",
    )


def _with_statements(facts: str, work: Path) -> str:
    """Return the query ``facts`` with its column ``statement``: empty where the filing has faces without the tag."""
    faces = _parts(work, "pre", "SELECT NULL AS adsh, NULL AS tag, NULL AS statement WHERE false")
    return (
        "SELECT v.*, CASE WHEN g.adsh IS NOT NULL THEN coalesce(f.statement, '') END AS statement "
        f"FROM ({facts}) v LEFT JOIN (SELECT adsh FROM filings WHERE faced) g ON g.adsh = v.accession "
        f"LEFT JOIN ({faces}) f ON f.adsh = v.accession AND f.tag = v.tag"
    )


def _merge(con: duckdb.DuckDBPyConnection, stage: Path, work: Path, report: BuildReport) -> None:
    """Add the statements to the facts of companyfacts, and the companies that companyfacts lack."""
    before = work / "facts-before.parquet"
    (stage / FACTS_FILE).rename(before)
    companies = con.execute(f"SELECT * FROM read_parquet({quoted(stage / COMPANIES_FILE)})").fetchall()
    load_rows(con, "known_companies", (("issuer_id", "BIGINT", ""),), [(row[0],) for row in companies])
    added = f"SELECT * FROM ({_values(work)}) WHERE issuer_id NOT IN (SELECT issuer_id FROM known_companies)"
    old = f"SELECT * EXCLUDE (statement) FROM read_parquet({quoted(before)})"
    write_facts(con, stage, _with_statements(f"{old} UNION ALL BY NAME {added}", work))
    fresh = _company_rows(con, f"SELECT DISTINCT issuer_id FROM ({added})")
    write_companies(con, stage, [*companies, *(row for row, _ in fresh)])
    _count_merged(con, before, work, report)
    report.read("companies", "issuers", len(fresh))
    report.kept("companies", "issuers", len(fresh))
    names = [f"CIK {row[0]} {row[2]}" for row, _ in fresh]
    report.changed(
        "companies", "issuers", "not in companyfacts: from the financial statement data sets", len(names), names
    )


def _count_merged(con: duckdb.DuckDBPyConnection, before: Path, work: Path, report: BuildReport) -> None:
    """Count the facts that companyfacts made needless, and the filings that they lack of a company that they have."""
    facts, known = con.execute(
        "SELECT count(*), count(*) FILTER (issuer_id IN (SELECT issuer_id FROM known_companies)) "
        f"FROM ({_values(work)})"
    ).fetchall()[0]
    report.read("financial statement data sets", "facts", facts)
    report.kept("financial statement data sets", "facts", facts - known)
    report.dropped("financial statement data sets", "facts", "companyfacts have the company", known)
    lacking = con.execute(
        f"""SELECT concat_ws(' ', name, form, adsh) FROM filings
        WHERE issuer_id IN (SELECT issuer_id FROM known_companies) AND form IN (SELECT form FROM allowed_forms)
        AND adsh NOT IN (SELECT accession FROM read_parquet({quoted(before)}) WHERE accession IS NOT NULL)
        ORDER BY adsh"""
    ).fetchall()
    report.changed(
        "financial statement data sets",
        "facts",
        "filing that companyfacts lack of a company that they have: left out, its dates are rounded",
        len(lacking),
        [row[0] for row in lacking[:EXAMPLES]],
    )


def _write_alone(
    con: duckdb.DuckDBPyConnection, stage: Path, work: Path, listed: dict[int, Profile], report: BuildReport
) -> None:
    write_facts(con, stage, _with_statements(_values(work), work))
    fresh = _company_rows(con, f"SELECT DISTINCT issuer_id FROM ({_values(work)})")
    write_companies(con, stage, [row for row, _ in fresh])
    write_events(con, stage)
    listings: list[tuple[int, Line]] = []
    bare = []
    for row, foreign in fresh:
        found = lines(listed[row[0]].tickers, foreign=foreign) if row[0] in listed else []
        listings += [(row[0], line) for line in found]
        if not found:
            bare.append(f"CIK {row[0]} {row[2]}")
    write_listings(con, stage, listings)
    report.read("companies", "issuers", len(fresh))
    report.kept("companies", "issuers", len(fresh))
    report.changed("companies", "issuers", "no ticker (delisted, or never listed)", len(bare), bare)
    report.note("dates of the financial statement data sets are rounded to month ends, those of 52/53-week years too")


def _company_rows(con: duckdb.DuckDBPyConnection, issuers: str) -> list[tuple[tuple[Any, ...], bool]]:
    """Return (row of ``companies``, whether its line is taken as a receipt) of the issuers that a query gives."""
    newest = "(filed, accepted, adsh)"
    rows = []
    for issuer, name, sic, year_end, country, annual_form in con.execute(
        f"""SELECT issuer_id, arg_max(name, {newest}), arg_max(sic, {newest}), arg_max(fye, {newest}),
            arg_max(country, {newest}), CASE WHEN bool_or(replace(form, '/A', '') = '20-F')
                THEN '20-F' ELSE arg_max(replace(form, '/A', ''), {newest}) FILTER ({_ANNUAL}) END
        FROM filings WHERE issuer_id IN ({issuers}) GROUP BY issuer_id ORDER BY issuer_id"""
    ).fetchall():
        row = company_row(
            issuer,
            cik=issuer,
            name=clean_name(name) or f"CIK {issuer}",
            sic=sic,
            sectors=classify(sic),
            model=model(sic),
            country=country,
            fiscal_year_end=year_end,
            source="fsds",
        )
        rows.append((row, receipts(annual_form, country)))
    return rows


def _classify(con: duckdb.DuckDBPyConnection, stage: Path) -> None:
    """Write the industry codes of the companies in ``stage``: a row from each filing on that gives another code."""
    codes = [
        row[0] for row in con.execute("SELECT DISTINCT sic FROM filings WHERE sic IS NOT NULL ORDER BY sic").fetchall()
    ]
    columns = (
        ("sic", "INTEGER", ""), ("sector", "VARCHAR", ""), ("industry", "VARCHAR", ""), ("ff12", "VARCHAR", ""),
        ("ff49", "VARCHAR", ""), ("model", "VARCHAR", ""), ("is_shell", "BOOLEAN", ""),
    )  # fmt: skip
    rows = []
    for sic in codes:
        found = classify(sic)
        rows.append((sic, found.sector, found.industry, found.ff12, found.ff49, model(sic), is_shell(sic)))
    load_rows(con, "sic_codes", columns, rows)
    write_classifications(
        con,
        stage,
        f"""WITH days AS (
            SELECT issuer_id, filed, arg_max(sic, (accepted, adsh)) AS sic FROM filings
            WHERE sic IS NOT NULL
                AND issuer_id IN (SELECT issuer_id FROM read_parquet({quoted(stage / COMPANIES_FILE)}))
            GROUP BY issuer_id, filed
        ), changes AS (
            SELECT * FROM days
            QUALIFY sic IS DISTINCT FROM lag(sic) OVER (PARTITION BY issuer_id ORDER BY filed)
        )
        SELECT issuer_id, filed AS known_from, sic_codes.* FROM changes JOIN sic_codes USING (sic)""",
    )


def _count_companies(con: duckdb.DuckDBPyConnection, stage: Path, report: BuildReport) -> None:
    """Count, in the report on companies, whose core lines were at some time under tags of their own only."""
    found = con.execute(
        f"""SELECT line, concat_ws(' ', 'CIK', issuer_id, name) FROM (SELECT DISTINCT * FROM own_lines) o
        JOIN read_parquet({quoted(stage / COMPANIES_FILE)}) c USING (issuer_id) ORDER BY line, issuer_id"""
    ).fetchall()
    for line in sorted({line for line, _ in found}):
        names = [name for other, name in found if other == line]
        report.changed(
            "companies", "issuers", f"{line} of some filing is under tags of the filer's own", len(names), names
        )


def tickers_beside(paths: Sequence[Path]) -> Path | None:
    """Return SEC's list of tickers that lies in or next to one of ``paths``."""
    folders = [folder for path in paths for folder in ((path, path.parent) if path.is_dir() else (path.parent,))]
    return next(filter(None, (first_existing(folder, TICKERS) for folder in folders)), None)


def _count(con: duckdb.DuckDBPyConnection, sql: str) -> int:
    return int(con.execute(sql).fetchall()[0][0])
