"""From the item table to SQL: an ordered list of columns, each an expression over source tags and earlier columns."""

from __future__ import annotations

from functools import cache

from screener.catalogue.items import BY_NAME, LineItem
from screener.standardize.columns import RAW_TAG, WORD, raw, statement_items, vendor_tag
from screener.standardize.debt import BANK_HELPERS, DEBT_DIRECT, DEBT_FINAL, DEBT_FLAGS, DEBT_HELPERS
from screener.standardize.finals import BALANCE_FLAGS, FINAL, PERIOD_FLAGS
from screener.standardize.identities import TURNED, balance_gaps, mended, period_gaps
from screener.standardize.trees import DIRECT, HELPERS, present_sum

Column = tuple[str, str]

# Evaluated after the others: their fallbacks need the final values of items further down the table.
LATE = (
    "restricted_cash", "cash", "prepaid_other_current", "total_liabilities", "current_liabilities",
    "operating_income", "nonoperating_other", "total_debt", "total_debt_lo", "total_debt_hi", "debt_current",
    "long_term_debt",
)  # fmt: skip
FUNCTIONS = frozenset({"coalesce", "greatest", "least", "abs", "nullif"})


def direct(item: LineItem) -> str:
    """Return the SQL of the item from its own tags: as ``how`` says, then parts, IFRS tags and the vendor's column."""
    tail = [raw(f"ifrs:{tag}") for tag in item.ifrs]
    vendor = vendor_tag(item)
    if vendor:
        tail.append(raw(vendor))
    if item.how == "sum":
        head = [present_sum([raw(tag) for tag in item.tags])]
    elif item.how == "max":
        head = [f"greatest({', '.join(raw(tag) for tag in item.tags)})"]
    else:
        head = [raw(tag) for tag in item.tags]
        if item.parts:
            head.append(present_sum([raw(tag) for tag in item.parts]))
    return f"coalesce({', '.join(head + tail + ['NULL'])})"


def translate(expression: str, finished: frozenset[str]) -> str:
    """Return the SQL of a fallback: tags become columns, items their final value if finished, else the direct one."""

    def word(name: str) -> str:
        if name in FUNCTIONS:
            return name
        if name not in BY_NAME:
            raise KeyError(f"fallback '{expression}' names '{name}', which is no line item")
        return name if name in finished else f"d_{name}"

    pieces = []
    for token in expression.replace("(", " ( ").replace(")", " ) ").replace(",", " , ").split():
        if RAW_TAG.fullmatch(token):
            pieces.append(raw(token))
        elif WORD.fullmatch(token):
            pieces.append(word(token))
        else:
            pieces.append(token)
    return f"({' '.join(pieces)})"


@cache
def program(*, instants: bool) -> tuple[Column, ...]:
    """Return the columns in the order in which they are computed: helpers, direct values (``d_x``), items, flags."""
    items = statement_items(instants=instants)
    direct_sql = DEBT_DIRECT if instants else {}
    helpers = (*DEBT_HELPERS, *BANK_HELPERS) if instants else HELPERS
    columns: list[Column] = list(helpers)
    for item in items:
        special = direct_sql.get(item.name) or DIRECT.get(item.name)
        columns.append((f"{'u' if item.name in TURNED else 'd'}_{item.name}", special or direct(item)))
    columns.extend(balance_gaps() if instants else period_gaps())
    late = [BY_NAME[name] for name in LATE if BY_NAME[name] in items]
    ordered = [item for item in items if item not in late] + late
    finals = FINAL | DEBT_FINAL
    done: set[str] = set()
    for item in ordered:
        if item.name in finals:
            sql = finals[item.name]
        else:
            options = [f"d_{item.name}", *(translate(text, frozenset(done)) for text in item.fallback)]
            sql = f"coalesce({', '.join(options)})" if len(options) > 1 else options[0]
        columns.append((item.name, mended(item.name, sql)))
        done.add(item.name)
    columns.extend((*DEBT_FLAGS, *BALANCE_FLAGS) if instants else PERIOD_FLAGS)
    return tuple(columns)


def staged(columns: tuple[Column, ...], source: str) -> str:
    """Return one SELECT of nested stages over ``source``: a new stage begins where a column needs one of this stage.

    DuckDB would accept aliases within one SELECT, but a source column of the same name would win silently.
    """
    sql = source
    stage: list[Column] = []
    names: set[str] = set()

    def close(inner: str) -> str:
        listed = ",\n  ".join(f'{text} AS "{name}"' for name, text in stage)
        return f"(SELECT *,\n  {listed}\n FROM {inner})"

    for name, text in columns:
        if names & set(WORD.findall(text)):
            sql = close(sql)
            stage, names = [], set()
        stage.append((name, text))
        names.add(name)
    return close(sql) if stage else sql
