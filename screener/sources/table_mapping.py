"""What a mapping says of a vendor's table, in plain rows: which column is what, in which unit, known from when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from screener.errors import DataError

# How a table is laid out: a row a company and period with a column an item; a row a single value; only companies.
FORMS: dict[str, str] = {
    "wide": "a row a company and period, a column a line item",
    "long": "a row a single value, with a column that names its item",
    "companies": "a row a company, without periods",
}
# What can be said of a company, each in a column; one of KEYS has to be there.
COMPANY: dict[str, str] = {
    "id": "the vendor's own number of the company, which stays when the ticker changes",
    "cik": "SEC's number of the company",
    "ticker": "the ticker under which the prices have it",
    "name": "the name",
    "sector": "the sector, in the words of GICS or of Morningstar",
    "industry": "the industry, shown as it is",
    "sic": "the SIC code: sector, industry and reporting model follow from it",
    "exchange": "the exchange",
    "country": "the country",
}
KEYS = ("id", "cik", "ticker")
MONTHS = (3, 6, 9, 12)
SCALED = ("money", "shares")
ENCODINGS = ("utf-8", "latin-1", "utf-16")
# What happens where the table lacks a column that the mapping names.
ABSENT: dict[str, str] = {
    "error": "the build does not begin",
    "note": "the items and filters that need it are left out, and the report says so",
}


@dataclass(frozen=True, slots=True)
class Item:
    """What is read for a line item: ``terms`` are columns (or names of a long table) with +1 or -1.

    text: as the mapping has it. scale: what its values are multiplied by. ytd: from the first day of the fiscal year.
    """

    name: str
    text: str
    terms: tuple[tuple[str, int], ...]
    scale: float = 1.0
    ytd: bool = False


@dataclass(frozen=True, slots=True)
class Months:
    """The months that a row covers: the same for all (``constant``), or told by the values of a column."""

    constant: int | None = None
    column: str = ""
    values: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a mapping. Columns stand as in the file's header; ``""`` is none.

    end: the period end. quarter: 1 to 4 within the fiscal year. published: the day on which a row became public; where
    that is missing, ``lag`` days after the period end, and without a lag the row is dropped. restated: if later, it
    dates the row. currency: a code; currency_column goes before it. where: only rows whose column has one of the
    values. item, value: the columns of a long table. zeros: items whose empty cells are zero. dates: how dates are
    written, beside 2024-12-31 and 20241231.
    """

    name: str
    form: str = "wide"
    company: dict[str, str] = field(default_factory=dict)
    end: str = ""
    months: Months = Months()
    quarter: str = ""
    published: str = ""
    lag: int | None = None
    restated: str = ""
    currency: str = "USD"
    currency_column: str = ""
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()
    item: str = ""
    value: str = ""
    items: tuple[Item, ...] = ()
    zeros: tuple[str, ...] = ()
    dates: str = ""
    encoding: str = ""


@dataclass(frozen=True, slots=True)
class TableFile:
    """A file and the table of the mapping that it is read as; ``notes`` are what its reader should know."""

    path: Path
    table: Table
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MappedTables:
    """The files of a build with their tables; ``vendor`` is the mapping's name of the source, ``digest`` its hash.

    mapping: the name of the ready mapping, or the absolute path of one's own.
    """

    vendor: str
    digest: str
    files: tuple[TableFile, ...]
    notes: tuple[str, ...] = ()
    mapping: str = ""


def common_key(tables: Sequence[Table]) -> str:
    """Return what the companies of all tables are known by; ``DataError`` when there is nothing of the kind."""
    found = next((key for key in KEYS if all(key in table.company for table in tables)), "")
    if not found:
        raise DataError(
            f"no column names the companies in all of the tables: neither {', '.join(KEYS[:-1])} nor {KEYS[-1]}",
            hint="add it under `company:`, or leave out the table that has none",
        )
    return found
