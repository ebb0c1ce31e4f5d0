"""docs/vendor-tables.md: how any vendor's table becomes a data set; the keys and items come from their tables."""

from __future__ import annotations

from screener.catalogue.items import BY_NAME
from screener.catalogue.vendor_items import vendor_items
from screener.mapping.keys import TOP, WITHIN
from screener.mapping.ready import READY

EXAMPLE_TABLE = """Symbol,Company,Period,Ends,Filed,Sales,Net profit,Capex,Assets,Loans - all,Shares
AAA,Aaa Corp,Q4,2022-12-31,2023-02-14,25.0,2.5,-1.0,90.0,20.0,4.0
AAA,Aaa Corp,FY,2022-12-31,2023-02-14,96.0,9.0,-4.0,90.0,20.0,4.0
AAA,Aaa Corp,Q1,2023-03-31,2023-05-09,27.0,2.8,-1.1,93.0,19.0,4.0
"""
EXAMPLE_MAPPING = """vendor: Example
company: {ticker: Symbol, name: Company}
period:
  end: Ends
  months: {column: Period, values: {Q1: 3, Q2: 3, Q3: 3, Q4: 3, FY: 12}}
published: Filed
scale: million
items:
  revenue: Sales
  net_income: Net profit
  capex: -Capex
  total_assets: Assets
  total_debt: '"Loans - all"'
  shares_outstanding: Shares
"""

INTRO = """# Any vendor's tables

A table of fundamentals that you have from a vendor, or have made yourself, becomes a data set with a *mapping*: a
small YAML file that says which of its columns is the company, the period, the day of publication, and which line
item.

```text
screener data mapping fundamentals.csv -o mapping.yaml
screener data build OUT --table fundamentals.csv --mapping mapping.yaml --prices PRICES
```

The first drafts a mapping from the names of the columns and the first rows; look at every line of it, above all at
those marked as guessed, and at the list of what was not matched. The second reads the table. `--table` can be given
several times: annual and quarterly files, or a list of companies. In Python: `screener.api.build(out, tables=[...],
mapping="mapping.yaml")`.

Files are CSV (commas, semicolons, tabs or bars; plain, `.gz`, or alone in a `.zip`; UTF-8, UTF-16, or as
`encoding:` says) or Parquet. All columns of the mapping are looked for in the header before anything is read; what
is missing is told with its place in the mapping and the nearest name.

## An example

A table, `table.csv`:

"""
MIDDLE = """
Its mapping, `mapping.yaml`:

"""
REST = """
The fourth quarter and the year came out on one day; the year's balance sheet is read once. As of 2023-04-01 the
twelve months' revenue is 96 million, that of the quarter alone 25 million. `screener show AAA --item capex --trace`
leads from the item to `vendor:capex=-Capex in table.csv`, its period and its day.

## Point in time

`published` is the one thing that a table must tell beside its values: the day on which the row became public. A run
as of a day sees the rows that were published by then, and no others. Several rows of one period with different days
are versions of it: all are kept, each from its own day on. Without such a column, `published: {lag: 90}` counts
every row as public 90 days after its period ends; the build report says so. `published: {column: rdq, lag: 90}`
does that only for rows without a day, or with one before their period ends, and counts them; without `lag` such
rows are dropped. A column given as `restated` dates a row at the later of both days. Where a vendor overwrites its
rows without keeping what they said before, no mapping brings that back: the report of the ready mappings says which
vendors do.

## Values

- An empty cell is unknown, not zero, unless the item is listed under `blank_is_zero`. A sum of columns is unknown
  where one of them is.
- Costs and payments are positive here. Where the vendor has them negative, write `-COLUMN`; a cost that is negative
  in nearly all rows is noted in the report.
- `scale` multiplies amounts and share counts, never figures a share.
- Values that run from the first day of the fiscal year go under `year_to_date`; the quarters are their differences.
- `A + B - C` adds columns, as a list does. A column with ` - ` or ` + ` in its name stands in double quotes inside
  single ones: `'"Loans - all"'`.
- Companies are told apart by the vendor's `id`, else by `cik`, else by `ticker`: the first that all tables have. A
  CIK makes two of them one issuer. A ticker that several have had is that of the one with the newest period.
- What is not mapped is unknown, and so is everything that rests on it; no zero is inferred for want of a column,
  and no missing debt is taken for none.

The build report counts with examples: malformed lines, rows without company or period, missing and impossible publish
dates, cells that are no finite numbers, impossible share counts, rows that stand twice.

"""


def vendor_page(note: str) -> str:
    """Return docs/vendor-tables.md."""
    lines = [INTRO.replace("# Any vendor's tables\n\n", f"# Any vendor's tables\n\n{note}", 1)]
    lines.append(f"```text\n{EXAMPLE_TABLE}```\n{MIDDLE}```yaml\n{EXAMPLE_MAPPING}```\n{REST}")
    lines.append("## Ready mappings\n\n`screener data mapping --list` lists them, `--show NAME` prints one; ")
    lines.append("`--mapping NAME` uses it.\n\n| name | of |\n|---|---|\n")
    lines += [f"| `{row.name}` | {row.label} |\n" for row in READY]
    lines.append("\nThey read what a table has of their columns and note what it lacks.\n\n## Keys\n\n")
    lines.append("| key | what it says | example | needed by |\n|---|---|---|---|\n")
    lines += [f"| `{key.name}` | {key.help} | `{key.example}` | {key.needed} |\n" for key in TOP]
    lines.append("\nInside them:\n\n| in | key | what it says | example |\n|---|---|---|---|\n")
    lines += [f"| `{key.within}` | `{key.name}` | {key.help} | `{key.example}` |\n" for key in WITHIN]
    lines.append(
        "\n`screener schema --of mapping` prints the JSON Schema with which editors complete and check the file.\n"
    )
    lines.append(
        "\n## Line items\n\nWhat a column can be mapped to. Those whose names begin with `net_` are amounts that "
    )
    lines.append("many vendors give in place of the item: buybacks less issues, interest expense less income.\n\n")
    lines.append("| item | what it is | kind | sign |\n|---|---|---|---|\n")
    for name, item in vendor_items().items():
        line = BY_NAME.get(name)
        sign = "positive cost or payment" if line is not None and line.sign == "mag" else ""
        lines.append(f"| `{name}` | {item.label} | {KINDS[item.kind]} | {sign} |\n")
    return "".join(lines)


KINDS = {"flow": "period", "instant": "balance", "avg": "average of the period", "per_share": "a share"}
