"""What the filings say, read from the raw companyfacts members by a path of its own, compared with a data set.

Plain Python over the JSON: own tag lists, own choice of filings, own differences; nothing of the package is used.

Usage: python -m tests.real.independent [--sec FOLDER] --data FOLDER [--rows]
"""

from __future__ import annotations

import argparse
import json
import os
import re
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

PERIODIC = {
    f"{form}{suffix}" for form in ("10-K", "10-KT", "10-Q", "10-QT", "20-F", "40-F") for suffix in ("", "/A")
}  # fmt: skip
ALWAYS = date(9999, 1, 1)

WHOLE_EQUITY = "StockholdersEquityIncludingPortionAttributableToNoncontrollingInterest"
# The line of the face of the statement, the first that a filing tags for the period. "A+B" adds, "A-B" subtracts.
LINES: dict[str, tuple[str, ...]] = {
    "revenue": (
        "Revenues", "RevenueFromContractWithCustomerExcludingAssessedTax", "SalesRevenueNet",
        "RevenueFromContractWithCustomerIncludingAssessedTax", "SalesRevenueGoodsNet+SalesRevenueServicesNet",
        "SalesRevenueServicesNet", "SalesRevenueGoodsNet",
    ),
    "net_income": (
        "NetIncomeLoss", "ProfitLoss-NetIncomeLossAttributableToNoncontrollingInterest",
        "ProfitLoss",
    ),
    "cfo": (
        "NetCashProvidedByUsedInOperatingActivities",
        "NetCashProvidedByUsedInOperatingActivitiesContinuingOperations",
    ),
    "eps_diluted": ("EarningsPerShareDiluted", "EarningsPerShareBasicAndDiluted"),
    "shares_diluted": (
        "WeightedAverageNumberOfDilutedSharesOutstanding",
        "WeightedAverageNumberOfShareOutstandingBasicAndDiluted",
    ),
    "total_assets": ("Assets",),
    "equity": ("StockholdersEquity", f"{WHOLE_EQUITY}-MinorityInterest", WHOLE_EQUITY),
}  # fmt: skip
# Where the face of the income statement is under another tag than the usual order says, read in the filings.
# Net income is under the tag of common holders: Incyte and Viatris have neither preferred stock nor minorities.
COMMON_ONLY = ("NetIncomeLoss", "ProfitLoss", "NetIncomeLossAvailableToCommonStockholdersBasic")
# Under Armour's net revenues swap tags with their parts: the largest is the total (1,472.684 million in 2011).
FACES: dict[int, dict[str, tuple[str, ...]]] = {
    879169: {"net_income": COMMON_ONLY},
    1792044: {"net_income": COMMON_ONLY},
    1551182: {"revenue": ("SalesRevenueNet", "RevenueFromContractWithCustomerExcludingAssessedTax", "Revenues")},
    2012383: {"revenue": ("RevenueFromContractWithCustomerExcludingAssessedTax", "Revenues")},
    1336917: {"revenue": ("max Revenues SalesRevenueNet SalesRevenueGoodsNet",)},
}
# Of these a filing that tags only a later choice says something else (a part, or the whole with minorities): where
# any filing states an earlier choice for the period, the others don't count.
RANKED = ("net_income", "cfo", "equity")
FLOWS = ("revenue", "net_income", "cfo")
PER_SHARE = ("eps_diluted", "shares_diluted")
INSTANTS = ("total_assets", "equity")
# The newest end of these is the period that a filing is about.
INCOME = ("NetIncomeLoss", "ProfitLoss", "NetIncomeLossAvailableToCommonStockholdersBasic")

# Share splits (first day of trading on the new basis, new shares for an old one), from the companies' announcements.
SPLITS: dict[int, tuple[tuple[date, float], ...]] = {
    277948: ((date(2011, 6, 1), 3.0), (date(2021, 6, 29), 3.0)),
    920760: (),
    1067983: ((date(2010, 1, 21), 50.0),),
    1336917: ((date(2012, 7, 10), 2.0), (date(2014, 4, 15), 2.0), (date(2016, 4, 8), 2.0)),
    1397187: ((date(2011, 7, 12), 2.0),),
    1551182: ((date(2011, 3, 1), 2.0),),
    1730168: ((date(2024, 7, 15), 10.0),),
    1731289: ((date(2024, 6, 25), 1 / 30),),
}


class Stated(NamedTuple):
    """One filing's value of a line for a period; ``start`` is None for a balance, ``choice`` the tag's number."""

    start: date | None
    end: date
    value: float
    filed: date
    accession: str
    choice: int


class Expected(NamedTuple):
    """What a line is by the filings: ``vintage`` is first or latest, ``column`` the column of fundamentals."""

    cik: int
    company: str
    period: date
    column: str
    vintage: str
    day: date
    value: float
    filed: date


class Found(NamedTuple):
    """A comparison: ``ours`` is None where the data set has no value."""

    expected: Expected
    ours: float | None
    equal: bool


def days(fact: Stated) -> int:
    """Return the length of a duration in days."""
    assert fact.start is not None
    return (fact.end - fact.start).days + 1


def raw_facts(member: dict[str, Any]) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Yield (tag, unit, form, fact) of the US-GAAP facts in periodic reports."""
    for tag, body in member["facts"].get("us-gaap", {}).items():
        for unit, facts in body["units"].items():
            for fact in facts:
                if fact["form"] in PERIODIC:
                    yield tag, unit, fact["form"], fact


def lines(member: dict[str, Any]) -> dict[str, list[Stated]]:
    """Return what each filing states of each line, one value a filing and period."""
    cik = int(member["cik"])
    wanted = LINES | FACES.get(cik, {})
    tags = {part for choices in wanted.values() for choice in choices for part in re.findall(r"\w{4,}", choice)}
    table: dict[tuple[str, date, date | None, date], dict[str, float]] = defaultdict(dict)
    for tag, _, _, fact in raw_facts(member):
        if tag in tags:
            start = date.fromisoformat(fact["start"]) if "start" in fact else None
            key = (fact["accn"], date.fromisoformat(fact["filed"]), start, date.fromisoformat(fact["end"]))
            table[key][tag] = float(fact["val"])
    found: dict[str, list[Stated]] = {line: [] for line in wanted}
    minority: dict[date, float] = {}
    for (accession, filed, start, end), values in sorted(table.items(), key=lambda item: item[0][1::-1]):
        # A roll-forward of the equity leaves the minorities of older balance sheets out.
        if "MinorityInterest" in values:
            minority[end] = values["MinorityInterest"]
        if WHOLE_EQUITY in values and end in minority:
            values["MinorityInterest"] = minority[end]
        for line, choices in wanted.items():
            if (start is None) == (line in INSTANTS):
                options = ((rank, evaluated(choice, values)) for rank, choice in enumerate(choices))
                rank, value = next(((r, v) for r, v in options if v is not None), (0, None))
                if value is not None:
                    found[line].append(Stated(start, end, value, filed, accession, rank))
    return {line: [*chosen(facts, ranked=line in RANKED)] for line, facts in found.items()}


def chosen(facts: list[Stated], *, ranked: bool) -> Iterator[Stated]:
    """Yield the statements that count, in order of filing; what only rounds an earlier one has its value."""
    groups: dict[tuple[date | None, date], list[Stated]] = defaultdict(list)
    for fact in facts:
        groups[fact.start, fact.end].append(fact)
    for group in groups.values():
        best = min(fact.choice for fact in group)
        known: list[Stated] = []
        for fact in group:
            if fact.choice == best or not ranked:
                same = (f.value for f in known if f.choice == fact.choice and agrees(f.value, fact.value))
                known.append(fact._replace(value=min(same, key=rounding, default=fact.value)))
        yield from known


def evaluated(choice: str, values: dict[str, float]) -> float | None:
    """Return a tag, a sum or a difference of tags (None when one is missing), or the largest of several."""
    if choice.startswith("max "):
        return max((values[tag] for tag in choice.split()[1:] if tag in values), default=None)
    parts = choice.replace("-", "+-").split("+")
    numbers = [values.get(part.removeprefix("-")) for part in parts]
    if any(number is None for number in numbers):
        return None
    return sum(-(n or 0) if part.startswith("-") else (n or 0) for part, n in zip(parts, numbers, strict=True))


def reported(member: dict[str, Any]) -> dict[date, tuple[date, bool]]:
    """Return every period that a report is about: the day of its first report, and whether that is a fiscal year.

    The period of a filing is the newest end of its income durations; a year when one of them is a year long.
    """
    ends: dict[tuple[str, date], dict[date, int]] = defaultdict(dict)
    for tag, _, _, fact in raw_facts(member):
        if tag in INCOME and "start" in fact:
            end, filed = date.fromisoformat(fact["end"]), date.fromisoformat(fact["filed"])
            length = (end - date.fromisoformat(fact["start"])).days + 1
            if 70 <= length <= 385 and end < filed:
                known = ends[fact["accn"], filed]
                known[end] = max(known.get(end, 0), length)
    found: dict[date, tuple[date, bool]] = {}
    for (_, filed), lengths in sorted(ends.items(), key=lambda item: item[0][1]):
        end = max(lengths)
        if end not in found:
            found[end] = (filed, lengths[end] >= 340)
    return found


def newest(facts: Iterable[Stated], day: date) -> Stated | None:
    """Return the statement filed last by ``day``."""
    return max((fact for fact in facts if fact.filed <= day), key=lambda f: (f.filed, f.accession), default=None)


def quarter(facts: list[Stated], line: str, end: date, day: date) -> tuple[float, date] | None:
    """Return a discrete quarter as known on ``day``: as tagged, or the difference of two stretches on one basis."""
    direct = newest((f for f in facts if f.end == end and 70 <= days(f) <= 125), day)
    pairs = []
    for long in facts:
        if long.end != end or not 140 <= days(long) <= 385 or long.filed > day:
            continue
        for short in facts:
            assert long.start is not None
            assert short.start is not None
            if abs((long.start - short.start).days) > 3 or not 70 <= (long.end - short.end).days <= 125:
                continue
            late = any((f.start, f.end) == (short.start, short.end) and moved(f, short) for f in facts)
            gap = (long.filed - short.filed).days
            if (-45 if late else 0) <= gap <= 200 and short.filed <= day and not recast(facts, long, short):
                pairs.append((-max(long.choice, short.choice), long.filed, short.filed, long.value - short.value))
    # What is tagged for a note (all owners' income, common holders') gives way to a difference of the line itself.
    if direct and (not pairs or line == "revenue" or (line != "cfo" and -direct.choice >= max(pairs)[0])):
        return direct.value, direct.filed
    if not pairs:
        return None
    _, filed, _, value = max(pairs)
    return (less_quarters(facts, end, filed) or value), filed


def less_quarters(facts: list[Stated], end: date, filed: date) -> float | None:
    """Return the year less its first three quarters where the report of the year restates all three, else None."""
    here = [f for f in facts if f.filed == filed]
    year = next((f for f in here if f.end == end and days(f) >= 340), None)
    if year is None or year.start is None:
        return None
    parts = [f for f in here if year.start <= (f.start or end) and f.end < end and 70 <= days(f) <= 125]
    starts = {f.start for f in parts}
    changed = any(
        f.filed < filed and (f.start, f.end) == (p.start, p.end) and moved(f, p) for p in parts for f in facts
    )
    return year.value - sum(f.value for f in parts) if changed and len(parts) == len(starts) == 3 else None


def recast(facts: list[Stated], long: Stated, short: Stated) -> bool:
    """Return whether the long stretch alone was restated between the filing of the short one and its own.

    Where the short one, too, was restated since the long one's old value was last stated, both are on the new basis.
    """
    old = [f for f in facts if (f.start, f.end) == (long.start, long.end) and f.filed < long.filed and moved(f, long)]
    before = max((f.filed for f in old), default=None)
    now = min(f.filed for f in facts if (f.start, f.end) == (long.start, long.end) and not moved(f, long))
    if before is None or now <= short.filed:
        return False
    return not any(
        (f.start, f.end) == (short.start, short.end) and f.filed <= before and moved(f, short) for f in facts
    )


def moved(one: Stated, other: Stated) -> bool:
    """Return whether two statements of a period differ by more than 0.5 %."""
    return abs(one.value - other.value) > 0.005 * max(abs(one.value), abs(other.value))


def expectations(member: dict[str, Any]) -> Iterator[Expected]:
    """Yield what the filings of one company say, period by period, as first filed and as latest."""
    stated, name, cik = lines(member), str(member["entityName"]), int(member["cik"])
    statements = {(f.accession, f.end) for f in stated["total_assets"]}
    for end, (first_day, is_year) in sorted(reported(member).items()):
        for vintage, day in (("first", first_day), ("latest", ALWAYS)):
            for line, facts in stated.items():
                here = [f for f in facts if f.end == end]
                found: list[tuple[str, float, date]] = []
                if line in INSTANTS:
                    whole = [f for f in here if (f.accession, f.end) in statements]
                    one = newest(whole, day) or newest(here, day)
                    found += [(line, one.value, one.filed)] if one else []
                else:
                    year = newest((f for f in here if days(f) >= 340), day) if is_year else None
                    found += [(line, year.value, year.filed)] if year else []
                    if line in FLOWS:
                        part = quarter(facts, line, end, day)
                        found += [(f"{line}_q", *part)] if part else []
                    else:
                        one = newest((f for f in here if 70 <= days(f) <= 125), day)
                        found += [(f"{line}_q", one.value, one.filed)] if one else []
                for column, value, filed in found:
                    yield Expected(
                        cik, name, end, column, vintage, first_day if vintage == "first" else day, value, filed
                    )


def rounding(value: float) -> float:
    """Return the largest power of ten that divides a whole number; 0 for fractions and for zero."""
    if not value or value != round(value):
        return 0.0
    digits = str(int(abs(value)))
    return float(10 ** (len(digits) - len(digits.rstrip("0"))))


def agrees(ours: float, theirs: float) -> bool:
    """Return whether two values are the same to the dollar, or theirs is ours rounded (at most 0.5 % away)."""
    if abs(ours - theirs) <= max(0.5 if abs(theirs) > 1e4 else 1e-6, 1e-9 * abs(theirs)):
        return True
    unit = rounding(theirs)
    return unit > rounding(ours) and abs(ours - theirs) <= min(0.5 * unit, 0.005 * abs(theirs))


def basis(expected: Expected, known_from: date) -> float:
    """Return the factor of the splits between the filing that states a count and the day of our version."""
    factor = 1.0
    for day, ratio in SPLITS.get(expected.cik, ()):
        if expected.filed < day <= known_from:
            factor *= ratio
    return factor


def judged(expected: Expected, versions: list[dict[str, Any]]) -> Found:
    """Return the comparison with the version of the period that was known on the day."""
    row = next((r for r in versions if r["known_from"] <= expected.day < r["known_until"]), None)
    ours = row[expected.column] if row else None
    if row is None or ours is None:
        return Found(expected, None, equal=False)
    theirs = expected.value
    if expected.column.startswith("shares_diluted"):
        theirs *= basis(expected, row["known_from"])
    elif expected.column.startswith("eps_diluted"):
        theirs /= basis(expected, row["known_from"])
    return Found(expected._replace(value=theirs), ours, equal=agrees(ours, theirs))


def members(sec: Path) -> Iterator[dict[str, Any]]:
    """Yield the members of the bulk file, in order of their names."""
    with zipfile.ZipFile(sec / "companyfacts.zip") as archive:
        for name in sorted(archive.namelist()):
            if name.endswith(".json"):
                yield json.loads(archive.read(name))


def compare(sec: Path, con: Any, table: str = "fundamentals") -> list[Found]:
    """Return every comparison of the raw facts in ``sec`` with ``table`` of a DuckDB connection."""
    columns = [f"{line}{suffix}" for line in (*FLOWS, *PER_SHARE) for suffix in ("", "_q")]
    keys = ["issuer_id", "period_end", "known_from", "known_until"]
    names = [*keys, *columns, *INSTANTS]
    versions: dict[tuple[int, date], list[dict[str, Any]]] = defaultdict(list)
    for values in con.execute(f"SELECT {', '.join(names)} FROM {table}").fetchall():
        row = dict(zip(names, values, strict=True))
        versions[row["issuer_id"], row["period_end"]].append(row)
    return [
        judged(expected, versions[expected.cik, expected.period])
        for member in members(sec)
        for expected in expectations(member)
    ]


def summary(found: list[Found]) -> list[str]:
    """Return the table of agreement by column and vintage, as lines."""
    total: Counter[tuple[str, str]] = Counter((f.expected.column, f.expected.vintage) for f in found)
    equal: Counter[tuple[str, str]] = Counter((f.expected.column, f.expected.vintage) for f in found if f.equal)
    text = [f"{'column':<18}{'vintage':<9}{'tested':>8}{'equal':>8}{'share':>9}"]
    for key in sorted(total):
        text.append(f"{key[0]:<18}{key[1]:<9}{total[key]:>8}{equal[key]:>8}{equal[key] / total[key]:>9.2%}")
    for vintage in ("first", "latest"):
        tested = sum(n for key, n in total.items() if key[1] == vintage)
        same = sum(n for key, n in equal.items() if key[1] == vintage)
        text.append(f"{'all':<18}{vintage:<9}{tested:>8}{same:>8}{same / max(1, tested):>9.2%}")
    return text


def described(found: Found) -> tuple[str, ...]:
    """Return a difference as the columns of the table of explained ones."""
    e = found.expected
    ours = "" if found.ours is None else f"{found.ours:.10g}"
    return (str(e.cik), e.company, e.period.isoformat(), e.column, e.vintage, ours, f"{e.value:.10g}")


def main() -> None:
    """Print the agreement by column, and with ``--rows`` every difference."""
    import duckdb

    parser = argparse.ArgumentParser(description=__doc__)
    given = os.environ.get("SCREENER_REAL_DATA")
    sec = Path(given) / "sec" if given else None
    parser.add_argument("--sec", type=Path, default=sec, required=sec is None, help="folder of companyfacts.zip")
    parser.add_argument("--data", type=Path, required=True, help="data set, or a folder with fundamentals.parquet")
    parser.add_argument("--rows", action="store_true", help="list every difference")
    options = parser.parse_args()
    manifest = options.data / "manifest.json"
    folder = options.data
    if manifest.is_file():
        folder /= Path("versions") / json.loads(manifest.read_text(encoding="utf-8"))["version"]
    with duckdb.connect() as con:
        found = compare(options.sec, con, f"read_parquet('{folder / 'fundamentals.parquet'}')")
    print("\n".join(summary(found)))
    if options.rows:
        for one in found:
            if not one.equal:
                print(",".join(described(one)))


if __name__ == "__main__":
    main()
