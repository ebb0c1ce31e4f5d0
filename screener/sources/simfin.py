"""SimFin bulk files to staged facts, companies and listings; values as last restated, dated at first publication."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from screener.catalogue.items import ITEMS, LineItem
from screener.errors import DataError, ScreenError
from screener.lake.files import identifier, quoted
from screener.sources.archive import first_existing
from screener.sources.csv_members import load_csv, unpack_csv
from screener.sources.listing import clean_name
from screener.sources.report import EXAMPLES, BuildReport, Progress
from screener.sources.simfin_companies import Company, issuer_lines, model_of, sectors_of, without_suffix, year_end
from screener.sources.simfin_rows import FACTS_QUERY, clean_rows
from screener.sources.staged import (
    company_row,
    workroom,
    write_classifications,
    write_companies,
    write_events,
    write_facts,
    write_listings,
)

if TYPE_CHECKING:
    import duckdb

# Statement of the line items, frequency, months that a flow covers.
FILES: tuple[tuple[str, str, int], ...] = (
    ("income", "annual", 12),
    ("income", "quarterly", 3),
    ("balance", "annual", 12),
    ("balance", "quarterly", 3),
    ("cashflow", "annual", 12),
    ("cashflow", "quarterly", 3),
)
STATEMENTS = {"income": "income", "balance": "balance", "cashflow": "cash_flow"}
KEYS = ("Ticker", "SimFinId", "Currency", "Report Date", "Publish Date", "Restated Date")

# Where the cash flow statement begins: no item of ours, but it has to be the net income of the income statement.
STARTING_LINE = LineItem(
    name="net_income_of_cash_flow", label="Net income in the cash flow", statement="cash_flow", kind="flow", unit="usd",
    sign="any", how="first", simfin="Net Income/Starting Line",
)  # fmt: skip

RESTATED = ("publish", "strict")


def read_simfin(
    folder: Path, stage: Path, report: BuildReport, progress: Progress | None = None, restated: str = "publish"
) -> list[Path]:
    """Read SimFin's bulk files (``us-income-quarterly.zip`` or ``.csv`` ...) into ``stage``; return the files read.

    ``restated``: ``publish`` dates every value at its first publication although the vendor gives it as last
    restated; ``strict`` dates it at the later of Publish Date and Restated Date.
    ``DataError`` when no statement is there, a file can't be read, or it is not one of SimFin's.
    """
    if restated not in RESTATED:
        raise ScreenError(f"unknown way to date restated rows: {restated}", hint="publish or strict")
    if not folder.is_dir():
        raise DataError(f"there is no folder {folder}", hint="name the folder that holds us-income-quarterly.zip")
    read: list[Path] = []
    with workroom(stage, "simfin") as (con, work):
        companies = _companies(con, folder, work, read, report)
        con.execute(
            "CREATE OR REPLACE TEMP TABLE vendor_rows (source VARCHAR, months INTEGER, simfin_id BIGINT, "
            "ticker VARCHAR, currency VARCHAR, report_date DATE, published DATE, restated DATE, "
            "items STRUCT(tag VARCHAR, kind VARCHAR, value DOUBLE)[])"
        )
        for statement, frequency, months in FILES:
            path = first_existing(folder, _names(f"us-{statement}-{frequency}"))
            if path is None:
                report.note(f"no us-{statement}-{frequency} file: its values are unknown")
                continue
            if progress:
                progress(f"reading {path.name}")
            _load_statement(con, path, work, (statement, months), report)
            read.append(path)
        if not any("-companies" not in path.name and path.stem != "industries" for path in read):
            raise DataError(f"{folder} has no us-income, us-balance or us-cashflow file")
        _add_unnamed(con, companies, report)
        _write_issuers(con, stage, companies, report)
        clean_rows(con, report, strict=restated == "strict")
        write_facts(con, stage, FACTS_QUERY)
    return read


def _names(stem: str) -> tuple[str, str]:
    return (f"{stem}.zip", f"{stem}.csv")


def _load_statement(
    con: duckdb.DuckDBPyConnection, path: Path, work: Path, layout: tuple[str, int], report: BuildReport
) -> None:
    """Append the rows of one statement file to ``vendor_rows``; rows without usable keys are dropped."""
    statement, months = layout
    columns = load_csv(con, unpack_csv(path, work), "vendor_csv", delimiter=";", source=path.name, report=report)
    missing = [name for name in KEYS if name not in columns]
    if missing:
        raise DataError(
            f"{path.name} is not a SimFin statement file: it has no column {', '.join(missing)}",
            hint="SimFin's bulk files are separated by semicolons and begin with Ticker;SimFinId;Currency",
        )
    items = [item for item in ITEMS if item.simfin and item.statement == STATEMENTS[statement]]
    absent = [item.simfin.removeprefix("-") for item in items if item.simfin.removeprefix("-") not in columns]
    if absent:
        report.note(f"{path.name} has no column {', '.join(absent)}")
    present = [item for item in items if item.simfin.removeprefix("-") in columns]
    present += [STARTING_LINE] if statement == "cashflow" and STARTING_LINE.simfin in columns else []
    _count_texts(con, path.name, present, report)
    cells = ", ".join(_cell(item) for item in present)
    con.execute(
        f"""INSERT INTO vendor_rows SELECT {quoted(path.name)}, {months}, try_cast("SimFinId" AS BIGINT), "Ticker",
            coalesce(nullif(trim("Currency"), ''), 'USD'), try_cast("Report Date" AS DATE),
            try_cast("Publish Date" AS DATE), try_cast("Restated Date" AS DATE), [{cells}] FROM vendor_csv
        WHERE try_cast("SimFinId" AS BIGINT) IS NOT NULL
            AND try_cast("Report Date" AS DATE) BETWEEN DATE '1990-01-01' AND DATE '2100-12-31'"""
    )
    bad = con.execute(
        """SELECT concat_ws(' ', "Ticker", "SimFinId", "Report Date") FROM vendor_csv
        WHERE try_cast("SimFinId" AS BIGINT) IS NULL
            OR NOT coalesce(try_cast("Report Date" AS DATE) BETWEEN DATE '1990-01-01' AND DATE '2100-12-31', false)
        ORDER BY ALL"""
    ).fetchall()
    report.dropped(path.name, "rows", "no SimFinId or no report date", len(bad), [row[0] for row in bad])


def _cell(item: LineItem) -> str:
    column = item.simfin.removeprefix("-")
    sign = "-" if item.simfin.startswith("-") else ""
    number = f"try_cast({identifier(column)} AS DOUBLE)"
    return (
        f"{{'tag': {quoted('simfin:' + column)}, 'kind': {quoted(item.kind)}, "
        f"'value': CASE WHEN isfinite({number}) THEN 0 + {sign}{number} END}}"
    )


def _count_texts(con: duckdb.DuckDBPyConnection, source: str, items: list[LineItem], report: BuildReport) -> None:
    """Count cells that hold something else than a finite number; they become missing values."""
    for item in items:
        column = identifier(item.simfin.removeprefix("-"))
        bad = con.execute(
            f"""SELECT concat_ws(' ', "Ticker", "Report Date", {quoted(item.simfin)}, {column}) FROM vendor_csv
            WHERE trim({column}) <> '' AND NOT coalesce(isfinite(try_cast({column} AS DOUBLE)), false) ORDER BY ALL"""
        ).fetchall()
        report.changed(source, "rows", "value is not a finite number: missing", len(bad), [row[0] for row in bad])


def _companies(
    con: duckdb.DuckDBPyConnection, folder: Path, work: Path, read: list[Path], report: BuildReport
) -> dict[int, Company]:
    """Return the companies by SimFinId; empty, with a note, without ``us-companies``."""
    path = first_existing(folder, _names("us-companies"))
    if path is None:
        report.note("no us-companies file: issuers have no name, CIK or sector")
        return {}
    read.append(path)
    columns = load_csv(con, unpack_csv(path, work), "company_csv", delimiter=";", source=path.name, report=report)
    for name in ("Ticker", "SimFinId"):
        if name not in columns:
            raise DataError(f"{path.name} is not SimFin's company file: it has no column {name}")
    industries = _industries(con, folder, work, read, report)
    wanted = ("SimFinId", "Ticker", "Company Name", "CIK", "IndustryId", "End of financial year (month)")
    select = ", ".join(identifier(name) if name in columns else "NULL" for name in wanted)
    found: dict[int, Company] = {}
    for simfin_id, ticker, name, cik, industry_id, month in con.execute(
        f'SELECT {select} FROM company_csv ORDER BY try_cast("SimFinId" AS BIGINT), "Ticker"'
    ).fetchall():
        number = _number(simfin_id)
        if number is None or not ticker or number in found:
            reason = "SimFinId given twice" if number in found else "no SimFinId or no ticker"
            report.dropped(path.name, "rows", reason, 1, [f"{ticker} {simfin_id}"])
            continue
        report.kept(path.name, "rows", 1)
        industry, sector = industries.get(_number(industry_id), ("", ""))
        label = clean_name(name) or ticker
        found[number] = Company(number, ticker, label, _number(cik), sector, industry, _number(month))
    return found


def _industries(
    con: duckdb.DuckDBPyConnection, folder: Path, work: Path, read: list[Path], report: BuildReport
) -> dict[int | None, tuple[str, str]]:
    path = first_existing(folder, _names("industries"))
    if path is None:
        report.note("no industries file: sectors are unknown")
        return {}
    read.append(path)
    columns = load_csv(con, unpack_csv(path, work), "industry_csv", delimiter=";", source=path.name, report=report)
    if not {"IndustryId", "Industry", "Sector"} <= set(columns):
        raise DataError(f"{path.name} is not SimFin's industry file: expected IndustryId;Industry;Sector")
    rows = con.execute('SELECT "IndustryId", "Industry", "Sector" FROM industry_csv ORDER BY ALL').fetchall()
    report.kept(path.name, "rows", len(rows))
    return {_number(key): (industry or "", sector or "") for key, industry, sector in rows}


def _number(text: str | None) -> int | None:
    """Return a whole positive number, also one that was written as ``104.0``."""
    digits = (text or "").strip().removesuffix(".0")
    return int(digits) if digits.isdigit() and int(digits) > 0 else None


def _add_unnamed(con: duckdb.DuckDBPyConnection, companies: dict[int, Company], report: BuildReport) -> None:
    """Add the ids that only the statements know, so that none of their rows is lost."""
    unnamed = [
        (simfin_id, ticker)
        for simfin_id, ticker in con.execute(
            "SELECT simfin_id, min(ticker) FROM vendor_rows GROUP BY simfin_id ORDER BY simfin_id"
        ).fetchall()
        if simfin_id not in companies
    ]
    for simfin_id, ticker in unnamed:
        name = ticker or f"SimFin {simfin_id}"
        companies[simfin_id] = Company(simfin_id, name, name)
    report.changed(
        "us-companies", "issuers", "only in the statements: no name, no sector", len(unnamed), [t for _, t in unnamed]
    )


def _write_issuers(
    con: duckdb.DuckDBPyConnection, stage: Path, companies: dict[int, Company], report: BuildReport
) -> None:
    """Write companies and listings, and the table ``issuer_of`` (simfin_id, issuer_id) of the ids whose rows count."""
    issuers: dict[int, list[Company]] = {}
    for company in companies.values():
        issuers.setdefault(company.issuer_id, []).append(company)
    tickers = {company.ticker: company.issuer_id for company in companies.values()}
    counts = dict(con.execute("SELECT simfin_id, count(*) FROM vendor_rows GROUP BY simfin_id").fetchall())
    rows = []
    chosen = []
    for issuer in sorted(issuers):
        group = sorted(issuers[issuer], key=lambda company: (-counts.get(company.simfin_id, 0), company.simfin_id))
        first = group[0]
        chosen.append((first.simfin_id, issuer))
        rows.append(
            company_row(
                issuer,
                cik=first.cik,
                name=first.name,
                sic=None,
                sectors=sectors_of(first.sector, first.industry),
                model=model_of(first.sector, first.industry),
                country=None,
                fiscal_year_end=year_end(first.year_end_month),
                source="simfin",
            )
        )
    _count_issuers(issuers, tickers, report)
    write_companies(con, stage, rows)
    write_classifications(con, stage)
    write_events(con, stage)
    pairs = [(issuer, line) for issuer, group in issuers.items() for line in issuer_lines(group, tickers)]
    write_listings(con, stage, pairs)
    values = ", ".join(f"({simfin_id}::BIGINT, {issuer}::BIGINT)" for simfin_id, issuer in chosen)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE issuer_of AS SELECT * FROM (VALUES {values or '(NULL, NULL)'}) "
        "t(simfin_id, issuer_id)"
    )


def _count_issuers(issuers: dict[int, list[Company]], tickers: dict[str, int], report: BuildReport) -> None:
    report.read("us-companies", "issuers", len(issuers))
    report.kept("us-companies", "issuers", len(issuers))
    shared = [group for group in issuers.values() if len(group) > 1]
    names = [" ".join(sorted(company.ticker for company in group)) for group in shared]
    report.changed("us-companies", "issuers", "several tickers with one CIK: one issuer", len(shared), sorted(names))
    gone = sorted(ticker for ticker in tickers if without_suffix(ticker) != ticker)
    report.changed("us-companies", "issuers", "ticker with a suffix (delisted)", len(gone), gone[:EXAMPLES])
