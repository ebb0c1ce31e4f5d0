"""From the item table to SQL: an ordered list of columns, each an expression over source tags and earlier columns."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import cache

from screener.catalogue.items import BY_NAME, LineItem
from screener.standardize.columns import RAW_TAG, WORD, quoted, raw, statement_items, vendor_tag
from screener.standardize.debt import BANK_HELPERS, DEBT_DIRECT, DEBT_FINAL, DEBT_FLAGS, DEBT_HELPERS
from screener.standardize.finals import BALANCE_FLAGS, FINAL, PERIOD_FLAGS
from screener.standardize.identities import TURNED, balance_gaps, mended, period_gaps
from screener.standardize.shared import with_shared
from screener.standardize.trees import DIRECT, HELPERS, present_sum

Column = tuple[str, str]

# Evaluated after the others: their fallbacks need the final values of items further down the table.
LATE = (
    "restricted_cash", "cash", "prepaid_other_current", "total_liabilities", "current_liabilities",
    "operating_income", "nonoperating_other", "total_debt", "total_debt_lo", "total_debt_hi", "debt_current",
    "long_term_debt",
)  # fmt: skip
QUOTED = re.compile(r'"([^"]+)"')
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
    return with_shared(columns)


def _levels(columns: Sequence[Column]) -> list[list[Column]]:
    """Return the columns in levels: each needs, besides the source, only columns of the levels before its own."""
    depth: dict[str, int] = {}
    levels: list[list[Column]] = []
    for name, text in columns:
        level = max((depth[word] + 1 for word in WORD.findall(text) if word in depth), default=0)
        if level == len(levels):
            levels.append([])
        levels[level].append((name, text))
        depth[name] = level
    return levels


def staged(columns: Sequence[Column], source: str, given: Collection[str] = (), wanted: Sequence[str] = ()) -> str:
    """Return one SELECT of nested stages over ``source``: in each the columns that need none of the same stage.

    DuckDB would accept aliases within one SELECT, but a source column of the same name would win silently. With
    ``wanted`` the SELECT gives these columns alone, of the program and of those that the source gives (``given``);
    what no later stage reads is dropped on the way: every column of every stage has its price in planning.
    """
    levels = _levels(with_shared(columns))
    handed = _handed(levels, given, wanted) if wanted else ["*"] * len(levels)
    sql = source
    for level, kept in zip(levels, handed, strict=True):
        listed = ",\n  ".join((kept, *(f'{text} AS "{name}"' for name, text in level)))
        sql = f"(SELECT {listed}\n FROM {sql})"
    return sql


def _handed(levels: list[list[Column]], given: Collection[str], wanted: Sequence[str]) -> list[str]:
    """Return, for each level, what its SELECT has beside its own columns: those that it or a later one hands on."""
    made = {name for level in levels for name, _ in level}
    needed = set(wanted)
    handed: list[set[str]] = []
    for level in reversed(levels):
        needed = needed - {name for name, _ in level}
        handed.append(needed)
        words = {word for _, text in level for word in (*WORD.findall(text), *QUOTED.findall(text))}
        needed = needed | (words & (made | set(given)))
    handed.reverse()
    listed = [", ".join(quoted(name) for name in sorted(handed[0]))]
    for before, level, kept in zip(handed, levels, handed[1:], strict=False):
        # A star is read faster than a list of names.
        dropped = sorted((before | {name for name, _ in level}) - kept)
        listed.append(f"* EXCLUDE ({', '.join(quoted(name) for name in dropped)})" if dropped else "*")
    return listed
