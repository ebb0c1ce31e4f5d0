"""A batch of companyfacts members: JSON text in, a Parquet part of mapped facts and a record of each member out."""

from __future__ import annotations

import json
import re
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from screener.catalogue.tags import mapped_tags
from screener.lake.files import first_line, quoted
from screener.sources.sec_text import Cut, Places, cut_out

if TYPE_CHECKING:
    import duckdb

# Reports of a period; 8-K and 6-K carry recast statements. Proxy and offering documents are never read.
FORMS = ("10-K", "10-Q", "10-KT", "10-QT", "20-F", "40-F", "8-K", "6-K")
ANNUAL_FORMS = ("10-K", "10-KT", "20-F", "40-F")
_ALLOWED = ", ".join(quoted(form + ending) for form in FORMS for ending in ("", "/A"))

FIRST_DAY = "1990-01-01"
LAST_DAY = "2100-12-31"
# A report is filed after its period; some are filed on its last days.
EARLIEST_FILING_DAYS = 5

# Remembered of each member: what the report shows must not depend on how members were put into batches.
MEMBER_EXAMPLES = 3

# Reasons in the order in which they are tested.
REASONS: tuple[tuple[str, str], ...] = (
    ("form is not a report of a period", f"NOT coalesce(form IN ({_ALLOWED}), false)"),
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
        f'filed < "end" - {EARLIEST_FILING_DAYS} AND NOT (taxonomy = 1 AND "start" IS NULL)',
    ),
)
REPEATED = "repeats a fact of the same filing"

# Taxonomies as (name in the file, prefix of our tag); their place in the table is their number in the queries.
TAXONOMIES: tuple[tuple[str, str], ...] = (("us-gaap", ""), ("dei", ""), ("ifrs-full", "ifrs:"))

# Names of dei, the cover page: they are looked up there, all others in us-gaap.
_COVER = ("Amendment", "Auditor", "Document", "Entity", "Security", "Trading")

# The start stays text: a bad one must not pass for none. What can't be cast otherwise becomes NULL and is counted.
_UNITS = 'MAP(VARCHAR, STRUCT("start" VARCHAR, "end" DATE, val DOUBLE, accn VARCHAR, form VARCHAR, filed DATE)[])'
_BOM = b"\xef\xbb\xbf"
_CIK, _NAME = "$.cik", "$.entityName"

# The query of ``found``: a JSON document is parsed once, however much is looked up in it.
_LOOKUP = """SELECT member, taxonomy, tag, content FROM (
    SELECT member, unnest(json_extract(content, $paths::VARCHAR[])) AS content,
        unnest(range(len($paths::VARCHAR[]))) AS place
    FROM member_texts) JOIN looked_up USING (place) WHERE content IS NOT NULL"""


@dataclass(slots=True)
class Record:
    """What one member of companyfacts gave: enough to report it, and to know its issuer, without reading it again.

    stamp: changes when the content does (see ``Member``). refused: why nothing of it counts, with an example, or
    ``None``. annual_form: 20-F where there ever was one, else the newest annual form. dropped: reason to (number,
    examples). used: its facts are in the tables.
    """

    name: str
    size: int
    stamp: str
    issuer_id: int | None = None
    entity: str = ""
    first_filed: str | None = None
    last_filed: str | None = None
    annual_form: str | None = None
    read: int = 0
    kept: int = 0
    dropped: dict[str, tuple[int, list[str]]] = field(default_factory=dict)
    refused: tuple[str, str] | None = None
    used: bool = False


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """Make the table ``looked_up`` that :func:`read_batch` needs on its connection."""
    places = ", ".join(f"({place}, {number}, {quoted(tag)})" for place, (number, tag, _) in enumerate(_wanted()))
    con.execute(f"CREATE OR REPLACE TEMP TABLE looked_up AS SELECT * FROM (VALUES {places}) t(place, taxonomy, tag)")


def read_batch(
    con: duckdb.DuckDBPyConnection, records: Sequence[Record], load: Callable[[int], bytes | None], part: Path
) -> None:
    """Fill in ``records`` from the contents of their members and write their sound facts to ``part``.

    Rows of the part are a fact of ``facts`` with ``member``, the place in ``records``, in front. ``load`` gives the
    content of a member by its place; one without content was refused before; one that is not a JSON object is
    refused here, and its facts are left out.
    Of a member in SEC's shape only mapped tags are parsed; all others are parsed whole, which takes twice as long.
    """
    import duckdb

    texts: dict[int, bytes] = {}
    cuts: dict[int, Cut] = {}
    for number, record in enumerate(records):
        # One text after the other in the same memory: most are dropped at once.
        text = _text(record, load(number))
        cut = cut_out(text, _places()) if text else None
        if cut:
            cuts[number] = cut
        elif text:
            texts[number] = text
    try:
        _understand(con, records, texts, cuts)
    except (duckdb.ProgrammingError, duckdb.DataError):
        # Something that was cut out is no JSON after all: parsing tells in which member.
        for number in cuts:
            records[number].issuer_id, records[number].entity = None, ""
            if text := _text(records[number], load(number)):
                texts[number] = text
        _understand(con, records, texts, {})
    copied = con.execute(
        'COPY (SELECT DISTINCT member, issuer_id, tag, unit, "start", "end", "value", filed, form, accession, '
        "NULL::VARCHAR AS statement "
        f"FROM judged WHERE reason IS NULL) TO {quoted(part)} (FORMAT parquet)"
    ).fetchall()
    _count(con, records, part, copied[0][0])


def _text(record: Record, content: bytes | None) -> bytes:
    text = content.removeprefix(_BOM) if content is not None else b""
    if content is not None and not text:
        record.refused = ("empty", record.name)
    return text


def _understand(
    con: duckdb.DuckDBPyConnection, records: Sequence[Record], texts: dict[int, bytes], cuts: dict[int, Cut]
) -> None:
    """Make ``judged`` from the ``cuts`` and, of the other members, from their ``texts``."""
    _find(con, records, texts)
    con.register("cut_out", _rows(cuts))
    try:
        _identify(con, records, texts, cuts)
        _judge(con)
    finally:
        con.unregister("cut_out")


@cache
def _places() -> Places:
    """Return number of the taxonomy and our tag, by the names of both in the file, of every mapped tag."""
    return {
        (TAXONOMIES[number][0].encode(), tag.removeprefix(TAXONOMIES[number][1]).encode()): (number, tag)
        for number, tag, _ in _wanted()
        if number >= 0
    }


@cache
def _wanted() -> tuple[tuple[int, str, str], ...]:
    """Return (number of the taxonomy or -1, our tag, JSON path) of everything that is looked up in a member."""
    found = []
    for number, (taxonomy, prefix) in enumerate(TAXONOMIES):
        for tag in sorted(mapped_tags()):
            name = tag.removeprefix(prefix)
            home = "ifrs-full" if tag.startswith("ifrs:") else "dei" if tag.startswith(_COVER) else "us-gaap"
            if ":" not in name and home == taxonomy:
                found.append((number, tag, f'$.facts."{taxonomy}"."{name}".units'))
    return (*found, (-1, _CIK, _CIK), (-1, _NAME, _NAME))


def _find(con: duckdb.DuckDBPyConnection, records: Sequence[Record], texts: dict[int, bytes]) -> None:
    """Make ``found`` (member, taxonomy, tag, content); refuse what is no JSON and take it out of ``texts``."""
    con.execute("CREATE OR REPLACE TEMP TABLE found (member INTEGER, taxonomy INTEGER, tag VARCHAR, content JSON)")
    if not texts or not _insert(con, texts):
        return
    # One bad member fails the whole statement: find it by reading them one by one.
    for number in list(texts):
        problem = _insert(con, {number: texts[number]})
        if problem:
            name = records[number].name
            several = "unexpected content after document" in problem
            reason = "more than one JSON object" if several else "malformed"
            records[number].refused = (reason, name if several else f"{name}: {problem}"[:300])
            del texts[number]


def _insert(con: duckdb.DuckDBPyConnection, texts: dict[int, bytes]) -> str:
    """Look up ``texts`` and add to ``found``; return what is wrong with them, or an empty text."""
    import duckdb

    con.register("member_texts", _arrow(texts))
    try:
        con.execute(f"INSERT INTO found {_LOOKUP}", {"paths": [path for _, _, path in _wanted()]})
    except (duckdb.ProgrammingError, duckdb.DataError) as error:
        return first_line(error)
    except UnicodeDecodeError:
        return "it is not UTF-8"  # DuckDB quotes the text in its message
    finally:
        con.unregister("member_texts")
    return ""


def _arrow(texts: dict[int, bytes]) -> Any:
    """Return ``texts`` as an Arrow table (member INTEGER, content text) in one piece: DuckDB is slow with many."""
    import pyarrow as pa

    return pa.table({"member": pa.array(list(texts), pa.int32()), "content": _texts(list(texts.values()))})


def _texts(contents: list[bytes]) -> Any:
    """Return ``contents`` as an Arrow array of texts, copied once.

    They may be bad UTF-8: DuckDB's JSON reader finds that by itself, and says in which member.
    """
    import pyarrow as pa

    ends = array("q", accumulate(map(len, contents), initial=0))
    return pa.Array.from_buffers(
        pa.large_string(), len(contents), [None, pa.py_buffer(ends), pa.py_buffer(b"".join(contents))]
    )


def _rows(cuts: dict[int, Cut]) -> Any:
    """Return an Arrow table of the columns of ``found`` with what was cut out."""
    import pyarrow as pa

    members = [member for member, cut in cuts.items() for _ in cut.found]
    found = [row for cut in cuts.values() for row in cut.found]
    return pa.table(
        {
            "member": pa.array(members, pa.int32()),
            "taxonomy": pa.array([number for number, _, _ in found], pa.int32()),
            "tag": pa.array([tag for _, tag, _ in found], pa.string()),
            "content": _texts([content for _, _, content in found]),
        }
    )


def _identify(
    con: duckdb.DuckDBPyConnection, records: Sequence[Record], texts: dict[int, bytes], cuts: dict[int, Cut]
) -> None:
    """Name the issuer of each member (table ``issuer_of``); refuse members without an issuer or without facts."""
    named: dict[int, dict[str, Any]] = {
        number: {_CIK: json.loads(cut.cik), _NAME: json.loads(cut.name)} for number, cut in cuts.items()
    }
    for number, tag, text in con.execute("SELECT member, tag, content FROM found WHERE taxonomy < 0").fetchall():
        named.setdefault(number, {})[tag] = json.loads(text)
    bare = (
        set(texts)
        - set(cuts)
        - {row[0] for row in con.execute("SELECT member FROM found WHERE taxonomy >= 0").fetchall()}
    )
    shapes = _shapes(con, {number: texts[number] for number in bare})
    for number in sorted({*texts, *cuts}):
        record, said = records[number], named.get(number, {})
        record.issuer_id = _cik(said.get(_CIK), record.name)
        record.entity = said[_NAME] if isinstance(said.get(_NAME), str) else ""
        problem = shapes.get(number, "") or ("" if record.issuer_id else "no CIK in its content or its name")
        if problem:
            record.refused = (problem, record.name)
            record.issuer_id = None
    values = [f"({n}, {records[n].issuer_id})" for n in sorted({*texts, *cuts}) if records[n].issuer_id is not None]
    con.execute(
        "CREATE OR REPLACE TEMP TABLE issuer_of AS SELECT member, issuer_id::BIGINT AS issuer_id FROM "
        f"(VALUES {', '.join(values) or '(NULL, NULL)'}) t(member, issuer_id) WHERE member IS NOT NULL"
    )


def _shapes(con: duckdb.DuckDBPyConnection, texts: dict[int, bytes]) -> dict[int, str]:
    """Say what is wrong with members in which no mapped tag was found; most have only others, and nothing is wrong."""
    if not texts:
        return {}
    con.register("member_texts", _arrow(texts))
    places = ", ".join(f"""'$.facts."{taxonomy}"'""" for taxonomy, _ in TAXONOMIES)
    rows = con.execute(
        f"SELECT member, json_type(content), json_type(content, '$.facts'), json_type(content, [{places}]) "
        "FROM member_texts ORDER BY member"
    ).fetchall()
    con.unregister("member_texts")
    found: dict[int, str] = {}
    for number, whole, facts, taxonomies in rows:
        if whole == "OBJECT" and facts in {None, "NULL"}:
            found[number] = "no facts"
        elif facts != "OBJECT" or not set(taxonomies) <= {None, "NULL", "OBJECT"}:
            found[number] = "malformed"
    return found


def _cik(said: Any, name: str) -> int | None:
    """Take the CIK from the content (a number, or a string padded with zeros), else from the member's name."""
    text = str(said).strip() if isinstance(said, int | str) else ""
    if text.isdigit() and int(text) > 0:
        return int(text)
    match = re.search(r"CIK(\d{1,10})", PurePosixPath(name).stem, re.IGNORECASE)
    return int(match.group(1)) if match and int(match.group(1)) > 0 else None


def _judge(con: duckdb.DuckDBPyConnection) -> None:
    """Make ``judged``: the typed facts of ``found`` and ``cut_out`` with the number of the reason to drop them."""
    cases = " ".join(f"WHEN {condition} THEN {number}" for number, (_, condition) in enumerate(REASONS))
    structure = quoted(json.dumps(_UNITS))
    # Units or facts of another shape become one fact without a value: it is dropped and counted, not lost.
    con.execute(f"""CREATE OR REPLACE TEMP TABLE judged AS
        WITH all_found AS (
            SELECT member, taxonomy, tag, content::VARCHAR AS content FROM found WHERE taxonomy >= 0
            UNION ALL SELECT * FROM cut_out
        ), units AS (
            SELECT member, taxonomy, tag,
                unnest(coalesce(map_entries(from_json(content, {structure})), [{{'key': NULL, 'value': NULL}}])) AS unit
            FROM all_found WHERE member IN (SELECT member FROM issuer_of)
        ), raw AS (
            SELECT member, taxonomy, tag, unit.key AS unit, unnest(coalesce(unit.value, [NULL])) AS fact FROM units
        ), typed AS (
            SELECT member, taxonomy, tag, unit, fact."start" AS start_text, try_cast(fact."start" AS DATE) AS "start",
                fact."end" AS "end", fact.val AS "value", fact.filed AS filed, fact.form AS form,
                fact.accn AS accession
            FROM raw
        )
        SELECT issuer_id, typed.*, CASE {cases} END AS reason FROM typed JOIN issuer_of USING (member)""")
    con.execute("DROP TABLE found")


def _count(con: duckdb.DuckDBPyConnection, records: Sequence[Record], part: Path, written: int) -> None:
    annual = f"replace(form, '/A', '') IN ({', '.join(map(quoted, ANNUAL_FORMS))})"
    rows = con.execute(
        f"""SELECT member, reason, count(*), min(filed), max(filed),
            CASE WHEN bool_or(replace(form, '/A', '') = '20-F') THEN '20-F'
                ELSE max_by(replace(form, '/A', ''), (filed, accession)) FILTER (WHERE {annual}) END
        FROM judged GROUP BY member, reason ORDER BY member, reason"""
    ).fetchall()
    kept = {row[0]: row[2] for row in rows if row[1] is None}
    if sum(kept.values()) != written:
        kept = dict(
            con.execute(f"SELECT member, count(*) FROM read_parquet({quoted(part)}) GROUP BY member").fetchall()
        )
    for number, reason, count, first, last, form in rows:
        record = records[number]
        record.read += count
        if reason is not None:
            record.dropped[REASONS[reason][0]] = (count, [])
            continue
        record.kept, record.annual_form = kept[number], form
        record.first_filed, record.last_filed = first.isoformat(), last.isoformat()
        if count > record.kept:
            record.dropped[REPEATED] = (count - record.kept, [])
    for number, reason, examples in con.execute(
        f"""SELECT member, reason, list(example ORDER BY example)[:{MEMBER_EXAMPLES}] FROM (
            SELECT member, reason,
                concat_ws(' ', 'CIK', issuer_id, tag, start_text, "end", "value", form, accession) AS example
            FROM judged WHERE reason IS NOT NULL) GROUP BY ALL"""
    ).fetchall():
        records[number].dropped[REASONS[reason][0]][1].extend(examples)
