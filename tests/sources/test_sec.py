"""SEC bulk files become facts, companies and listings; whatever is wrong is counted and named."""

from __future__ import annotations

import json
import re
import zipfile
from datetime import date
from pathlib import Path

import duckdb
import pytest

from screener.errors import DataError
from screener.lake.files import sha256_of
from screener.lake.schema import COMPANIES, FACTS
from screener.sources import json_members
from screener.sources.report import BuildReport
from screener.sources.sec import read_sec
from screener.sources.staged import LISTINGS_RAW
from tests.sources.sec_files import ACCN, ASSETS, company, fact, member, submission, table, write_zip


def _read(tmp_path: Path, members: dict[str, str | bytes], **others: dict[str, str | bytes]) -> BuildReport:
    write_zip(tmp_path / "in" / "companyfacts.zip", members)
    for name, content in others.items():
        write_zip(tmp_path / "in" / f"{name}.zip", content)
    report = BuildReport()
    read_sec(tmp_path / "in", tmp_path / "stage", report)
    assert all(count.lost == 0 for kinds in report.counts.values() for count in kinds.values())
    return report


def _facts(tmp_path: Path, facts: dict[str, list[dict[str, object]]]) -> BuildReport:
    return _read(tmp_path, {member(1): company(1, facts)})


def _dropped(report: BuildReport, kind: str = "facts") -> dict[str, int]:
    return {reason: drop.count for reason, drop in report.count("companyfacts.zip", kind).dropped.items()}


def test_a_fact_keeps_what_was_filed(tmp_path: Path) -> None:
    """Issuer, tag, unit, period, value, filing day, form and accession come through; fy, fp and frame don't."""
    rows = [fact("2023-12-31", 12.5, "2024-02-01", start="2023-01-01")]
    _facts(tmp_path, {"us-gaap:NetIncomeLoss:USD": rows})
    assert table(tmp_path / "stage", "facts") == [
        (1, "NetIncomeLoss", "USD", date(2023, 1, 1), date(2023, 12, 31), 12.5, date(2024, 2, 1), "10-K", ACCN, None)
    ]


def test_staged_tables_have_the_columns_of_the_schema(tmp_path: Path) -> None:
    """The staged files have exactly the names and types that the data set declares."""
    _facts(tmp_path, {"us-gaap:Assets:USD": ASSETS})
    with duckdb.connect() as con:
        for name, columns in (("facts", FACTS), ("companies", COMPANIES), ("listings_raw", LISTINGS_RAW)):
            found = con.execute(f"DESCRIBE SELECT * FROM '{tmp_path / 'stage' / name}.parquet'").fetchall()
            assert [(row[0], row[1]) for row in found] == [(column, kind) for column, kind, _ in columns]


def test_taxonomies(tmp_path: Path) -> None:
    """us-gaap and dei tags stand bare, IFRS tags carry their taxonomy, others and unmapped tags are not read."""
    _facts(
        tmp_path,
        {
            "us-gaap:Assets:USD": ASSETS,
            "us-gaap:NotOnOurList:USD": ASSETS,
            "dei:EntityCommonStockSharesOutstanding:shares": ASSETS,
            "ifrs-full:Revenue:EUR": [fact("2023-12-31", 5, "2024-03-01", start="2023-01-01", form="20-F")],
            "srt:Assets:USD": ASSETS,
        },
    )
    assert table(tmp_path / "stage", "facts", "tag, unit") == [
        ("Assets", "USD"),
        ("EntityCommonStockSharesOutstanding", "shares"),
        ("ifrs:Revenue", "EUR"),
    ]


def test_every_version_is_kept_in_order(tmp_path: Path) -> None:
    """A period reported in three filings gives three rows, by filing day; an exact repetition gives one."""
    rows = [
        fact("2023-12-31", 3, "2025-02-01"),
        fact("2023-12-31", 1, "2024-02-01"),
        fact("2023-12-31", 1, "2024-02-01"),
        fact("2023-12-31", 2, "2024-06-01", form="10-K/A"),
    ]
    report = _facts(tmp_path, {"us-gaap:Assets:USD": rows})
    assert table(tmp_path / "stage", "facts", "value, form") == [(1.0, "10-K"), (2.0, "10-K/A"), (3.0, "10-K")]
    assert _dropped(report) == {"repeats a fact of the same filing": 1}


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (fact("2023-12-31", 9, "2024-02-01", form="DEF 14A"), "form is not a report of a period"),
        (fact("2023-12-31", 9, "2024-02-01", form="S-4"), "form is not a report of a period"),
        (fact("2023-12-31", "NaN", "2024-02-01"), "value is not a finite number"),
        (fact("2023-12-31", "1e999", "2024-02-01"), "value is not a finite number"),
        (fact("2023-12-31", None, "2024-02-01"), "value is not a finite number"),
        (fact("2023-12-31", "many", "2024-02-01"), "value is not a finite number"),
        (fact("2023-02-30", 9, "2024-02-01"), "date is missing or not a date"),
        (fact("2023-12-31", 9, ""), "date is missing or not a date"),
        (fact("2023-12-31", 9, "2024-02-01", start="soon"), "date is missing or not a date"),
        (fact("0203-12-31", 9, "2024-02-01"), "date outside 1990-2100"),
        (fact("2203-12-31", 9, "2024-02-01"), "date outside 1990-2100"),
        (fact("2023-12-31", 9, "2024-02-01", start="2024-01-01"), "period ends before it starts"),
        (fact("2024-02-07", 9, "2024-02-01"), "filed more than 5 days before the end of its period"),
    ],
)
def test_wrong_facts_are_dropped_and_named(tmp_path: Path, bad: dict[str, object], reason: str) -> None:
    """A wrong fact costs itself alone: it is counted with its reason and an example, the fact beside it is kept."""
    report = _facts(tmp_path, {"us-gaap:Assets:USD": [*ASSETS, bad]})
    assert _dropped(report) == {reason: 1}
    assert table(tmp_path / "stage", "facts", "value") == [(1000.0,)]
    examples = report.count("companyfacts.zip", "facts").dropped[reason].examples
    assert len(examples) == 1
    assert examples[0].startswith("CIK 1 Assets")


def test_a_filing_may_come_a_few_days_early(tmp_path: Path) -> None:
    """Filed five days before the period's end is kept; a cover-page count may be of any later day."""
    early = [fact("2024-02-06", 1, "2024-02-01")]
    cover = [fact("2024-03-01", 2, "2024-02-01")]
    report = _facts(tmp_path, {"us-gaap:Assets:USD": early, "dei:EntityCommonStockSharesOutstanding:shares": cover})
    assert _dropped(report) == {}
    assert len(table(tmp_path / "stage", "facts")) == 2


def test_a_huge_number_is_a_number(tmp_path: Path) -> None:
    """A public float of 3e22 is read as it stands: judging it is not this room's business."""
    _facts(tmp_path, {"us-gaap:Assets:USD": [fact("2023-12-31", 31354367947000000000000, "2024-02-01")]})
    assert table(tmp_path / "stage", "facts", "value") == [(3.1354367947e22,)]


@pytest.mark.parametrize("cik", [42, "42", "0000000042"])
def test_the_cik_is_taken_from_the_content(tmp_path: Path, cik: int | str) -> None:
    """A CIK may be a number or a padded string, and wins over the member's name."""
    _read(tmp_path, {member(7): company(cik, {"us-gaap:Assets:USD": ASSETS})})
    assert table(tmp_path / "stage", "facts", "issuer_id") == [(42,)]


def test_the_cik_falls_back_to_the_name(tmp_path: Path) -> None:
    """Without a CIK in the content the member's name gives it; a member without either is dropped."""
    facts = json.loads(company(1, {"us-gaap:Assets:USD": ASSETS}))["facts"]
    bare = json.dumps({"entityName": "X", "facts": facts})
    report = _read(tmp_path, {member(7): bare, "notes.json": bare})
    assert table(tmp_path / "stage", "facts", "issuer_id") == [(7,)]
    assert _dropped(report, "members") == {"no CIK in its content or its name": 1}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "empty"),
        ("{", "malformed"),
        ('{"cik": 2, "facts": {"us-gaap": [1, 2]}}', "malformed"),
        ('{"cik": 2, "entityName": "X"}', "no facts"),
        ("{}", "no facts"),
        ("[]", "malformed"),
        (b"\xff\xfe\x00broken", "malformed"),
        (company(1, {"us-gaap:Assets:USD": ASSETS}), "its CIK was given by an earlier member"),
        (company(2, {}) + company(3, {}), "more than one JSON object"),
    ],
)
def test_a_bad_member_never_ends_the_build(tmp_path: Path, content: str | bytes, reason: str) -> None:
    """A bad member is counted and named, its neighbours in the batch are read."""
    good = company(1, {"us-gaap:Assets:USD": ASSETS})
    last = company(9, {"us-gaap:Assets:USD": ASSETS})
    report = _read(tmp_path, {member(1): good, member(2): content, member(9): last})
    assert table(tmp_path / "stage", "facts", "issuer_id") == [(1,), (9,)]
    assert _dropped(report, "members") == {reason: 1}
    assert member(2) in report.count("companyfacts.zip", "members").dropped[reason].examples[0]
    assert report.count("companyfacts.zip", "members").read == 3


def test_a_member_with_a_broken_checksum_is_dropped(tmp_path: Path) -> None:
    """A member whose bytes were damaged in the zip file is counted as one that cannot be unpacked."""
    path = tmp_path / "in" / "companyfacts.zip"
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as file:
        file.writestr(member(1), company(1, {"us-gaap:Assets:USD": ASSETS}))
        file.writestr(member(2), company(2, {"us-gaap:Assets:USD": ASSETS}, name="Damaged Inc"))
    path.write_bytes(path.read_bytes().replace(b"Damaged Inc", b"DAMAGED Inc"))
    report = BuildReport()
    read_sec(tmp_path / "in", tmp_path / "stage", report)
    assert _dropped(report, "members") == {"cannot be unpacked": 1}
    assert table(tmp_path / "stage", "facts", "issuer_id") == [(1,)]


@pytest.mark.parametrize("keep", [0, 10, 200])
def test_a_truncated_zip_ends_the_build(tmp_path: Path, keep: int) -> None:
    """A zip file that can't be opened is a data error that names it; no table is written."""
    path = write_zip(tmp_path / "in" / "companyfacts.zip", {member(1): company(1, {"us-gaap:Assets:USD": ASSETS})})
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(DataError, match="is not a readable zip"):
        read_sec(tmp_path / "in", tmp_path / "stage", BuildReport())
    assert not list((tmp_path / "stage").glob("**/*"))


def test_nothing_readable_is_a_data_error(tmp_path: Path) -> None:
    """When every member is bad there is no data set to build; the hint names the first reason."""
    write_zip(tmp_path / "in" / "companyfacts.zip", {member(1): "{"})
    with pytest.raises(DataError, match="no company") as caught:
        read_sec(tmp_path / "in", tmp_path / "stage", BuildReport())
    assert "malformed" in caught.value.hint
    with pytest.raises(DataError, match=re.escape("no companyfacts.zip")):
        read_sec(tmp_path / "stage", tmp_path / "stage2", BuildReport())


@pytest.mark.parametrize("folder", ["companyfacts", "."])
def test_folders_are_read_like_zips(tmp_path: Path, folder: str) -> None:
    """Members may lie in a folder companyfacts, or in the input folder itself."""
    place = tmp_path / "in" / folder
    place.mkdir(parents=True)
    (place / member(5)).write_text(company(5, {"us-gaap:Assets:USD": ASSETS}), encoding="utf-8")
    read_sec(tmp_path / "in", tmp_path / "stage", BuildReport())
    assert table(tmp_path / "stage", "facts", "issuer_id") == [(5,)]


def test_small_batches_give_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """How members are cut into batches leaves no trace in the result."""
    members: dict[str, str | bytes] = {
        member(cik): company(cik, {"us-gaap:Assets:USD": ASSETS, "us-gaap:NetIncomeLoss:USD": ASSETS})
        for cik in range(1, 12)
    }
    _read(tmp_path / "one", members)
    monkeypatch.setattr(json_members, "BATCH_MEMBERS", 3)
    _read(tmp_path / "two", members)
    for name in ("facts", "companies", "listings_raw"):
        first, second = (tmp_path / run / "stage" / f"{name}.parquet" for run in ("one", "two"))
        assert sha256_of(first) == sha256_of(second)


def test_companies_come_from_submissions(tmp_path: Path) -> None:
    """Name, SIC, sector, model, state and fiscal year end are the submissions'; control characters are gone."""
    _read(
        tmp_path,
        {member(1): company(1, {"us-gaap:Assets:USD": ASSETS}, name="Old Name")},
        submissions={member(1): submission(1, ["ON"], ["Nasdaq"], name="New\t Name\u0007 Inc", sic="6770")},
    )
    columns = "issuer_id, cik, name, sic, sector, model, country, fiscal_year_end, is_shell, source"
    assert table(tmp_path / "stage", "companies", columns) == [
        (1, 1, "New Name Inc", 6770, "Financials", "shell", "DE", "1231", True, "sec")
    ]


def test_submissions_fall_back(tmp_path: Path) -> None:
    """Without a submissions member the ticker list gives name and ticker, else companyfacts give the name."""
    listed = json.dumps(
        {"fields": ["cik", "name", "ticker", "exchange"], "data": [[2, "LISTED CO", "TRUE", "OTC"], [9, "X", "", None]]}
    )
    facts: dict[str, str | bytes] = {
        member(cik): company(cik, {"us-gaap:Assets:USD": ASSETS}, name=f"Facts {cik}") for cik in (1, 2, 3)
    }
    report = _read(
        tmp_path,
        facts,
        submissions={member(1): submission(1, ["ON"], ["Nasdaq"], sic="")},
        company_tickers_exchange={"company_tickers_exchange.json": listed},
    )
    assert table(tmp_path / "stage", "companies", "name, sic, sector") == [
        ("Test Co", None, "Unclassified"),
        ("LISTED CO", None, "Unclassified"),
        ("Facts 3", None, "Unclassified"),
    ]
    assert table(tmp_path / "stage", "listings_raw", "listing_id, issuer_id, ticker, exchange") == [
        (1, 1, "ON", "NASDAQ"),
        (2, 2, "TRUE", "OTC"),
    ]
    assert report.count("companies", "issuers").changed["no ticker (delisted, or never listed)"].count == 1


def test_overflow_and_foreign_members_are_skipped(tmp_path: Path) -> None:
    """Overflow members and filers without companyfacts are counted apart, not read."""
    report = _read(
        tmp_path,
        {member(1): company(1, {"us-gaap:Assets:USD": ASSETS})},
        submissions={
            member(1): submission(1, ["A"], ["NYSE"]),
            "CIK0000000001-submissions-001.json": "{",
            member(2): "{",
            member(3).replace("3", "4"): "{",
        },
    )
    count = report.count("submissions.zip", "members")
    assert (count.read, count.kept) == (1, 1)
    assert {reason: drop.count for reason, drop in count.skipped.items()} == {
        "older filings of a company (overflow)": 1,
        "no companyfacts for this filer": 2,
    }


def test_a_malformed_ticker_list_is_counted(tmp_path: Path) -> None:
    """The ticker list is a help, not a need: when it is malformed the build goes on."""
    report = _read(
        tmp_path,
        {member(1): company(1, {"us-gaap:Assets:USD": ASSETS})},
        company_tickers_exchange={"company_tickers_exchange.json": '{"fields": []}'},
    )
    assert "malformed" in report.count("company_tickers_exchange.zip", "members").dropped


def _claims(tmp_path: Path, old: list[dict[str, object]], **facts: object) -> BuildReport:
    """Read two issuers that both name ABC as their ticker: 1 files in 2025, 2 has the facts ``old``."""
    newer = [fact("2024-12-31", 1, "2025-02-01")]
    members = {1: newer, 2: old}
    return _read(
        tmp_path,
        {member(cik): company(cik, {"us-gaap:Assets:USD": rows}) for cik, rows in members.items()},
        submissions={
            member(1): submission(1, ["ABC"], ["NYSE"]),
            member(2): submission(2, ["ABC"], ["NYSE"], **facts),
        },
    )


def test_a_ticker_belongs_to_the_issuer_that_filed_last(tmp_path: Path) -> None:
    """Of two issuers that report at the same time the one that stopped first loses the ticker."""
    report = _claims(tmp_path, [fact("2024-09-30", 1, "2024-11-01"), fact("2025-01-31", 1, "2025-02-02")])
    assert table(tmp_path / "stage", "listings_raw", "issuer_id, ticker") == [(2, "ABC")]
    assert report.count("listings", "tickers").dropped["claimed by an issuer that filed later"].examples == [
        "ABC of CIK 1"
    ]


@pytest.mark.parametrize(
    ("forms", "until"),
    [(["10-K"], date(2018, 6, 9)), (["10-K", "25-NSE"], date(2018, 4, 11)), (["10-K", "15-12G"], date(2018, 6, 9))],
)
def test_a_ticker_used_again_has_spans(forms: list[str], until: date, tmp_path: Path) -> None:
    """A dead company keeps its ticker up to ten days after its Form 25, else 100 days after its last report."""
    filings = {
        "recent": {
            "form": forms,
            "filingDate": ["2018-03-01", "2018-04-01"][: len(forms)],
            "primaryDocument": ["a.htm", ""][: len(forms)],
        }
    }
    _claims(tmp_path, [fact("2017-12-31", 1, "2018-03-01", form="10-K")], filings=filings)
    assert table(tmp_path / "stage", "listings_raw", "issuer_id, ticker") == [(1, "ABC"), (2, "ABC")]
    assert table(tmp_path / "stage", "ticker_spans", "issuer_id, from_date, until_date") == [
        (1, until, None),
        (2, None, until),
    ]


def test_departures_are_dated(tmp_path: Path) -> None:
    """Forms 15 and 25 are kept with the day on which they were filed; other forms and bad days are not."""
    recent = {
        "form": ["10-K", "25-NSE", "15-12G", "8-K", "25"],
        "filingDate": ["2018-03-01", "2018-04-01", "2018-04-12", "2018-04-12", "soon"],
        "primaryDocument": ["abc-20171231.htm", "", "", "x.htm", ""],
    }
    _read(
        tmp_path,
        {member(1): company(1, {"us-gaap:Assets:USD": ASSETS})},
        submissions={member(1): submission(1, [], [], filings={"recent": recent})},
    )
    assert table(tmp_path / "stage", "departures_raw", "issuer_id, filed, form") == [
        (1, date(2018, 4, 1), "25-NSE"),
        (1, date(2018, 4, 12), "15-12G"),
    ]
    # No ticker anywhere: the newest report's document is named after the old one.
    assert table(tmp_path / "stage", "listings_raw", "ticker, is_primary") == [("ABC", True)]


def test_a_subsidiary_does_not_take_its_parents_ticker(tmp_path: Path) -> None:
    """A subsidiary in its parent's combined report, with a delisted preferred of its own, gets no ticker."""
    recent = {"form": ["10-K", "25"], "filingDate": ["2024-02-01", "2020-04-01"], "primaryDocument": [
        "abc-20231231.htm", ""]}  # fmt: skip
    _read(
        tmp_path,
        {member(cik): company(cik, {"us-gaap:Assets:USD": ASSETS}) for cik in (1, 2)},
        submissions={
            member(1): submission(1, ["ABC"], ["NYSE"]),
            member(2): submission(2, [], [], filings={"recent": recent}),
        },
    )
    assert table(tmp_path / "stage", "listings_raw", "issuer_id, ticker") == [(1, "ABC")]


@pytest.mark.parametrize(
    ("form", "state", "expected"),
    [
        ("20-F", "K3", "adr"),
        ("20-F", "", "adr"),
        ("20-F", "L3", "adr"),
        ("20-F", "1T", "common"),
        ("20-F", "D0", "common"),
        ("40-F", "A6", "common"),
        ("40-F", "", "common"),
        ("20-F", "DE", "common"),
        ("10-K", "K3", "common"),
    ],
)
def test_foreign_filers_have_receipts(tmp_path: Path, form: str, state: str, expected: str) -> None:
    """The line of a foreign private issuer outside the US and Canada is taken as a depositary receipt."""
    rows = [fact("2023-12-31", 1, "2024-02-01", form=form), fact("2023-06-30", 1, "2023-08-01", form="6-K")]
    _read(
        tmp_path,
        {member(1): company(1, {"us-gaap:Assets:USD": rows})},
        submissions={member(1): submission(1, ["ABC"], ["NYSE"], stateOfIncorporation=state)},
    )
    assert table(tmp_path / "stage", "listings_raw", "security_type, is_primary") == [(expected, True)]


@pytest.mark.real
def test_real_bulk_files(real_data: Path, tmp_path: Path) -> None:
    """All 44 companies are read; facts agree with the file; delisted companies stay without a listing."""
    report = BuildReport()
    read_sec(real_data / "sec", tmp_path, report)
    members = report.count("companyfacts.zip", "members")
    assert (members.read, members.kept, report.count("submissions.zip", "members").kept) == (44, 44, 43)
    assert all(count.lost == 0 for kinds in report.counts.values() for count in kinds.values())
    with zipfile.ZipFile(real_data / "sec" / "companyfacts.zip") as file:
        csx = json.loads(file.read("CIK0000277948.json"))["facts"]["us-gaap"]["Assets"]["units"]["USD"]
    allowed = {"10-K", "10-Q", "10-K/A", "10-Q/A", "8-K", "8-K/A"}
    expected = {(f["end"], float(f["val"]), f["filed"], f["accn"]) for f in csx if f["form"] in allowed}
    with duckdb.connect() as con:
        facts = con.execute(
            f"""SELECT "end"::VARCHAR, value, filed::VARCHAR, accession FROM '{tmp_path}/facts.parquet'
            WHERE issuer_id = 277948 AND tag = 'Assets'"""
        ).fetchall()
        assert set(facts) == expected
        assert len(facts) == len(expected)
        lonely = con.execute(
            f"""SELECT name FROM '{tmp_path}/companies.parquet' WHERE issuer_id NOT IN
            (SELECT issuer_id FROM '{tmp_path}/listings_raw.parquet') ORDER BY name"""
        ).fetchall()
    assert lonely == [("CELADON GROUP INC",)]
    listings = {row[0]: row[1:] for row in table(tmp_path, "listings_raw", "ticker, security_type, is_primary")}
    assert listings["BRK-B"] == ("common", True)
    assert listings["BRK-A"] == ("common", False)
    assert listings["SYF-PA"] == listings["REGCP"] == ("preferred", False)
    assert listings["HTZWW"] == ("warrant", False)
