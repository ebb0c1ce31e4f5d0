"""A mapping and a vendor's files: its columns are looked for in their headers before anything is read."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from screener.catalogue.spelling import nearest
from screener.errors import DataError, ScreenError
from screener.language.document import MAPPING, Source, TooManyProblemsError
from screener.language.files import problems_error, read_file
from screener.mapping.read import Named, Raw, Use, read_mapping
from screener.mapping.ready import ready_path
from screener.sources.table_files import Header, read_header
from screener.sources.table_mapping import Item, MappedTables, Months, Table, TableFile, common_key

_SIGN = re.compile(r"\s[+-]\s")
# So many columns are listed where none is near.
LISTED = 12
LONGEST = 60


def map_tables(mapping: str | Path | None, files: Sequence[Path]) -> MappedTables | None:
    """Return :func:`load_mapping` of both, ``None`` where there is neither; ``ScreenError`` where one is missing."""
    if bool(files) != (mapping is not None):
        raise ScreenError(
            "tables and a mapping belong together: --table FILE --mapping FILE",
            hint="`screener data mapping FILE` drafts a mapping, `screener data mapping --list` lists the ready ones",
        )
    return None if mapping is None else load_mapping(mapping, files)


def load_mapping(mapping: str | Path, files: Sequence[Path]) -> MappedTables:
    """Return a vendor's files with the tables of a mapping, given by its path or as the name of a ready one.

    Raises ``ScreenError`` with every problem of the mapping, and of its columns in the headers of the files;
    ``DataError`` when a file is not there or is no table, or when nothing tells the companies of all of them.
    """
    source, raw = open_mapping(mapping)
    found: tuple[TableFile, ...] = ()
    if raw is not None and raw.tables:
        try:
            headers = {path: _header(path, raw) for path in files}
        except DataError:
            # What is wrong with the mapping comes first.
            if not source.wrong:
                raise
        else:
            with suppress(TooManyProblemsError):
                found = tuple(_file(source, raw, path, headers[path]) for path in files)
    if source.wrong or raw is None:
        raise problems_error(source.sorted_problems())
    common_key([file.table for file in found])
    # What is read, not how it is written: a comment more in the mapping changes no data set.
    digest = hashlib.sha256(repr((raw.notes, [(file.path.name, file.table, file.notes) for file in found])).encode())
    name = str(mapping) if ready_path(str(mapping)) else str(Path(mapping).resolve())
    return MappedTables(raw.vendor or Path(source.path).stem, digest.hexdigest(), found, raw.notes, name)


def open_mapping(mapping: str | Path) -> tuple[Source, Raw | None]:
    """Return the source of a mapping with its problems, and what it says.

    ``ScreenError`` when there is neither such a file nor a ready mapping of that name.
    """
    path = ready_path(str(mapping)) or Path(mapping)
    text, _ = read_file(path, MAPPING)
    source = Source(text, str(path), MAPPING)
    raw = None
    with suppress(TooManyProblemsError):
        raw = read_mapping(source)
    return source, raw


def _header(path: Path, raw: Raw) -> Header:
    """Return the header of a file; the encoding is that of the mapping where all its tables have the same."""
    said = {named.table.encoding for named in raw.tables}
    return read_header(path, said.pop() if len(said) == 1 else "")


def _file(source: Source, raw: Raw, path: Path, header: Header) -> TableFile:
    """Return a file with the table whose columns it has; of several, the one that reads most of them."""
    seen = _columns(header)
    named = min(raw.tables, key=lambda named: (_needed(named, seen), -_there(named, seen)))
    doubled = {name for name, times in Counter(header.columns).items() if times > 1}
    notes = []
    if len(raw.tables) > 1:
        notes.append(f"{path.name} is read as the mapping's table {named.table.name}")
    absent: list[Use] = []
    for use in named.uses:
        column = _found(use.column, seen)
        if column in doubled:
            source.problem(use.span, f"the column '{column}' stands twice in the header of {path.name}")
        if column is None:
            absent.append(use)
    lost = _judged(source, named, path, header, absent)
    if lost:
        notes.append(f"{path.name} has no column {', '.join(dict.fromkeys(use.column for use in lost))}")
    table = _without(named.table, {use.column for use in lost}, lambda name: _found(name, seen) or name)
    return TableFile(path, table, tuple(notes))


def _columns(header: Header) -> Mapping[str, str]:
    """Return the columns by their names and, where only one is meant, by their names in small letters."""
    small: dict[str, list[str]] = {}
    for name in header.columns:
        small.setdefault(name.strip().casefold(), []).append(name)
    alone = {key: names[0] for key, names in small.items() if len(names) == 1}
    return alone | {name: name for name in header.columns}


def _found(column: str, seen: Mapping[str, str]) -> str | None:
    return seen.get(column) or seen.get(column.strip().casefold())


def _needed(named: Named, seen: Mapping[str, str]) -> int:
    """Return how many of the columns without which the table can't be read are missing."""
    return sum(_found(use.column, seen) is None for use in named.uses if use.needed) + (not _key(named, seen))


def _key(named: Named, seen: Mapping[str, str]) -> bool:
    return any(_found(named.table.company[key], seen) for key in ("id", "cik", "ticker") if key in named.table.company)


def _there(named: Named, seen: Mapping[str, str]) -> int:
    return len({use.column for use in named.uses if _found(use.column, seen)})


def _judged(source: Source, named: Named, path: Path, header: Header, absent: list[Use]) -> list[Use]:
    """Note a problem for every absent column that matters; return those that are merely left out."""
    left_out = []
    gone = {use.column for use in absent}
    keyless = all(named.table.company.get(key, "") in {*gone, ""} for key in ("id", "cik", "ticker"))
    for use in absent:
        key = use.what in {"company.id", "company.cik", "company.ticker"} and keyless
        if named.absent == "note" and not use.needed and not key:
            left_out.append(use)
            continue
        near = nearest(use.column, header.columns)
        whole = next((name for name in header.columns if use.column in _SIGN.split(name)[:LISTED]), "")
        listed = ", ".join(map(_shown, header.columns[:LISTED])) + (", ..." if len(header.columns) > LISTED else "")
        hint = f"did you mean '{_shown(near)}'?" if near else f"its columns: {listed}"
        if whole:
            hint = f"a sign inside a column's name needs double quotes: '\"{_shown(whole)}\"'"
        message = f"{path.name} has no column '{use.column}'"
        source.problem(use.span, message, hint, code="unknown-column")
    if named.table.form == "wide" and named.absent == "note" and not source.wrong:
        items = {use.what for use in named.uses} & {item.name for item in named.table.items}
        if items <= {use.what for use in left_out}:
            source.problem(named.span, f"{path.name} has none of the columns of the line items", code="unknown-column")
    return left_out


def _shown(column: str) -> str:
    """Return the name of a column as it can be printed: what is no letter of a text as ``?``, long names cut."""
    plain = "".join(char if char.isprintable() else "?" for char in column)
    return plain if len(plain) <= LONGEST else f"{plain[:LONGEST]}..."


def _without(table: Table, gone: set[str], real: Callable[[str], str]) -> Table:
    """Return a table with the columns' names as the header has them, without what needs the columns in ``gone``."""

    def column(name: str) -> str:
        return "" if not name or name in gone else real(name)

    items: tuple[Item, ...] = table.items
    if table.form == "wide":
        items = tuple(
            replace(item, terms=tuple((real(name), sign) for name, sign in item.terms))
            for item in table.items
            if not any(name in gone for name, _ in item.terms)
        )
    months = replace(table.months, column=column(table.months.column)) if table.months.column else Months()
    return replace(
        table,
        company={key: column(name) for key, name in table.company.items() if column(name)},
        end=column(table.end),
        months=months if table.months.column else table.months,
        quarter=column(table.quarter),
        published=column(table.published),
        restated=column(table.restated),
        currency_column=column(table.currency_column),
        where=tuple((real(name), wanted) for name, wanted in table.where if name not in gone),
        item=column(table.item),
        value=column(table.value),
        items=items,
    )
