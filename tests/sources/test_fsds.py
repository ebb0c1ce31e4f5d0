"""Financial Statement Data Sets: their values, faces and codes; what is left out, and how that is counted."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from screener.build import build_data
from screener.errors import DataError, ScreenerError
from screener.lake.connect import open_lake
from screener.sources.fsds import read_fsds
from screener.sources.report import BuildReport
from tests.sources.fsds_zips import ADSH, data_set, filing, line, members, value
from tests.sources.sec_files import company, fact, member, submission, table, write_zip

MARCH, MAY = date(2010, 3, 31), date(2010, 5, 7)
ASSETS = value("Assets", "1000.0000")


def read(tmp_path: Path, *archives: Path) -> BuildReport:
    """Read the archives alone into ``tmp_path / "stage"``."""
    report = BuildReport()
    (tmp_path / "stage").mkdir(exist_ok=True)
    read_fsds(archives, tmp_path / "stage", report)
    return report


def facts(tmp_path: Path, columns: str = "*") -> list[tuple[Any, ...]]:
    """Return the staged facts."""
    return table(tmp_path / "stage", "facts", columns)


def reasons(report: BuildReport, source: str, kind: str, verb: str = "dropped") -> dict[str, int]:
    """Return how many of a kind were dropped (skipped, changed) for which reason."""
    return {reason: found.count for reason, found in getattr(report.counts[source][kind], verb).items()}


@pytest.mark.parametrize("new", [False, True], ids=["columns of 2010", "columns of 2025"])
def test_facts_of_a_filing(tmp_path: Path, new: bool) -> None:
    """Accession, filing day and form come from sub; a flow begins its quarters before its end; signs stay as tagged."""
    num = [ASSETS, value("NetIncomeLoss", "-5", qtrs=1), value("PaymentsToAcquirePropertyPlantAndEquipment", 7, qtrs=2)]
    pre = [line("Assets", "BS"), line("PaymentsToAcquirePropertyPlantAndEquipment", "CF", negating=1)]
    read(tmp_path, data_set(tmp_path / "2010q2.zip", [filing()], num, pre, new=new))
    assert facts(tmp_path) == [
        (1, "Assets", "USD", None, MARCH, 1000.0, MAY, "10-Q", ADSH, "BS"),
        (1, "NetIncomeLoss", "USD", date(2010, 1, 1), MARCH, -5.0, MAY, "10-Q", ADSH, ""),
        (
            1,
            "PaymentsToAcquirePropertyPlantAndEquipment",
            "USD",
            date(2009, 10, 1),
            MARCH,
            7.0,
            MAY,
            "10-Q",
            ADSH,
            "CF",
        ),
    ]


def test_a_number_is_read_from_where_its_column_is(tmp_path: Path) -> None:
    """A segment, in the column that 2025 has at another place, keeps a value out in both forms."""
    num = [ASSETS, value("Assets", 400, segments="StatementBusinessSegments=A;"), value("Assets", 300, coreg="Sub")]
    for new in (False, True):
        place = tmp_path / str(new)
        report = read(place, data_set(place / "20250701.zip", [filing()], num, new=new))
        assert facts(place, '"value"') == [(1000.0,)]
        assert reasons(report, "20250701.zip", "facts", "skipped") == {
            "of a segment or a class (segments)": 1,
            "of another registrant in the filing (coreg)": 1,
        }


def test_per_share_units(tmp_path: Path) -> None:
    """Earnings per share in plain dollars, as tagged until today, are dollars a share; other units stay."""
    num = [
        value("EarningsPerShareDiluted", "0.43", qtrs=1),
        value("WeightedAverageNumberOfDilutedSharesOutstanding", 5681, qtrs=1, uom="shares"),
        value("EarningsPerShareBasic", "0.45", qtrs=1, uom="USD/shares"),
    ]
    read(tmp_path, data_set(tmp_path / "a.zip", [filing()], num))
    assert facts(tmp_path, "tag, unit") == [
        ("EarningsPerShareBasic", "USD/shares"),
        ("EarningsPerShareDiluted", "USD/shares"),
        ("WeightedAverageNumberOfDilutedSharesOutstanding", "shares"),
    ]


def test_dates(tmp_path: Path) -> None:
    """An end near the filing's own period is that period's, others stay as rounded; a cover is not after its filing."""
    num = [
        value("Assets", 1, "20100331"),
        value("Assets", 2, "20091231"),
        value("NetIncomeLoss", 3, "20100331", 1),
        value("NetIncomeLoss", 4, "20100228", 1),
        value("EntityCommonStockSharesOutstanding", 5, "20100531", version="dei/2009", uom="shares"),
    ]
    read(tmp_path, data_set(tmp_path / "a.zip", [filing(period="20100326")], num))
    assert facts(tmp_path, '"start", "end", "value"') == [
        (None, date(2009, 12, 31), 2.0),
        (None, date(2010, 3, 26), 1.0),
        (None, MAY, 5.0),
        (date(2009, 12, 1), date(2010, 2, 28), 4.0),
        (date(2009, 12, 27), date(2010, 3, 26), 3.0),
    ]


def test_which_tags_are_read(tmp_path: Path) -> None:
    """Tags of us-gaap and dei stand bare, IFRS tags carry their taxonomy; own tags and tags without use are counted."""
    num = [
        ASSETS,
        value("Assets", 2000, version="ifrs/2018", ddate="20091231"),
        value("Assets", 3000, version=ADSH, ddate="20081231"),
        value("AccruedLiabilitiesOfNoUse", 4000),
    ]
    report = read(tmp_path, data_set(tmp_path / "a.zip", [filing()], num))
    assert facts(tmp_path, 'tag, "value"') == [("Assets", 1000.0), ("ifrs:Assets", 2000.0)]
    assert reasons(report, "a.zip", "facts", "skipped") == {
        "under a tag of the filer's own": 1,
        "under a tag that no line item reads": 1,
    }


def test_what_is_wrong_is_counted(tmp_path: Path) -> None:
    """Every value that is read is kept or dropped with a reason and an example."""
    num = [
        ASSETS,
        value("Assets", ""),
        value("Assets", 1, "20100231"),
        value("Assets", 2, qtrs=1),
        value("NetIncomeLoss", 3, qtrs=0),
        value("NetIncomeLoss", 4, qtrs="x"),
        value("NetIncomeLoss", 8, qtrs=2_000_000_000),
        value("Assets", 5, adsh="0000000001-10-000009"),
        value("Assets", 6, "20101231"),
    ]
    report = read(tmp_path, data_set(tmp_path / "a.zip", [filing()], num))
    assert [row[0] for row in facts(tmp_path, '"value"')] == [1000.0]
    assert reasons(report, "a.zip", "facts") == {
        "value is not a finite number": 1,
        "date is missing or not a date": 3,
        "a flow that spans no quarter, or a balance that spans some": 2,
        "its filing is not in sub.txt": 1,
        "filed more than 5 days before the end of its period": 1,
    }
    assert report.counts["a.zip"]["facts"].lost == 0


def test_a_proxy_statement_is_no_report(tmp_path: Path) -> None:
    """Values of forms that are no report of a period are dropped, and their company with them."""
    sub = [filing(), filing("0000000002-10-000001", cik=2, form="DEF 14A")]
    num = [ASSETS, value("Assets", 7, adsh="0000000002-10-000001")]
    report = read(tmp_path, data_set(tmp_path / "a.zip", sub, num))
    assert reasons(report, "a.zip", "facts") == {"form is not a report of a period": 1}
    assert table(tmp_path / "stage", "companies", "issuer_id") == [(1,)]


def test_a_filing_in_two_files_counts_once(tmp_path: Path) -> None:
    """A daily file repeats what the quarter holds: the file that comes first by name gives the filing."""
    num = [ASSETS]
    quarter = data_set(tmp_path / "2010q2.zip", [filing()], num, [line("Assets", "BS")])
    day = data_set(tmp_path / "20100507.zip", [filing(), filing("0000000001-10-000002")], [value("Assets", 9), ASSETS])
    report = read(tmp_path, quarter, day)
    assert facts(tmp_path, '"value", accession') == [(9.0, ADSH), (1000.0, ADSH)]
    assert reasons(report, "2010q2.zip", "filings") == {"given by an earlier file": 1}
    assert reasons(report, "2010q2.zip", "facts", "skipped") == {"of a filing that an earlier file gave": 1}


def test_faces(tmp_path: Path) -> None:
    """The decisive statement of several; none for a tag in brackets or in a note; unknown without a presentation."""
    other = "0000000001-10-000002"
    num = [value(tag, 1, qtrs=1) for tag in ("NetIncomeLoss", "Revenues", "InterestExpense")]
    num.append(value("NetIncomeLoss", 2, qtrs=1, adsh=other))
    pre = [line("NetIncomeLoss", "CF"), line("NetIncomeLoss", "IS"), line("NetIncomeLoss", "EQ"),
           line("InterestExpense", "IS", inpth=1)]  # fmt: skip
    read(tmp_path, data_set(tmp_path / "a.zip", [filing(), filing(other)], num, pre))
    assert facts(tmp_path, "tag, accession, statement") == [
        ("InterestExpense", ADSH, ""),
        ("NetIncomeLoss", ADSH, "IS"),
        ("NetIncomeLoss", other, None),
        ("Revenues", ADSH, ""),
    ]


def test_companies(tmp_path: Path) -> None:
    """A company is as its newest filing says, the one before filling gaps; Canada is not California."""
    sub = [
        filing(name="OLD NAME INC", sic=6770),
        filing("0000000001-10-000002", name="NEW NAME INC", sic="", filed="20100801"),
        filing("0000000002-10-000001", cik="0000000002", countryinc="CA", stprinc=""),
    ]
    num = [ASSETS, *(value("Assets", 1, adsh=row["adsh"]) for row in sub[1:])]
    read(tmp_path, data_set(tmp_path / "a.zip", sub, num))
    columns = "issuer_id, cik, name, sic, country, fiscal_year_end, is_shell, source"
    assert table(tmp_path / "stage", "companies", columns) == [
        (1, 1, "NEW NAME INC", 6770, "DE", "1231", True, "fsds"),
        (2, 2, 'THE "X" CO', 3674, "Z4", "1231", False, "fsds"),
    ]
    assert table(tmp_path / "stage", "listings_raw") == []


def test_listings_from_a_ticker_file_beside(tmp_path: Path) -> None:
    """SEC's ticker file next to the zips gives the listings."""
    path = data_set(tmp_path / "in" / "2010q2.zip", [filing()], [ASSETS])
    tickers = (
        '{"fields": ["cik", "name", "ticker", "exchange"], "data": [[1, "X", "XXX", "NYSE"], [9, "Y", "Y", null]]}'
    )
    (tmp_path / "in" / "company_tickers_exchange.json").write_text(tickers)
    read(tmp_path, path)
    assert table(tmp_path / "stage", "listings_raw", "issuer_id, ticker, exchange") == [(1, "XXX", "NYSE")]


def test_classifications(tmp_path: Path) -> None:
    """One row a change of code, from the filing day; of two filings of a day the later accepted counts."""
    days = [("20100507", 6770, "09"), ("20100801", 6770, "09"), ("20101101", 6770, "09"), ("20101101", 2836, "17"),
            ("20110301", "", "09"), ("20110501", 2836, "09")]  # fmt: skip
    sub = [
        filing(f"0000000001-10-00000{k}", filed=day, sic=sic, accepted=f"{day} {hour}:00:00.0")
        for k, (day, sic, hour) in enumerate(days)
    ]
    read(tmp_path, data_set(tmp_path / "a.zip", sub, [value("Assets", 1, adsh=sub[0]["adsh"])]))
    assert table(tmp_path / "stage", "classifications", "issuer_id, known_from, sic, sector, model, is_shell") == [
        (1, MAY, 6770, "Financials", "shell", True),
        (1, date(2010, 11, 1), 2836, "Health Care", "standard", False),
    ]


def test_own_tags_on_the_faces(tmp_path: Path) -> None:
    """Filings with tags of their own are counted, and the core lines that have no standard tag beside them."""
    pre = [line("Sales", "IS", version=ADSH), line("NetIncomeLoss", "IS"), line("NoteOnly", "", version=ADSH)]
    report = read(tmp_path, data_set(tmp_path / "a.zip", [filing()], [ASSETS], pre))
    assert reasons(report, "a.zip", "filings", "changed") == {
        "tags of the filer's own on the face of balance sheet, income statement or cash flow": 1,
        "revenue is under no standard tag, the filer's own stand beside": 1,
    }
    assert reasons(report, "companies", "issuers", "changed")[
        "revenue of some filing is under tags of the filer's own"
    ] == 1  # fmt: skip


class TestFiles:
    """What is not a data set, or a damaged one."""

    def test_a_folder_of_data_sets(self, tmp_path: Path) -> None:
        """Zips named like SEC's and unpacked folders are found among other files; the order is that of the names."""
        folder = tmp_path / "in"
        data_set(folder / "fsds_2010q3.zip", [filing("0000000003-10-000001", cik=3)], [])
        data_set(folder / "companyfacts.zip", [filing("0000000004-10-000001", cik=4)], [])
        unpacked = folder / "2010q2"
        unpacked.mkdir()
        for name, content in members([filing()], [ASSETS], []).items():
            (unpacked / name).write_text(str(content))
        report = BuildReport()
        (tmp_path / "stage").mkdir()
        assert read_fsds([folder, unpacked], tmp_path / "stage", report) == [unpacked, folder / "fsds_2010q3.zip"]
        assert facts(tmp_path, "issuer_id") == [(1,)]

    @pytest.mark.parametrize("case", ["missing", "empty", "broken", "no sub", "columns"])
    def test_nothing_to_read(self, tmp_path: Path, case: str) -> None:
        """A path that is not there, holds nothing, or holds nothing readable is an error that says so."""
        path = tmp_path / "2010q2.zip"
        content = members([filing()], [ASSETS], [])
        if case == "empty":
            path = tmp_path
        elif case == "broken":
            path.write_bytes(b"PK\x03\x04 cut")
        elif case == "no sub":
            write_zip(path, {"num.txt": content["num.txt"], "pre.txt": content["pre.txt"]})
        elif case == "columns":
            write_zip(path, content | {"sub.txt": "adsh\tcik\n1\t1\n"})
        with pytest.raises(DataError):
            read(tmp_path, path)

    @pytest.mark.parametrize(
        ("gone", "changed", "reason"),
        [
            ("pre.txt", {}, {"missing": 1}),
            ("", {"pre.txt": "adsh\tstmt\n"}, {"lacks a column": 1}),
            ("num.txt", {}, {"missing": 1}),
            ("", {"pre.txt": ""}, {"lacks a column": 1}),
        ],
    )
    def test_a_member_that_is_wrong_is_counted(
        self, tmp_path: Path, gone: str, changed: dict[str, str | bytes], reason: dict[str, int]
    ) -> None:
        """Without num there are no facts, without pre no faces; the rest of the file is read."""
        content = members([filing()], [ASSETS], [line("Assets", "BS")]) | changed
        report = read(tmp_path, write_zip(tmp_path / "a.zip", {k: v for k, v in content.items() if k != gone}))
        assert reasons(report, "a.zip", "members") == reason
        assert facts(tmp_path, "tag, statement") == ([] if gone == "num.txt" else [("Assets", None)])

    def test_lines_that_do_not_fit_are_counted(self, tmp_path: Path) -> None:
        """Short lines, long lines and lines that are not UTF-8 cost themselves alone."""
        content = members([filing()], [ASSETS, value("Liabilities", 7)], [])
        text = str(content["num.txt"]).encode()
        text += b"short\tline\n" + text.splitlines()[1] + b"\textra\n" + text.splitlines()[2].replace(b"USD", b"US\xff")
        report = read(tmp_path, write_zip(tmp_path / "a.zip", content | {"num.txt": text}))
        assert facts(tmp_path, "tag") == [("Assets",), ("Liabilities",)]
        assert reasons(report, "a.zip", "rows of num.txt") == {"malformed line": 3}

    def test_odd_headers(self, tmp_path: Path) -> None:
        """A byte-order mark, a column without a name and a column given twice don't keep a member from being read."""
        content = members([filing()], [ASSETS], [])
        rows = [f"{line}\t\tagain" for line in str(content["num.txt"]).splitlines()]
        rows[0] = "\ufeff" + rows[0].replace("again", "value")
        read(tmp_path, write_zip(tmp_path / "a.zip", content | {"num.txt": "\n".join(rows)}))
        assert facts(tmp_path, 'tag, "value"') == [("Assets", 1000.0)]

    def test_a_cut_member_is_counted(self, tmp_path: Path) -> None:
        """A member whose bytes are damaged inside the zip is dropped, and the others are read."""
        path = data_set(tmp_path / "a.zip", [filing()], [ASSETS], [line("Assets", "BS")])
        with zipfile.ZipFile(path) as archive:
            start = archive.getinfo("pre.txt").header_offset + 30 + len("pre.txt")
        with path.open("r+b") as file:
            file.seek(start)
            file.write(b"\xff" * 20)
        report = read(tmp_path, path)
        assert reasons(report, "a.zip", "members") == {"cannot be unpacked": 1}
        assert facts(tmp_path, "tag, statement") == [("Assets", None)]


class TestBesideCompanyfacts:
    """SEC's companyfacts are read first; the data sets add what they alone have."""

    def build(self, tmp_path: Path) -> BuildReport:
        """Build company 1 from companyfacts, with a data set that has it, its re-coding and company 2 as well."""
        cells = {"accn": ADSH, "form": "10-Q"}
        known = [fact("2010-03-27", 1234, "2010-05-07") | cells]
        later = [fact("2010-06-26", 1300, "2010-08-05", start="2010-03-28") | {"accn": "0000000001-10-000002"}]
        sec = tmp_path / "sec"
        write_zip(
            sec / "companyfacts.zip",
            {member(1): company(1, {"us-gaap:Assets:USD": known, "us-gaap:NetIncomeLoss:USD": later})},
        )
        write_zip(sec / "submissions.zip", {member(1): submission(1, ["XXX"], ["NYSE"], sic="2836")})
        sub = [
            filing(sic=6770),
            filing("0000000001-10-000007", filed="20100601", form="8-K"),
            filing("0000000002-10-000001", cik=2, name="ONLY HERE INC"),
        ]
        num = [value("Assets", 999), value("Assets", 998, adsh=sub[1]["adsh"]), value("Assets", 5, adsh=sub[2]["adsh"])]
        path = data_set(
            tmp_path / "2010q2.zip", sub, num, [line("Assets", "BS"), line("Assets", "BS", adsh=sub[2]["adsh"])]
        )
        return build_data(tmp_path / "out", sec=sec, fsds=[path])

    def test_companyfacts_win(self, tmp_path: Path) -> None:
        """Values and exact dates are those of companyfacts; their facts learn the statement; new companies come in."""
        report = self.build(tmp_path)
        with open_lake(tmp_path / "out") as lake:
            rows = lake.con.execute(
                'SELECT issuer_id, tag, "end", "value", statement FROM facts ORDER BY ALL'
            ).fetchall()
            people = lake.con.execute("SELECT issuer_id, name, sic, source FROM companies ORDER BY 1").fetchall()
            kind = lake.manifest.kind
        assert rows == [
            (1, "Assets", date(2010, 3, 27), 1234.0, "BS"),
            (1, "NetIncomeLoss", date(2010, 6, 26), 1300.0, None),
            (2, "Assets", MARCH, 5.0, "BS"),
        ]
        assert people == [(1, "Test Co", 2836, "sec"), (2, "ONLY HERE INC", 3674, "fsds")]
        assert kind == "sec"
        merged = "financial statement data sets"
        assert reasons(report, merged, "facts") == {"companyfacts have the company": 2}
        assert list(reasons(report, merged, "facts", "changed").values()) == [1]

    def test_codes_of_the_past(self, tmp_path: Path) -> None:
        """The company's own code is today's; the code of 2010 is in the classifications."""
        self.build(tmp_path)
        with open_lake(tmp_path / "out") as lake:
            rows = lake.con.execute("SELECT issuer_id, known_from, sic, is_shell FROM classifications ORDER BY ALL")
            assert rows.fetchall() == [
                (1, MAY, 6770, True),
                (1, date(2010, 6, 1), 3674, False),
                (2, MAY, 3674, False),
            ]


def test_the_same_files_give_the_same_bytes(tmp_path: Path) -> None:
    """Two builds of one data set have one hash, and say that they come of the data sets."""
    path = data_set(tmp_path / "2010q2.zip", [filing()], [ASSETS], [line("Assets", "BS")])
    hashes = []
    for name in ("one", "two"):
        build_data(tmp_path / name, fsds=[path])
        with open_lake(tmp_path / name) as lake:
            hashes.append(lake.manifest.data_hash)
            assert lake.manifest.kind == "fsds"
            assert [source.name for source in lake.manifest.sources] == ["2010q2.zip"]
    assert hashes[0] == hashes[1]


def test_not_beside_a_vendor(tmp_path: Path) -> None:
    """The data sets stand alone or beside companyfacts, not beside SimFin."""
    with pytest.raises(ScreenerError):
        build_data(tmp_path / "out", fsds=[tmp_path], simfin=tmp_path)
