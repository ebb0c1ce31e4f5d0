"""A first mapping for a vendor's table, from the names of its columns and what stands in its first rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from screener.catalogue.items import BY_NAME
from screener.mapping import spellings
from screener.mapping.ready import ready_text, recognised
from screener.sources.table_files import first_rows, read_header

ROWS = 2_000
# So many of a column's values have to be dates, or periods, for it to tell them.
MOSTLY = 0.9
# Longer lists of columns end with the number of the others.
LISTED = 60
# Names of columns that need no quotes in YAML, and hold no sign that a sum would be read from.
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_.()/]*( [A-Za-z0-9_.()&/]+)*")
_WORDS = frozenset({"yes", "no", "on", "off", "true", "false", "null", "y", "n"})


@dataclass(slots=True)
class _Columns:
    """The columns of a table that nothing has been made of yet, and their values in the first rows."""

    values: dict[str, list[str]]
    used: set[str] = field(default_factory=set)

    def take(self, names: Sequence[str], fits: Callable[[list[str]], bool] = lambda _: True) -> tuple[str, list[str]]:
        """Return the first column with one of the names whose values fit, and the others that would do."""
        squashed = {name: spellings.squashed(name) for name in self.values if name not in self.used}
        found = [
            column
            for name in names
            for column, plain in squashed.items()
            if plain == name and fits([value for value in self.values[column] if value])
        ]
        if not found:
            return "", []
        self.used.add(found[0])
        return found[0], found[1:]


def draft(path: Path, folder: Path | None = None) -> str:
    """Return the YAML of a mapping for a table: a vendor's own where its columns are known, else what can be guessed.

    ``DataError`` when the file is no table. What is missing in the draft is told when it is used.
    """
    header = read_header(path)
    ready = recognised(header.columns)
    if ready is not None:
        return (
            f"# The columns of {_comment(path.name)} are those of {ready.label}: `--mapping {ready.name}` reads it.\n"
            f"{ready_text(ready.name)}"
        )
    import duckdb

    with TemporaryDirectory(dir=folder) as work, duckdb.connect() as con:
        rows = first_rows(con, path, header, Path(work), ROWS)
    named = [name for name in dict.fromkeys(header.columns) if name.strip() and name.isprintable() and '"' not in name]
    places = {name: header.columns.index(name) for name in named}
    columns = _Columns({name: [row[place] for row in rows] for name, place in places.items()})
    lines = [
        f"# Drafted from the columns of {_comment(path.name)}. Look at every line, above all at what is guessed.",
        f"vendor: {quoted(path.name.split('.')[0])}",
    ]
    lines += _company(columns) + _period(columns) + _other(columns) + _items(columns)
    return "\n".join(lines) + "\n"


def quoted(name: str) -> str:
    """Return a column's name as YAML has to have it."""
    if _PLAIN.fullmatch(name) and name.casefold() not in _WORDS:
        return name
    return "'" + name.replace("'", "''") + "'"


def _column(name: str, sign: str = "") -> str:
    """Return a column as an item's value: in double quotes where its name could be read as a sum."""
    doubtful = re.search(r"\s[+-]\s", name) or name[:1] in {"-", "+"} or name != name.strip()
    if doubtful:
        return quoted(f'{sign}"{name}"')
    return sign + name if _PLAIN.fullmatch(name) else quoted(sign + name)


def _comment(text: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in text)[:80]


def _said(others: list[str], guessed: str = "") -> str:
    said = [guessed] if guessed else []
    said += [f"or {', '.join(_comment(other) for other in others[:5])}"] if others else []
    return f"  # {'; '.join(said)}" if said else ""


def _company(columns: _Columns) -> list[str]:
    lines = []
    for key, names in spellings.COMPANY.items():
        column, others = columns.take(names)
        if column:
            lines.append(f"  {key}: {quoted(column)}{_said(others)}")
    if not any(line.lstrip().startswith(("id:", "cik:", "ticker:")) for line in lines):
        lines.append("  # ticker: which column tells the company?")
    return ["company:", *lines]


def _period(columns: _Columns) -> list[str]:
    published, rest = columns.take(spellings.PUBLISHED, _dates)
    end, others = columns.take(spellings.END, _dates)
    lines = ["period:"]
    lines.append(
        f"  end: {quoted(end)}{_said(others, '' if spellings.squashed(end) in spellings.END[:8] else 'guessed')}"
        if end
        else "  # end: which column has the last day of the period?"
    )
    months, told = _months(columns, end)
    lines.append(months)
    quarter, others = columns.take(spellings.QUARTER, _quarters)
    columns.used.add(told)
    if quarter:
        lines.append(f"  fiscal_quarter: {quoted(quarter)}{_said(others)}")
    if published:
        return [*lines, f"published: {quoted(published)}{_said(rest)}"]
    return [
        *lines,
        "# When did a row become public? Without that day a run as of a day would see what nobody knew.",
        "# published: COLUMN",
        "# or, where no column tells it, so many days after the period end:",
        "# published: {lag: 90}",
    ]


def _months(columns: _Columns, end: str) -> tuple[str, str]:
    """Return the line of the months, and the column that tells them; it may tell the quarter, too."""
    column, others = columns.take(spellings.MONTHS, _periods)
    if column:
        there = sorted({value for value in columns.values[column] if value})
        told = ", ".join(f"{quoted(value)}: {spellings.PERIODS[value.casefold()]}" for value in there)
        columns.used.discard(column)
        return f"  months: {{column: {quoted(column)}, values: {{{told}}}}}{_said(others)}", column
    apart = _apart(columns, end)
    if apart is None:
        return "  # months: how many does a row cover? 3, 12, or a column: {column: X, values: {Q: 3, FY: 12}}", ""
    return f"  months: {apart}  # guessed from the days between the periods of a company", ""


def _apart(columns: _Columns, end: str) -> int | None:
    """Return the months of a row, from the usual distance between two periods of one company."""
    keys = [name for names in (spellings.COMPANY[key] for key in ("id", "cik", "ticker")) for name in names]
    company = next((name for name in columns.values if spellings.squashed(name) in keys), "")
    if not end or not company:
        return None
    days: dict[str, set[date]] = {}
    for key, text in zip(columns.values[company], columns.values[end], strict=True):
        day = _date(text)
        if key and day:
            days.setdefault(key, set()).add(day)
    gaps = [
        (later - earlier).days
        for ends in days.values()
        for earlier, later in zip(sorted(ends), sorted(ends)[1:], strict=False)
    ]
    if not gaps:
        return None
    usual = median(gaps)
    return 3 if 80 <= usual <= 100 else 12 if 350 <= usual <= 380 else None


def _other(columns: _Columns) -> list[str]:
    currency, others = columns.take(spellings.CURRENCY)
    lines = [f"currency: {{column: {quoted(currency)}}}{_said(others)}"] if currency else ["currency: USD  # guessed"]
    return [*lines, "# scale: million  # if amounts and share counts are in millions"]


def _items(columns: _Columns) -> list[str]:
    names, _ = columns.take(spellings.ITEM, _texts)
    value, _ = columns.take(spellings.VALUE, _numbers) if names else ("", [])
    if names and value:
        there = dict.fromkeys(one for one in columns.values[names] if one and one.isprintable() and '"' not in one)
        lines = ["form: long", f"item: {quoted(names)}", f"value: {quoted(value)}", "items:"]
        numbers = {
            one: [v for n, v in zip(columns.values[names], columns.values[value], strict=True) if n == one]
            for one in there
        }
        return [*lines, *_matched(list(there), numbers)]
    columns.used.discard(names)
    left = [name for name in columns.values if name not in columns.used]
    return ["items:", *_matched(left, columns.values)]


def _matched(names: list[str], numbers: dict[str, list[str]]) -> list[str]:
    """Return the lines of the items: those that a name is called after, and in comments all other names."""
    found: dict[str, list[tuple[bool, str]]] = {}
    unmatched = []
    for name in names:
        item = spellings.item_of(name) if _numbers([value for value in numbers[name] if value]) else None
        if item is None:
            unmatched.append(name)
        else:
            found.setdefault(item[0], []).append((not item[1], name))
    lines = []
    for line, called in found.items():
        (doubtful, name), *others = sorted(called, key=lambda one: one[0])
        sign = "-" if _negative(line, numbers[name]) else ""
        said = "guessed" if doubtful else "its values are negative" if sign else ""
        lines.append(f"  {line}: {_column(name, sign)}{_said([other for _, other in others], said)}")
    if not found:
        lines.append("  # revenue: which column?")
    if unmatched:
        lines.append("# Not matched:")
        lines += [f"#   {_comment(name)}" for name in unmatched[:LISTED]]
        lines += [f"#   and {len(unmatched) - LISTED:,} more"] if len(unmatched) > LISTED else []
    return lines


def _negative(item: str, values: list[str]) -> bool:
    """Tell whether costs and payments, which are positive here, are mostly negative there."""
    line = BY_NAME.get(item)
    there = [number for value in values if (number := _number(value))]
    if line is None or line.sign != "mag" or len(there) < 2:
        return False
    return sum(number < 0 for number in there) > MOSTLY * len(there)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _date(text: str) -> date | None:
    found = re.match(r"(\d{4})-?(\d{2})-?(\d{2})(?!\d)", text)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def _share(values: list[str], fits: Callable[[str], object]) -> bool:
    return bool(values) and sum(bool(fits(value)) for value in values) >= MOSTLY * len(values)


def _dates(values: list[str]) -> bool:
    return _share(values, _date)


def _periods(values: list[str]) -> bool:
    return bool(values) and all(value.casefold() in spellings.PERIODS for value in values)


def _quarters(values: list[str]) -> bool:
    return _share(values, lambda value: re.fullmatch(r"[Qq]?[1-4](\.0)?", value))


def _numbers(values: list[str]) -> bool:
    return not values or _share(values, lambda value: _number(value) is not None)


def _texts(values: list[str]) -> bool:
    return _share(values, lambda value: _number(value) is None)
