"""A workbook with a new list in it: the user's notes, columns and sheets stay, and what cannot stay is named first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from screener.engine.report import Report
from screener.output.workbook import layout
from screener.output.workbook.carry import parts, place
from screener.output.workbook.carry.carried import carried_of
from screener.output.workbook.carry.dress import Dress, Worn, read_worn
from screener.output.workbook.carry.files import read_file, replace_file, write_fresh
from screener.output.workbook.carry.formulas import Mover, normal
from screener.output.workbook.carry.inject import Skeleton, first_row, skeleton
from screener.output.workbook.carry.match import NOTES, Issuer, Matched, match
from screener.output.workbook.carry.merge import Joint, join
from screener.output.workbook.carry.own import Own, read_own
from screener.output.workbook.carry.package import Package, need_libraries, pack, read_package, reading
from screener.output.workbook.carry.reach import Target, leads, mended, touched, uncomputed
from screener.output.workbook.carry.sheets import sheets_of, text_of_item
from screener.output.workbook.carry.signs import check, listed, signs
from screener.output.workbook.carry.strings import read_strings
from screener.output.workbook.layout import Carried, issuer_key
from screener.output.workbook.writer import to_xlsx


@dataclass(frozen=True)
class Plan:
    """What an update will do, before anything is written.

    lost: sentences on what is not carried over, or will not point as it did. notices: what else is worth knowing.
    entered, left: the tickers (or names) that are new on the list, and those of the last list that are not on this one.
    backup: where the old file stands after :func:`update_file`, None when there was none.
    """

    carried: Carried | None = None
    lost: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    entered: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    joint: Joint | None = None
    fresh: bytes = b""
    backup: Path | None = None


def plan_update(old: bytes, report: Report) -> Plan:
    """Return what a workbook of an earlier list keeps when it gets the list of ``report``; nothing is written.

    OutputError when ``old`` is not such a workbook, is damaged, or must not be touched (macros, a password, days
    counted from 1904), with what to do; also when openpyxl or lxml is missing.
    """
    need_libraries()
    issuers = _issuers(report)
    with reading():
        package = read_package(old)
        check(package)
        own = read_own(package)
        matched = match(own, issuers, report.result.run.as_of)
        worn = read_worn(own)
        carried = carried_of(own, matched, worn)
    new = read_package(to_xlsx(report, carried))
    with reading():
        joint, lost = _joint(own, new, matched, issuers, worn)
        lost = [*own.lost, *matched.lost, *signs(own, new), *lost]
    names = {issuer.key: issuer.ticker or issuer.name for issuer in issuers}
    before = {key: ticker or name for key, ticker, name in own.hidden.issuers}
    return Plan(
        carried,
        tuple(dict.fromkeys(lost)),
        (*_told(own, report), *matched.notices),
        tuple(names[issuer.key] for issuer in issuers if issuer.key in matched.entered),
        tuple(before[key] for key in matched.gone),
        joint,
    )


def plan_fresh(report: Report) -> Plan:
    """Return the plan of a workbook where there is none: all of it is new."""
    return Plan(fresh=to_xlsx(report))


def updated(plan: Plan) -> bytes:
    """Return the workbook of a plan; the same plan gives the same bytes."""
    if plan.joint is None:
        return plan.fresh
    with reading():
        return pack(join(plan.joint))


def plan_file(path: Path, report: Report) -> tuple[Plan, bytes]:
    """Return the plan for a file and the bytes that it was made from; errors as in :func:`plan_update`."""
    if not path.resolve().exists():
        return plan_fresh(report), b""
    old = read_file(path)
    return plan_update(old, report), old


def update_file(path: Path, report: Report, *, planned: tuple[Plan, bytes] | None = None) -> Plan:
    """Write the new list into the workbook at ``path``, or a workbook where there is none; return the plan.

    planned: what :func:`plan_file` gave, for those who show ``lost`` before they write. The old file stays beside the
    new one under the day of its list, ``shortlist (2024-03-08).xlsx``. Either both steps happen or the old file is
    still under its own name. OutputError as in :func:`plan_update`, and when the file is open elsewhere, was changed in
    between, or cannot be written.
    """
    plan, old = planned or plan_file(path, report)
    content = updated(plan)
    if plan.carried is None:
        write_fresh(path, content)
        return plan
    return replace(plan, backup=replace_file(path, content, old, plan.carried.previous))


def _issuers(report: Report) -> list[Issuer]:
    rows = [entry.row for entry in report.entries]
    return [Issuer(issuer_key(row.cik, row.issuer_id), row.ticker or "", row.name) for row in rows]


def _told(own: Own, report: Report) -> list[str]:
    """Return what is worth knowing of the two lists as a whole."""
    run, facts = report.result.run, own.hidden.facts
    said = []
    if facts.get("screen") and facts["screen"] != run.screen:
        said.append(f"the list in the file is of the screen {facts['screen']}, the new one of {run.screen}")
    if own.hidden.as_of > run.as_of:
        said.append(f"the list in the file is of a later day ({own.hidden.as_of.isoformat()})")
    headings = {normal(text) for text in own.shortlist.headings.values()}
    gone = [text for text in own.hidden.headings if normal(text) not in headings]
    if gone and own.own:
        said.append(
            f"headings of the list that were renamed or deleted come back: {listed(gone)};"
            f" columns that are taken for yours: {listed(own.own)}"
        )
    return said


def _joint(own: Own, new: Package, matched: Matched, issuers: Sequence[Issuer], worn: Worn) -> tuple[Joint, list[str]]:
    """Return what is joined, and sentences on what will not be as it was."""
    made = {sheet.name: sheet.part for sheet in sheets_of(new)}
    texts = [text_of_item(item) for item in read_strings(new)]
    rows = skeleton(new.parts[made[layout.SHORTLIST]], layout.SHORTLIST).rows
    new_layout = place.Layout.of(first_row(rows, texts), own.own, len(issuers))
    target = _target(own, new, new_layout)
    mover = place.mover_of(own, new_layout, target.tables)
    placed = {
        layout.SHORTLIST: place.place_listed(matched, issuers, new_layout, mover),
        layout.LEFT_SHEET: place.place_left(matched, own.own),
    }
    mine = frozenset(filter(None, (own.shortlist.column(heading) for heading in (NOTES, *map(normal, own.own)))))
    dress = Dress(worn, mover, mover.columns, mine, place.rows_moved(matched, issuers))

    def onto(name: str, sheet: Skeleton) -> list[parts.Link]:
        return dress.onto(sheet) if name == layout.SHORTLIST else []

    pointing, broken = leads(own, target)
    old = Package(dict(own.package.parts))
    for part in broken:
        old.put(part, mended(old.parts[part], part, target.tables))
    for part in touched(own, target):
        old.put(part, uncomputed(old.parts[part]))
    joint = Joint(old, new, own.sheets, placed, own.hidden.names, onto)
    return joint, [*dress.lost, *_moved(mover), *_never_computed(matched), *pointing]


def _target(own: Own, new: Package, new_layout: place.Layout) -> Target:
    """Return the new list as the user's formulas see it."""
    tables = {
        root.get("displayName", "").lower(): frozenset(
            normal(item.get("name", "").replace("_x000a_", " ")) for item in root.iter("{*}tableColumn")
        )
        for root in parts.tables_of(new).values()
    }
    now = {column: normal(text) for column, text in new_layout.headings.items()}
    steady = (column for column, text in own.shortlist.headings.items() if now.get(column) == normal(text))
    names = {item.get("name", "").lower() for item in new.tree(new.workbook).iter("{*}definedName")}
    return Target(
        frozenset(sheet.name.lower() for sheet in own.sheets.values()),
        tables,
        own.shortlist.sheet.name,
        frozenset(steady),
        own.hidden.names - names,
    )


def _never_computed(matched: Matched) -> list[str]:
    """Return a sentence on formulas of names that left whose values are wanted and not there."""
    names = [line.ticker or line.name for line in matched.left for cell in line.cells.values() if cell.still().empty]
    if not names:
        return []
    return [
        "formulas beside names that left, whose values no program has computed (open the file, save it, and run again):"
        f" {listed(list(dict.fromkeys(names)))}"
    ]


def _moved(mover: Mover) -> list[str]:
    """Return sentences on the formulas of own columns that could not be moved as they were meant."""
    said = []
    if mover.gone:
        said.append(f"formulas of your columns that use a column which is gone: {listed(sorted(mover.gone))}")
    if mover.elsewhere:
        said.append(
            f"formulas of your columns that point at the row of another name, where another one may stand now:"
            f" {listed(sorted(mover.elsewhere))}"
        )
    return said
