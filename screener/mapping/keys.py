"""The keys of a mapping: one row each, from which the reader, the JSON Schema and the documentation take them."""

from __future__ import annotations

from dataclasses import dataclass

from screener.sources.table_mapping import ABSENT, COMPANY, ENCODINGS, FORMS, KEYS, MONTHS


@dataclass(frozen=True, slots=True)
class Key:
    """A key: where it stands (``""`` is the top), what it says, an example, and whether each table needs it."""

    name: str
    help: str
    example: str
    within: str = ""
    needed: str = ""


TOP: tuple[Key, ...] = (
    Key("vendor", "The name of the vendor, for the report.", "vendor: Sharadar"),
    Key("notes", "What a reader of the data should know: the build report repeats it.", "notes: [amounts as reported]"),
    Key("tables", "Several tables: names with the keys below; a key that a table lacks is taken from the top.",
        "tables: {annual: {...}, quarterly: {...}}"),
    Key("absent", "What happens where the file lacks a column that the mapping names: "
        + "; ".join(f"`{name}`, {what}" for name, what in ABSENT.items())
        + ". Keys, dates and periods are always needed.",
        "absent: note"),
    Key("form", "How the table is laid out: " + "; ".join(f"`{name}`, {what}" for name, what in FORMS.items()) + ".",
        "form: wide"),
    Key("company", "The columns that tell the company; at least one of " + ", ".join(f"`{key}`" for key in KEYS) + ".",
        "company: {ticker: ticker, cik: cik}", needed="all"),
    Key("period", "The period that a row speaks of.", "period: {end: reportperiod, months: 3}", needed="wide, long"),
    Key("published", "The column with the day on which the row became public, or `column` and `lag`.",
        "published: datekey", needed="wide, long"),
    Key("restated", "A column with the day of a restatement: a later one dates the row.", "restated: Restated Date"),
    Key("currency", "The code of the currency of all amounts, or its column.", "currency: {column: curcdq}"),
    Key("scale", "What amounts and share counts (not figures a share) are multiplied by; apart: `money`, `shares`.",
        "scale: million"),
    Key("where", "Only the rows whose columns have one of these values.", "where: {dimension: [ARQ, ARY]}"),
    Key("item", "The column that names the item of a row.", "item: indicator", needed="long"),
    Key("value", "The column with the value of a row.", "value: amount", needed="long"),
    Key("items", "Line items, each with its column (or its name in a long table), `-COLUMN` where the sign is the "
        "opposite, a sum `A + B - C` (a column with such a sign in its name in double quotes), a list of columns to "
        "add, or `column` and `scale`.", "items: {revenue: SALES, capex: -CAPEX}", needed="wide, long"),
    Key("year_to_date", "Items as under `items` whose values run from the first day of the fiscal year.",
        "year_to_date: {cfo: oancfy}"),
    Key("blank_is_zero", "Items whose empty cells mean zero. Elsewhere an empty cell is unknown.",
        "blank_is_zero: [preferred]"),
    Key("dates", "How the table writes dates, in strptime's letters, if not 2024-12-31 or 20241231.",
        'dates: "%d/%m/%Y"'),
    Key("encoding", "The encoding of a CSV file: " + ", ".join(f"`{name}`" for name in ENCODINGS) + ".",
        "encoding: latin-1"),
)  # fmt: skip

WITHIN: tuple[Key, ...] = (
    *(Key(name, f"Column: {what}.", f"{name}: {name}", "company") for name, what in COMPANY.items()),
    Key("end", "Column: the last day of the period.", "end: datadate", "period", "always"),
    Key("months", "How many months it covers (" + ", ".join(map(str, MONTHS)) + "), or a `column` and its `values`.",
        "months: {column: dimension, values: {ARQ: 3, ARY: 12}}", "period", "always"),
    Key("fiscal_quarter", "Column: 1 to 4 within the fiscal year; `year_to_date` of quarterly rows needs it.",
        "fiscal_quarter: fqtr", "period"),
    Key("column", "The column.", "column: rdq", "published"),
    Key("lag", "Where the day is missing (or without a column), the row counts as public so many days after the period "
        "end; without a lag such rows are dropped.", "lag: 90", "published"),
    Key("column", "The column with the code.", "column: curcdq", "currency"),
    Key("column", "The column whose values tell the months.", "column: dimension", "months", "always"),
    Key("values", "Each value with its months; other rows are dropped.", "values: {ARQ: 3}", "months", "always"),
    Key("column", "The column, `-COLUMN`, a sum or a list.", "column: cshoq", "items", "always"),
    Key("scale", "What this item's values are multiplied by, instead of the table's scale.", "scale: 1000", "items"),
    Key("money", "For amounts of money.", "money: million", "scale"),
    Key("shares", "For share counts.", "shares: million", "scale"),
)  # fmt: skip


def names(within: str = "") -> tuple[str, ...]:
    """Return the keys that stand at a place."""
    return tuple(key.name for key in (*TOP, *WITHIN) if key.within == within)
