"""The build report counts, keeps a few examples, merges, and reads as text."""

from __future__ import annotations

from screener.sources.report import EXAMPLES, BuildReport, summary_lines


def _report() -> BuildReport:
    report = BuildReport()
    report.read("a.zip", "rows", 30)
    report.kept("a.zip", "rows", 5)
    report.dropped("a.zip", "rows", "bad", 25, [f"row {number}" for number in range(25)])
    report.dropped("a.zip", "rows", "never", 0)
    report.skipped("a.zip", "rows", "not ours", 2)
    report.note("mind this")
    report.note("mind this")
    return report


def test_counts_and_examples() -> None:
    """Counts are whole, examples are the first twenty, reasons that did not happen are not there."""
    content = _report().as_dict()
    rows = content["sources"]["a.zip"]["rows"]
    assert (rows["read"], rows["kept"], rows["dropped"]["bad"]["count"]) == (30, 5, 25)
    assert rows["dropped"]["bad"]["examples"] == [f"row {number}" for number in range(EXAMPLES)]
    assert list(rows["dropped"]) == ["bad"]
    assert content["notes"] == ["mind this"]
    assert _report().count("a.zip", "rows").lost == 0


def test_merge_adds_up() -> None:
    """Merging adds counts, fills examples up to their limit and joins notes."""
    report = BuildReport()
    report.dropped("a.zip", "rows", "bad", 1, ["mine"])
    report.merge(_report())
    report.merge(_report())
    count = report.count("a.zip", "rows")
    assert (count.read, count.kept, count.dropped["bad"].count, count.skipped["not ours"].count) == (60, 10, 51, 4)
    assert count.dropped["bad"].examples == ["mine", *(f"row {number}" for number in range(EXAMPLES - 1))]
    assert report.notes == ["mind this"]


def test_summary_for_a_person() -> None:
    """The text names source, kind, counts, reasons with one example, and notes; a stored report reads the same."""
    expected = [
        "a.zip: 30 rows read, 5 kept",
        "  25 dropped: bad (e.g. row 0)",
        "  2 skipped: not ours",
        "note: mind this",
    ]
    assert _report().summary_lines() == expected
    assert summary_lines(_report().as_dict()) == expected
