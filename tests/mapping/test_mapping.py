"""Mappings are read with every problem in its place, before any table is; drafts of them are themselves mappings."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml
from click.testing import CliRunner

from screener import api
from screener.cli.main import root
from screener.engine.reliance import relied_on
from screener.errors import DataError, ScreenError
from screener.language.own import OwnMetrics
from screener.language.pages import page
from screener.mapping.draft import draft
from screener.mapping.load import load_mapping, open_mapping
from screener.mapping.ready import READY, ready_text
from screener.mapping.schema import mapping_schema
from tests.mapping.vendors import funda_rows, fundq_rows, sf1_rows, write_csv

SCREENS = Path(__file__).resolve().parents[2] / "screens"
TABLE = """Symbol,Period End,Filed,Total Revenue,Debt - short,Capex
AAA,2023-03-31,2023-05-01,1,2,-3
AAA,2023-06-30,2023-08-01,1,2,-3
"""
GOOD = """
company: {ticker: Symbol}
period: {end: Period End, months: 3}
published: Filed
items:
  revenue: Total Revenue
"""


def problems(folder: Path, mapping: str, table: str = TABLE) -> list[tuple[int, int, str, str]]:
    """Return (line, column, message, hint) of the problems of a mapping for a table."""
    (folder / "t.csv").write_text(table, encoding="utf-8")
    (folder / "m.yaml").write_text(mapping, encoding="utf-8")
    with pytest.raises(ScreenError) as found:
        load_mapping(folder / "m.yaml", [folder / "t.csv"])
    return [(problem.line, problem.column, problem.message, problem.hint) for problem in found.value.problems]


def test_all_problems_at_once(tmp_path: Path) -> None:
    """Wrong keys, items and values are told together, each with its place and what was probably meant."""
    mapping = """company: {tickr: Symbol}
period: {end: Period End, months: 4}
items:
  revnue: Total Revenue
  fcf: Capex
  due_12m: Capex
  capex: [Capex, -]
scale: none
"""
    assert [(line, column, message) for line, column, message, _ in problems(tmp_path, mapping)] == [
        (1, 1, "nothing tells the company of a row"),
        (1, 1, "nothing tells when a row became public"),
        (1, 11, "unknown key 'tickr' in company"),
        (2, 35, "months must be one of 3, 6, 9, 12, not 4"),
        (4, 3, "'revnue' is no line item"),
        (5, 3, "'fcf' is no line item"),
        (6, 3, "'due_12m' is no line item"),
        (7, 18, "capex: a column is missing here"),
        (8, 8, "scale must be a number above 0, not 'none'"),
    ]
    hints = [hint for *_, hint in problems(tmp_path, mapping)]
    assert "did you mean 'ticker'?" in hints
    assert "did you mean 'revenue'?" in hints
    assert any(hint.startswith("fcf is computed from line items: cfo - capex") for hint in hints)
    assert any("would see what nobody knew" in hint for hint in hints)


def test_a_column_that_the_table_lacks(tmp_path: Path) -> None:
    """A column is looked for in the header; the caret is under it, also inside a sum, with the nearest name."""
    mapping = GOOD.replace("Total Revenue", "Total Revenu") + '  debt_current: Debt - short\n  capex: -"Capx"\n'
    assert problems(tmp_path, mapping) == [
        (6, 12, "t.csv has no column 'Total Revenu'", "did you mean 'Total Revenue'?"),
        (7, 17, "t.csv has no column 'Debt'", "a sign inside a column's name needs double quotes: '\"Debt - short\"'"),
        (7, 24, "t.csv has no column 'short'", "a sign inside a column's name needs double quotes: '\"Debt - short\"'"),
        (8, 11, "t.csv has no column 'Capx'", "did you mean 'Capex'?"),
    ]


def test_wrong_keys_and_absent_columns_are_told_together(tmp_path: Path) -> None:
    """What is wrong in itself and what the table lacks come at once; a file that is not there comes after that."""
    mapping = GOOD.replace("Filed", "Fild").replace("revenue", "revnue")
    assert [(line, message) for line, _, message, _ in problems(tmp_path, mapping)] == [
        (4, "t.csv has no column 'Fild'"),
        (6, "'revnue' is no line item"),
    ]
    for text, error, said in ((mapping, ScreenError, "1 problem"), (GOOD, DataError, "nowhere.csv")):
        (tmp_path / "m.yaml").write_text(text, encoding="utf-8")
        with pytest.raises(error, match=said):
            load_mapping(tmp_path / "m.yaml", [tmp_path / "nowhere.csv"])


def test_names_of_columns_in_other_letters(tmp_path: Path) -> None:
    """Capitals do not matter where one column alone is meant; a name that stands twice in the header is a problem."""
    assert problems(tmp_path, GOOD, TABLE.replace("Capex", "Total Revenue")) == [
        (6, 12, "the column 'Total Revenue' stands twice in the header of t.csv", "")
    ]
    (tmp_path / "t.csv").write_text(TABLE.upper(), encoding="utf-8")
    found = load_mapping(tmp_path / "m.yaml", [tmp_path / "t.csv"])
    assert found.files[0].table.items[0].terms == (("TOTAL REVENUE", 1),)


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ("", "the file is empty"),
        ("- a\n", "a mapping must be keys with values"),
        (GOOD.replace("Filed", "{}"), "nothing tells when a row became public"),
        (GOOD.replace("Filed", "{lag: soon}"), "lag must be a whole number"),
        (GOOD.replace("months: 3", "months: {column: Filed}"), "months needs a column and its values"),
        (GOOD + "form: tall\n", "'tall' is no form of a table"),
        (GOOD + "form: long\n", "a long table has a column of names and one of values"),
        (GOOD + "year_to_date: {cfo: Capex}\n", "year_to_date needs the fiscal quarter of a row"),
        (GOOD + "blank_is_zero: [capex]\n", "'capex' is not mapped"),
        (GOOD + 'dates: "%d; DROP TABLE"\n', "is no way to write dates"),
        (GOOD + "currency: dollars\n", "'dollars' is no currency code"),
        (GOOD + "  capex: {scale: 2}\n", "capex has no column"),
        (GOOD + "  shares_outstanding: Capex\n  shares_outstanding_cover: Capex\n", "is no line item"),
        (GOOD + "tables: {}\n", "there is no table"),
        ("a: &x [1]\nb: *x\n", "anchors (&) are not part of a mapping"),
        ("[" * 30 + "]" * 30, "nested more than 20 levels deep"),
        ("notes: [" + "a, " * 4_100 + "a]", "a mapping has at most 4,000 keys and values"),
        ("x" * 300_000, "the file is larger than 256 KB"),
        ("vendor: a\x00b", "the character U+0000 cannot stand in a mapping"),
    ],
)
def test_what_is_no_mapping_is_refused(tmp_path: Path, mapping: str, said: str) -> None:
    """Each mistake has a message of its own, and so has what is made to break a reader of YAML."""
    assert [message for _, _, message, _ in problems(tmp_path, mapping) if said in message]


def test_a_hostile_header_is_told_without_its_control_characters(tmp_path: Path) -> None:
    """What a header holds is printed as plain text, and cut where it is long."""
    table = TABLE.replace("Capex", "Cap\x1b[2Jex").replace("Filed", "F" * 300)
    (*_, hint), *_ = problems(tmp_path, GOOD, table)
    assert hint == f"its columns: Symbol, Period End, {'F' * 60}..., Total Revenue, Debt - short, Cap?[2Jex"


def test_no_company_in_common(tmp_path: Path) -> None:
    """Two tables whose companies nothing in common tells are refused before they are read."""
    mapping = tmp_path / "m.yaml"
    tables = "tables:\n  a: {company: {ticker: Symbol}}\n  b: {form: companies, company: {cik: cik}}\n"
    mapping.write_text(GOOD.replace("company: {ticker: Symbol}\n", "") + tables, encoding="utf-8")
    (tmp_path / "t.csv").write_text(TABLE, encoding="utf-8")
    (tmp_path / "c.csv").write_text("cik\n1\n", encoding="utf-8")
    with pytest.raises(DataError, match="no column names the companies in all of the tables"):
        api.build(tmp_path / "out", tables=[tmp_path / "t.csv", tmp_path / "c.csv"], mapping=mapping)
    assert not (tmp_path / "out").exists()


def test_exit_codes(tmp_path: Path) -> None:
    """A wrong mapping ends with 2 and its caret, a missing table with 3, --table without --mapping with 2."""
    (tmp_path / "m.yaml").write_text(GOOD.replace("Filed", "Fild"), encoding="utf-8")
    (tmp_path / "t.csv").write_text(TABLE, encoding="utf-8")
    ways = {("t.csv", "m.yaml"): 2, ("no.csv", "m.yaml"): 3, ("t.csv", "no.yaml"): 2, ("t.csv", ""): 2}
    for (table, mapping), code in ways.items():
        arguments = ["data", "build", str(tmp_path / "out"), "--table", str(tmp_path / table)]
        arguments += ["--mapping", str(tmp_path / mapping)] if mapping else []
        error = CliRunner().invoke(root, arguments).exception
        assert getattr(error, "exit_code", None) == code, (table, mapping, error)


@pytest.mark.parametrize("name", [row.name for row in READY])
def test_ready_mappings_are_sound(name: str) -> None:
    """Every ready mapping can be read without a table and fits the schema of editors."""
    source, raw = open_mapping(name)
    assert (source.problems, raw is not None) == ([], True)
    jsonschema.validate(yaml.safe_load(ready_text(name)), mapping_schema())


# Made of other items, of prices, or read under the name of a net amount.
MADE = {
    "due_12m", "due_24m", "interest_to_cover", "period_price", "dividends_paid_common", "equity_incl_nci",
    "gross_profit", "net_income_to_common", "total_debt", "preferred_temp", "cash", "capex", "buybacks",
}  # fmt: skip
# Line items behind the shipped screens that no column of the vendor has alone.
LACKING = {
    "sharadar-sf1": {
        "capitalized_software", "preferred", "redeemable_nci", "stock_issued", "temp_equity",
    },
    # Short-term investments are in the cash that is mapped, redeemable interests in those of others.
    "compustat": {"capitalized_software", "redeemable_nci", "short_term_investments", "temp_equity"},
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(LACKING))
def test_ready_mappings_have_what_the_shipped_screens_need(name: str) -> None:
    """Every line item behind a metric of a shipped screen is mapped, made of others, or known to be lacking."""
    metrics = {found for path in SCREENS.glob("*.yaml") for found in relied_on(api.load(path))}
    needed = {item for metric in metrics for item in page(metric, OwnMetrics()).line_items}
    _, raw = open_mapping(name)
    assert raw is not None
    mapped = {item.name for named in raw.tables for item in named.table.items}
    assert needed - mapped - MADE == LACKING[name]


def test_schema_refuses_what_the_reader_refuses() -> None:
    """Unknown keys and items are marked by editors too."""
    good = yaml.safe_load(GOOD)
    schema = jsonschema.Draft7Validator(mapping_schema())
    assert schema.is_valid(good)
    for wrong in ({"itms": {}}, {"items": {"revnue": "a"}}, {"form": "tall"}, {"period": {"end": "a", "months": 4}}):
        assert not schema.is_valid(good | wrong), wrong
    said = CliRunner().invoke(root, ["schema", "--of", "mapping"], catch_exceptions=False)
    assert json.loads(said.output) == mapping_schema()


DRAFTED = """# Drafted from the columns of t.csv. Look at every line, above all at what is guessed.
vendor: t
company:
  ticker: Symbol
  name: Company Name
period:
  end: fiscalDateEnding
  months: {column: period, values: {FY: 12, Q1: 3}}
  fiscal_quarter: quarter
published: filingDate
currency: {column: reportedCurrency}
# scale: million  # if amounts and share counts are in millions
items:
  revenue: totalRevenue  # or Sales
  net_income: NetIncomeLoss
  capex: -CapitalExpenditures  # its values are negative
  total_assets: 'Assets, total'  # guessed
  long_term_debt: '"Long - Term Debt"'
# Not matched:
#   Mood
#   =1+1
"""


def test_a_draft_says_what_it_makes_of_every_column(tmp_path: Path) -> None:
    """Names in any spelling, tags of XBRL and signs are recognised; what is not stands in a comment."""
    head = (
        "Symbol,Company Name,fiscalDateEnding,filingDate,period,quarter,reportedCurrency,totalRevenue,Sales,"
        'NetIncomeLoss,CapitalExpenditures,"Assets, total",Long - Term Debt,Mood,=1+1\n'
    )
    cells = "5,5,1,-2,9,4,good,1"
    rows = f"AAA,A,2023-03-31,2023-05-01,Q1,1,USD,{cells}\nAAA,A,2023-12-31,2024-03-01,FY,4,USD,{cells}\n"
    path = tmp_path / "t.csv"
    path.write_text(head + rows, encoding="utf-8")
    assert draft(path) == DRAFTED
    (tmp_path / "m.yaml").write_text(DRAFTED, encoding="utf-8")
    table = load_mapping(tmp_path / "m.yaml", [path]).files[0].table
    assert {item.name: item.terms for item in table.items}["long_term_debt"] == (("Long - Term Debt", 1),)


def test_a_draft_without_a_publish_date_asks_for_it(tmp_path: Path) -> None:
    """What no column tells stands in a comment, and the draft's own error says what to write."""
    path = tmp_path / "t.csv"
    rows = "".join(f"AAA,{year}-12-31,{year}\n" for year in range(2019, 2024))
    path.write_text("ticker,date,revenue\n" + rows, encoding="utf-8")
    text = draft(path)
    assert "  months: 12  # guessed from the days between the periods of a company" in text
    assert "# published: {lag: 90}" in text
    assert [message for *_, message, _ in problems(tmp_path, text, path.read_text())] == [
        "nothing tells when a row became public"
    ]


def test_a_draft_of_a_long_table(tmp_path: Path) -> None:
    """A column of names and one of values make a long table, whose names are the items."""
    path = tmp_path / "t.csv"
    lines = ["cik,end,filed,concept,value", "1,2023-12-31,2024-02-01,Revenues,5", "1,2023-12-31,2024-02-01,Assets,9"]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    text = draft(path)
    assert re.search(
        r"form: long\nitem: concept\nvalue: value\nitems:\n  revenue: Revenues\n  total_assets: Assets\n", text
    )


@pytest.mark.parametrize(
    ("name", "rows"), [("sharadar-sf1", sf1_rows()), ("compustat", fundq_rows()), ("compustat", funda_rows())]
)
def test_vendors_are_recognised_by_their_columns(tmp_path: Path, name: str, rows: list[dict[str, object]]) -> None:
    """The draft for a known vendor's table is its ready mapping."""
    text = draft(write_csv(tmp_path / "t.csv", rows))
    assert text.endswith(ready_text(name))
    assert f"`--mapping {name}` reads it" in text


def test_the_command(tmp_path: Path) -> None:
    """Ready mappings are listed and shown; a draft is written to a file, but never over one without --force."""
    (tmp_path / "t.csv").write_text(TABLE, encoding="utf-8")
    run = CliRunner()
    assert [line.split()[0] for line in run.invoke(root, ["data", "mapping", "--list"]).output.splitlines()] == [
        row.name for row in READY
    ]
    assert run.invoke(root, ["data", "mapping", "--show", "compustat"]).output == ready_text("compustat")
    out = tmp_path / "m.yaml"
    command = ["data", "mapping", str(tmp_path / "t.csv"), "-o", str(out)]
    assert run.invoke(root, command).exit_code == 0
    assert load_mapping(out, [tmp_path / "t.csv"]).files[0].table.published == "Filed"
    assert "already there" in str(run.invoke(root, command).exception)
    assert run.invoke(root, [*command, "--force"]).exit_code == 0
    assert "name a FILE" in str(run.invoke(root, ["data", "mapping"]).exception)
