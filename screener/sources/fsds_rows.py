"""The rows of a Financial Statement Data Set: filings, values and statement faces, sorted out and counted in SQL."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from screener.catalogue.items import BY_NAME, ITEMS
from screener.catalogue.tags import mapped_tags
from screener.lake.files import quoted
from screener.sources.fsds_files import Scan, load_member
from screener.sources.report import EXAMPLES, BuildReport
from screener.sources.sec_members import FORMS, REASONS

if TYPE_CHECKING:
    import duckdb

# Faces on which a tag can be, the decisive one first: net income is on the cash flow and in equity as well.
STATEMENTS = ("BS", "IS", "CI", "CF", "EQ", "UN", "CP")

# The end of the filing's own period replaces a date that lies no further from it than rounding to a month end moves.
ROUNDING_DAYS = 15

# Longer than any company has lived: a number of quarters above it is no length of time.
MOST_QUARTERS = 400

# A line of the core statements, the statement that it is on, and tags that stand for it in some industry.
CORE_LINES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("revenue", "IS", ("InterestIncomeExpenseNet", "InterestAndDividendIncomeOperating", "PremiumsEarnedNet")),
    ("net_income", "IS", ("ProfitLoss", "NetIncomeLossAvailableToCommonStockholdersBasic")),
    ("total_assets", "BS", ()),
    ("equity", "BS", ("StockholdersEquityIncludingPortionAttributableToNoncontrollingInterest", "PartnersCapital")),
    ("cfo", "CF", ("NetCashProvidedByUsedInOperatingActivitiesContinuingOperations",)),
)

_RAW_TAG = re.compile(r"\b[A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*\b")

# us-gaap and dei tags stand bare, IFRS tags carry their taxonomy; NULL is a taxonomy that no line item uses.
_TAG = """CASE WHEN split_part(version, '/', 1) IN ('us-gaap', 'dei') THEN tag
    WHEN split_part(version, '/', 1) IN ('ifrs', 'ifrs-full') THEN 'ifrs:' || tag END"""

# Values that are not the company's own total under a tag that a line item reads: never meant to be read.
SKIPPED: tuple[tuple[str, str], ...] = (
    ("of a segment or a class (segments)", "segments IS NOT NULL"),
    ("of another registrant in the filing (coreg)", "coreg IS NOT NULL"),
    ("under a tag of the filer's own", "version = adsh"),
    ("under a tag that no line item reads", "NOT coalesce(item_tag IN (SELECT tag FROM wanted_tags), false)"),
    (
        "of a filing that an earlier file gave",
        "adsh IN (SELECT adsh FROM filings) AND adsh NOT IN (SELECT adsh FROM new)",
    ),
)

# Beside the reasons for which companyfacts lose a fact.
NUM_REASONS: tuple[tuple[str, str], ...] = (
    ("its filing is not in sub.txt", "issuer_id IS NULL"),
    ("a flow that spans no quarter, or a balance that spans some", "coalesce(instant <> (qtrs = '0'), false)"),
    *REASONS,
)


@cache
def wanted_tags() -> tuple[tuple[str, bool | None, bool], ...]:
    """Return (tag, whether it is an instant, whether it is per share) of every tag that is kept, sorted by tag.

    None where line items of both kinds, or none, name the tag.
    """
    kinds: dict[str, set[bool]] = {}
    per_share: set[str] = set()
    for item in ITEMS:
        tags = {*item.tags, *item.fill, *item.parts, *(f"ifrs:{tag}" for tag in item.ifrs)}
        for expression in item.fallback:
            tags.update(_RAW_TAG.findall(expression))
        for tag in tags:
            kinds.setdefault(tag, set()).add(item.kind == "instant")
        if item.unit == "usd_per_share":
            per_share |= tags
    return tuple(
        (tag, next(iter(kinds[tag])) if len(kinds.get(tag, ())) == 1 else None, tag in per_share)
        for tag in sorted(mapped_tags())
    )


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """Make the tables that the readers below look into, and the empty tables ``filings`` and ``own_lines``."""
    forms = ", ".join(f"({quoted(form + ending)})" for form in FORMS for ending in ("", "/A"))
    con.execute(f"CREATE OR REPLACE TEMP TABLE allowed_forms AS SELECT * FROM (VALUES {forms}) t(form)")
    tags = ", ".join(
        f"({quoted(tag)}, {'NULL' if instant is None else instant}::BOOLEAN, {per_share})"
        for tag, instant, per_share in wanted_tags()
    )
    con.execute(f"CREATE OR REPLACE TEMP TABLE wanted_tags AS SELECT * FROM (VALUES {tags}) t(tag, instant, per_share)")
    core = ", ".join(
        f"({quoted(name)}, {quoted(statement)}, {quoted(tag)})"
        for name, statement, others in CORE_LINES
        for tag in sorted({*_own_tags(name), *others})
    )
    con.execute(f"CREATE OR REPLACE TEMP TABLE core_tags AS SELECT * FROM (VALUES {core}) t(line, statement, tag)")
    con.execute(
        "CREATE OR REPLACE TEMP TABLE filings (adsh VARCHAR, issuer_id BIGINT, name VARCHAR, sic INTEGER, fye VARCHAR, "
        "country VARCHAR, form VARCHAR, period DATE, filed DATE, accepted VARCHAR, faced BOOLEAN)"
    )
    con.execute("CREATE OR REPLACE TEMP TABLE own_lines (issuer_id BIGINT, line VARCHAR)")


def _own_tags(name: str) -> set[str]:
    item = BY_NAME[name]
    return {*item.tags, *item.fill, *item.parts, *(f"ifrs:{tag}" for tag in item.ifrs)}


def load_filings(con: duckdb.DuckDBPyConnection, scan: Scan, source: str, report: BuildReport) -> None:
    """Make ``new``, the filings of this file that no earlier file gave, and add them to ``filings``.

    Country is the state of incorporation, else the country; EDGAR's codes stand for the United States and Canada as
    a whole, because the country code of Canada is the state code of California.
    """
    load_member(
        con, scan,
        f"""CREATE OR REPLACE TEMP TABLE sub_rows AS
        SELECT adsh, try_cast(cik AS BIGINT) AS issuer_id, name,
            CASE WHEN try_cast(sic AS INTEGER) > 0 THEN try_cast(sic AS INTEGER) END AS sic, fye,
            coalesce(stprinc, CASE countryinc WHEN 'US' THEN 'X1' WHEN 'CA' THEN 'Z4' ELSE countryinc END) AS country,
            form, CAST(try_strptime(period, '%Y%m%d') AS DATE) AS period,
            CAST(try_strptime(filed, '%Y%m%d') AS DATE) AS filed, accepted
        FROM {scan.sql}""",
        source, report,
    )  # fmt: skip
    usable = "adsh IS NOT NULL AND issuer_id > 0 AND filed IS NOT NULL"
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE new AS SELECT *, false AS faced FROM sub_rows
        WHERE {usable} AND adsh NOT IN (SELECT adsh FROM filings)
        QUALIFY row_number() OVER (PARTITION BY adsh ORDER BY filed, issuer_id, name) = 1"""
    )
    rows, broken, again = _row(
        con,
        f"SELECT count(*), count(*) FILTER (NOT coalesce({usable}, false)), "
        f"count(*) FILTER (coalesce({usable}, false) AND adsh IN (SELECT adsh FROM filings)) FROM sub_rows",
    )
    kept = _row(con, "SELECT count(*) FROM new")[0]
    report.read(source, "filings", rows)
    report.kept(source, "filings", kept)
    report.dropped(source, "filings", "no accession number, CIK or filing day", broken)
    report.dropped(source, "filings", "given by an earlier file", again)
    report.dropped(source, "filings", "twice in this file", rows - broken - again - kept)
    con.execute("INSERT INTO filings SELECT * FROM new")


def load_values(con: duckdb.DuckDBPyConnection, scan: Scan, part: Path, source: str, report: BuildReport) -> None:
    """Write the values of ``new`` filings to the Parquet file ``part``: the columns of ``facts`` without statement.

    A value without segment and co-registrant is the company's own. Its sign is as tagged: ``negating`` tells how the
    filer prints it. Its date is rounded to a month end; a flow begins that many quarters before.
    """
    staged = part.with_name("num-staged.parquet")
    _stage_values(con, scan, staged, source, report)
    cases = " ".join(f"WHEN {condition} THEN {number}" for number, (_, condition) in enumerate(NUM_REASONS))
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE typed_values AS
        WITH dated AS (
            SELECT n.adsh AS accession, n.tag, n.qtrs, w.instant, f.issuer_id, f.filed, f.form,
                CASE WHEN w.per_share AND regexp_full_match(n.uom, '[A-Z]{{3}}') THEN n.uom || '/shares'
                    ELSE n.uom END AS unit,
                try_cast(n.value AS DOUBLE) AS "value", CASE WHEN n.tag LIKE 'Entity%' THEN 1 ELSE 0 END AS taxonomy,
                try_cast(n.qtrs AS INTEGER) AS quarters, CAST(try_strptime(n.ddate, '%Y%m%d') AS DATE) AS rounded,
                CASE WHEN abs(rounded - f.period) <= {ROUNDING_DAYS} THEN f.period ELSE rounded END AS day
            FROM read_parquet({quoted(staged)}) n JOIN wanted_tags w ON w.tag = n.tag LEFT JOIN new f ON f.adsh = n.adsh
            WHERE n.skipped IS NULL
        ), spanned AS (
            -- the cover is dated shortly before the filing: rounding must not carry it past that day
            SELECT *, CASE WHEN taxonomy = 1 THEN least(day, filed) ELSE day END AS "end",
                CASE WHEN quarters BETWEEN 1 AND {MOST_QUARTERS}
                    THEN CAST(day + 1 - to_months(3 * quarters) AS DATE) END AS "start",
                CASE WHEN qtrs <> '0' THEN qtrs END AS start_text
            FROM dated
        )
        SELECT *, CASE {cases} END AS reason FROM spanned"""
    )
    con.execute(
        'COPY (SELECT DISTINCT issuer_id, tag, unit, "start", "end", "value", filed, form, accession '
        f"FROM typed_values WHERE reason IS NULL) TO {quoted(part)} (FORMAT parquet)"
    )
    staged.unlink()
    _count_values(con, part, source, report)


def _stage_values(con: duckdb.DuckDBPyConnection, scan: Scan, staged: Path, source: str, report: BuildReport) -> None:
    """Write every value to the Parquet file ``staged``, with the reason for which it is skipped or else its cells."""
    skip = " ".join(f"WHEN {test} THEN {number}" for number, (_, test) in enumerate(SKIPPED))
    load_member(
        con, scan,
        f"""COPY (
        SELECT skipped, CASE WHEN skipped IS NULL THEN adsh END AS adsh,
            CASE WHEN skipped IS NULL THEN item_tag END AS tag, CASE WHEN skipped IS NULL THEN ddate END AS ddate,
            CASE WHEN skipped IS NULL THEN qtrs END AS qtrs, CASE WHEN skipped IS NULL THEN uom END AS uom,
            CASE WHEN skipped IS NULL THEN value END AS value
        FROM (SELECT *, CASE {skip} END AS skipped FROM (SELECT *, {_TAG} AS item_tag FROM {scan.sql}))
        ) TO {quoted(staged)} (FORMAT parquet)""",
        source, report,
    )  # fmt: skip
    for number, count in con.execute(
        f"SELECT skipped, count(*) FROM read_parquet({quoted(staged)}) WHERE skipped IS NOT NULL "
        "GROUP BY skipped ORDER BY skipped"
    ).fetchall():
        report.skipped(source, "facts", SKIPPED[number][0], count)


def _count_values(con: duckdb.DuckDBPyConnection, part: Path, source: str, report: BuildReport) -> None:
    kept = _row(con, f"SELECT count(*) FROM read_parquet({quoted(part)})")[0]
    report.kept(source, "facts", kept)
    for reason, number, examples in con.execute(
        f"""SELECT reason, count(*),
            list(concat_ws(' ', accession, tag, "end", qtrs, unit, "value", form)
                 ORDER BY accession, tag, "end", qtrs, unit, "value")[:{EXAMPLES}]
        FROM typed_values GROUP BY reason ORDER BY reason"""
    ).fetchall():
        report.read(source, "facts", number)
        if reason is None:
            report.dropped(source, "facts", "repeats a fact of the same filing", number - kept)
        else:
            report.dropped(source, "facts", NUM_REASONS[reason][0], number, examples)
    con.execute("DROP TABLE typed_values")


def load_faces(con: duckdb.DuckDBPyConnection, scan: Scan, part: Path, source: str, report: BuildReport) -> None:
    """Write the statement on whose face the tags of ``new`` filings are to ``part`` (Parquet: adsh, tag, statement).

    A tag in brackets beside a line is not on the face. ``faced`` of the filings and ``own_tags`` are brought up to
    date: how many tags of their own the filings have on which statement.
    """
    load_member(
        con, scan,
        f"""CREATE OR REPLACE TEMP TABLE pre_rows AS
        SELECT DISTINCT adsh, stmt, coalesce({_TAG}, tag) AS tag, version = adsh AS own FROM {scan.sql}
        WHERE adsh IN (SELECT adsh FROM new) AND inpth IS DISTINCT FROM '1' AND tag IS NOT NULL""",
        source, report,
    )  # fmt: skip
    rank = " ".join(f"WHEN '{statement}' THEN {number}" for number, statement in enumerate(STATEMENTS))
    con.execute(
        f"""COPY (SELECT adsh, tag, arg_min(stmt, CASE stmt {rank} END) AS statement FROM pre_rows
        WHERE NOT own AND tag IN (SELECT tag FROM wanted_tags) GROUP BY adsh, tag HAVING statement IS NOT NULL)
        TO {quoted(part)} (FORMAT parquet)"""
    )
    con.execute("UPDATE filings SET faced = true WHERE adsh IN (SELECT adsh FROM pre_rows)")
    con.execute(
        """CREATE OR REPLACE TEMP TABLE own_tags AS
        SELECT adsh, CASE stmt WHEN 'CI' THEN 'IS' ELSE stmt END AS statement, count(DISTINCT tag) AS tags
        FROM pre_rows WHERE own AND stmt IN ('BS', 'IS', 'CI', 'CF') GROUP BY ALL"""
    )
    _count_own_tags(con, source, report)


def _count_own_tags(con: duckdb.DuckDBPyConnection, source: str, report: BuildReport) -> None:
    """Count filings with tags of their own on the faces, and core lines that are missing beside such tags."""
    found = con.execute(
        """SELECT concat_ws(' ', name, form, adsh || ':', sum(tags), 'tags') FROM own_tags JOIN new USING (adsh)
        WHERE form IN (SELECT form FROM allowed_forms) GROUP BY name, form, adsh ORDER BY sum(tags) DESC, adsh"""
    ).fetchall()
    reason = "tags of the filer's own on the face of balance sheet, income statement or cash flow"
    report.changed(source, "filings", reason, len(found), [row[0] for row in found[:EXAMPLES]])
    for line, number, issuers, examples in con.execute(
        f"""WITH lines AS (SELECT DISTINCT line, statement FROM core_tags),
        present AS (SELECT DISTINCT adsh, line FROM pre_rows JOIN core_tags USING (tag) WHERE NOT own),
        missing AS (
            SELECT line, issuer_id, concat_ws(' ', name, form, adsh) AS example
            FROM own_tags JOIN lines USING (statement) JOIN new USING (adsh) ANTI JOIN present USING (adsh, line)
            WHERE form IN (SELECT form FROM allowed_forms))
        SELECT line, count(*), list(DISTINCT issuer_id), list(example ORDER BY example)[:{EXAMPLES}]
        FROM missing GROUP BY line ORDER BY line"""
    ).fetchall():
        report.changed(
            source, "filings", f"{line} is under no standard tag, the filer's own stand beside", number, examples
        )
        con.executemany("INSERT INTO own_lines VALUES (?, ?)", [(issuer, line) for issuer in sorted(issuers)])


def _row(con: duckdb.DuckDBPyConnection, sql: str) -> tuple[int, ...]:
    found: tuple[int, ...] = con.execute(sql).fetchall()[0]
    return found
