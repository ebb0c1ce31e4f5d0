"""SEC companyfacts: every version of every mapped fact, read in batches of members with bounded memory."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from screener.catalogue.tags import mapped_tags
from screener.lake.files import quoted
from screener.sources.archive import Member, open_archive
from screener.sources.json_members import TABLE, batches, load_batch
from screener.sources.listing import clean_name
from screener.sources.report import EXAMPLES, BuildReport, Progress

if TYPE_CHECKING:
    import duckdb

# Reports of a period; 8-K and 6-K carry recast statements. Proxy and offering documents are never read.
FORMS = ("10-K", "10-Q", "10-KT", "10-QT", "20-F", "40-F", "8-K", "6-K")

FIRST_DAY = "1990-01-01"
LAST_DAY = "2100-12-31"
# A report is filed after its period; some are filed on its last days.
EARLIEST_FILING_DAYS = 5

# All leaves are text: a bad date or number then costs its own fact, not the whole member.
_FACT = 'STRUCT("start" VARCHAR, "end" VARCHAR, val VARCHAR, accn VARCHAR, form VARCHAR, filed VARCHAR)'
_TAGS = f"MAP(VARCHAR, STRUCT(units MAP(VARCHAR, {_FACT}[])))"
COLUMNS: dict[str, str] = {
    "cik": "VARCHAR",
    "entityName": "VARCHAR",
    "facts": f'STRUCT("us-gaap" {_TAGS}, dei {_TAGS}, "ifrs-full" {_TAGS})',
}

# Reasons in the order in which they are tested.
REASONS: tuple[tuple[str, str], ...] = (
    ("form is not a report of a period", "NOT coalesce(form IN (SELECT form FROM allowed_forms), false)"),
    ("value is not a finite number", "NOT coalesce(isfinite(value), false)"),
    ("date is missing or not a date", '"end" IS NULL OR filed IS NULL OR ("start" IS NULL AND start_text IS NOT NULL)'),
    (
        "date outside 1990-2100",
        f"""NOT ("end" BETWEEN DATE '{FIRST_DAY}' AND DATE '{LAST_DAY}')
            OR NOT (filed BETWEEN DATE '{FIRST_DAY}' AND DATE '{LAST_DAY}')
            OR NOT coalesce("start" BETWEEN DATE '{FIRST_DAY}' AND DATE '{LAST_DAY}', true)""",
    ),
    ("period ends before it starts", 'coalesce("end" < "start", false)'),
    (
        f"filed more than {EARLIEST_FILING_DAYS} days before the end of its period",
        f'filed < "end" - {EARLIEST_FILING_DAYS} AND NOT (is_dei AND "start" IS NULL)',
    ),
)


@dataclass(slots=True)
class Issuers:
    """What companyfacts say about the issuers: names, days of the first and newest filing, newest annual form."""

    names: dict[int, str] = field(default_factory=dict)
    first_filed: dict[int, date] = field(default_factory=dict)
    last_filed: dict[int, date] = field(default_factory=dict)
    annual_form: dict[int, str] = field(default_factory=dict)


def read_companyfacts(
    con: duckdb.DuckDBPyConnection, path: Path, work: Path, report: BuildReport, progress: Progress | None
) -> Issuers:
    """Read the members of ``path`` (zip or folder) into Parquet parts ``work/part-*.parquet``; return the issuers.

    ``DataError`` when ``path`` can't be opened; whatever is wrong with a member or a fact is counted in ``report``.
    """
    _prepare(con)
    issuers = Issuers()
    with open_archive(path, ".json") as archive:
        total = sum(member.size for member in archive.members)
        done = 0
        for index, batch in enumerate(batches(archive.members)):
            members = load_batch(con, archive, batch, work=work, columns=COLUMNS, report=report)
            _name_issuers(con, members, issuers, archive.path.name, report)
            _write_part(con, work / f"part-{index:05d}.parquet", archive.path.name, report)
            done += sum(member.size for member in batch)
            if progress:
                progress(f"companyfacts: {done // 1_000_000:,} of {total // 1_000_000:,} MB")
    _filings(con, work, issuers)
    return issuers


def parts(work: Path) -> str:
    """Return the query over the facts that :func:`read_companyfacts` wrote; it does not know the statements."""
    return f"SELECT *, NULL::VARCHAR AS statement FROM read_parquet({quoted(work / 'part-*.parquet')})"


def _prepare(con: duckdb.DuckDBPyConnection) -> None:
    forms = [form + ending for form in FORMS for ending in ("", "/A")]
    for table, column, values in (
        ("allowed_forms", "form", forms),
        ("wanted_tags", "tag", sorted(mapped_tags())),
    ):
        listed = ", ".join(f"({quoted(value)})" for value in values)
        con.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT * FROM (VALUES {listed}) t({column})")


def _name_issuers(
    con: duckdb.DuckDBPyConnection, members: dict[int, Member], issuers: Issuers, source: str, report: BuildReport
) -> None:
    """Give each member its issuer (table ``issuer_of``); drop members without facts, without CIK, and second copies."""
    rows = con.execute(f'SELECT member, cik, "entityName", facts IS NULL FROM {TABLE} ORDER BY member').fetchall()
    kept: list[tuple[int, int]] = []
    for number, cik_text, name, bare in rows:
        member = members[number]
        cik = _cik(cik_text, member)
        if cik is None:
            report.dropped(source, "members", "no CIK in its content or its name", 1, [member.name])
        elif bare:
            report.dropped(source, "members", "no facts", 1, [member.name])
        elif cik in issuers.names:
            report.dropped(source, "members", "its CIK was given by an earlier member", 1, [member.name])
        else:
            issuers.names[cik] = clean_name(name)
            kept.append((number, cik))
    report.kept(source, "members", len(kept))
    values = ", ".join(f"({number}, {cik}::BIGINT)" for number, cik in kept) or "(NULL, NULL::BIGINT)"
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE issuer_of AS SELECT * FROM (VALUES {values}) t(member, issuer_id) "
        "WHERE member IS NOT NULL"
    )


def _cik(text: str | None, member: Member) -> int | None:
    """Take the CIK from the content (a number, or a string padded with zeros), else from the member's name."""
    if text and text.strip().isdigit() and int(text) > 0:
        return int(text)
    match = re.search(r"CIK(\d{1,10})", member.stem, re.IGNORECASE)
    return int(match.group(1)) if match and int(match.group(1)) > 0 else None


def _write_part(con: duckdb.DuckDBPyConnection, path: Path, source: str, report: BuildReport) -> None:
    cases = " ".join(f"WHEN {condition} THEN {number}" for number, (_, condition) in enumerate(REASONS))
    con.execute(f"""CREATE OR REPLACE TEMP TABLE batch_facts AS
        WITH taxonomies AS (
            SELECT issuer_id, false AS is_dei, '' AS prefix, unnest(map_entries(facts."us-gaap")) AS entry
            FROM {TABLE} JOIN issuer_of USING (member)
            UNION ALL SELECT issuer_id, true, '', unnest(map_entries(facts.dei))
            FROM {TABLE} JOIN issuer_of USING (member)
            UNION ALL SELECT issuer_id, false, 'ifrs:', unnest(map_entries(facts."ifrs-full"))
            FROM {TABLE} JOIN issuer_of USING (member)
        ), tags AS (
            SELECT issuer_id, is_dei, prefix || entry.key AS tag, unnest(map_entries(entry.value.units)) AS unit
            FROM taxonomies WHERE prefix || entry.key IN (SELECT tag FROM wanted_tags)
        ), raw AS (
            SELECT issuer_id, is_dei, tag, unit.key AS unit, unnest(unit.value) AS fact FROM tags
        ), typed AS (
            SELECT issuer_id, is_dei, tag, unit, fact."start" AS start_text, try_cast(fact."start" AS DATE) AS "start",
                try_cast(fact."end" AS DATE) AS "end", try_cast(fact.val AS DOUBLE) AS "value",
                try_cast(fact.filed AS DATE) AS filed, fact.form AS form, fact.accn AS accession
            FROM raw
        )
        SELECT *, CASE {cases} END AS reason FROM typed""")
    con.execute(
        'COPY (SELECT DISTINCT issuer_id, tag, unit, "start", "end", "value", filed, form, accession '
        f"FROM batch_facts WHERE reason IS NULL) TO {quoted(path)} (FORMAT parquet)"
    )
    _count_facts(con, path, source, report)


def _count_facts(con: duckdb.DuckDBPyConnection, path: Path, source: str, report: BuildReport) -> None:
    kept = con.execute(f"SELECT count(*) FROM read_parquet({quoted(path)})").fetchall()[0][0]
    report.kept(source, "facts", kept)
    for reason, number in con.execute(
        "SELECT reason, count(*) FROM batch_facts GROUP BY reason ORDER BY reason"
    ).fetchall():
        report.read(source, "facts", number)
        if reason is None:
            report.dropped(source, "facts", "repeats a fact of the same filing", number - kept)
            continue
        examples = con.execute(
            f"""SELECT concat_ws(' ', 'CIK', issuer_id, tag, start_text, "end", "value", form, accession)
            FROM batch_facts WHERE reason = {reason} ORDER BY ALL LIMIT {EXAMPLES}"""
        ).fetchall()
        report.dropped(source, "facts", REASONS[reason][0], number, [row[0] for row in examples])


def _filings(con: duckdb.DuckDBPyConnection, work: Path, issuers: Issuers) -> None:
    if not issuers.names:
        return
    annual = "replace(form, '/A', '') IN ('10-K', '10-KT', '20-F', '40-F')"
    for issuer, first, filed, form in con.execute(
        f"""SELECT issuer_id, min(filed), max(filed),
            max_by(replace(form, '/A', ''), (filed, accession)) FILTER (WHERE {annual})
        FROM ({parts(work)}) GROUP BY issuer_id ORDER BY issuer_id"""
    ).fetchall():
        issuers.first_filed[issuer] = first
        issuers.last_filed[issuer] = filed
        if form:
            issuers.annual_form[issuer] = form
