"""The build report: what was read from each source, what was kept, and what was dropped and why, with examples."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

EXAMPLES = 20


class Progress(Protocol):
    """Told what is being done and, where it is known, how far it is: ``done`` of ``total``, both in bytes."""

    def __call__(self, stage: str, done: int = 0, total: int = 0, /) -> None:
        """Take note of one step."""


@dataclass(slots=True)
class Dropped:
    """How many were dropped for one reason, and the first names of them."""

    count: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, count: int, examples: Iterable[str]) -> None:
        """Count more and remember examples until there are :data:`EXAMPLES`."""
        self.count += count
        for example in examples:
            if len(self.examples) >= EXAMPLES:
                break
            self.examples.append(example)


@dataclass(slots=True)
class Count:
    """What happened to one kind of thing (members, facts, rows) of one source file.

    ``skipped`` are things that were never meant to be read (overflow members); ``dropped`` were wrong.
    """

    read: int = 0
    kept: int = 0
    dropped: dict[str, Dropped] = field(default_factory=dict)
    skipped: dict[str, Dropped] = field(default_factory=dict)
    changed: dict[str, Dropped] = field(default_factory=dict)

    @property
    def lost(self) -> int:
        """Read, but neither kept nor dropped with a reason: zero, or the reader is wrong."""
        return self.read - self.kept - sum(dropped.count for dropped in self.dropped.values())

    def as_dict(self) -> dict[str, Any]:
        """Return the counts as plain values; kinds that did not happen are left out."""
        content: dict[str, Any] = {"read": self.read, "kept": self.kept}
        for name in ("dropped", "skipped", "changed"):
            reasons: dict[str, Dropped] = getattr(self, name)
            if reasons:
                content[name] = {
                    reason: {"count": reasons[reason].count, "examples": reasons[reason].examples}
                    for reason in sorted(reasons)
                }
        return content


@dataclass(slots=True)
class BuildReport:
    """Counts by source file and kind of thing, and notes: sentences that a reader of the data should know.

    unchanged: nothing was built, because nothing had changed; the counts are those of the last build.
    """

    counts: dict[str, dict[str, Count]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    unchanged: bool = False

    @classmethod
    def from_dict(cls, content: dict[str, Any], *, unchanged: bool = False) -> BuildReport:
        """Return the report whose :meth:`as_dict` is ``content``."""
        found = cls(notes=list(content["notes"]), unchanged=unchanged)
        for source, kinds in content["sources"].items():
            for kind, said in kinds.items():
                count = found.count(source, kind)
                count.read, count.kept = said["read"], said["kept"]
                for name in ("dropped", "skipped", "changed"):
                    entries = {r: Dropped(e["count"], list(e["examples"])) for r, e in said.get(name, {}).items()}
                    setattr(count, name, entries)
        return found

    def count(self, source: str, kind: str) -> Count:
        """Return the counts of ``kind`` (``members``, ``facts``, ``rows``, ...) in ``source``, made on first use."""
        return self.counts.setdefault(source, {}).setdefault(kind, Count())

    def read(self, source: str, kind: str, number: int) -> None:
        """Count what was read."""
        self.count(source, kind).read += number

    def kept(self, source: str, kind: str, number: int) -> None:
        """Count what was kept."""
        self.count(source, kind).kept += number

    def dropped(self, source: str, kind: str, reason: str, number: int, examples: Iterable[str] = ()) -> None:
        """Count what was read and dropped for ``reason``."""
        if number:
            self.count(source, kind).dropped.setdefault(reason, Dropped()).add(number, examples)

    def skipped(self, source: str, kind: str, reason: str, number: int, examples: Iterable[str] = ()) -> None:
        """Count what was not meant to be read (it is not part of ``read``)."""
        if number:
            self.count(source, kind).skipped.setdefault(reason, Dropped()).add(number, examples)

    def changed(self, source: str, kind: str, reason: str, number: int, examples: Iterable[str] = ()) -> None:
        """Count what was kept with a change (a date replaced, a value emptied)."""
        if number:
            self.count(source, kind).changed.setdefault(reason, Dropped()).add(number, examples)

    def note(self, text: str) -> None:
        """Add a note, once."""
        if text not in self.notes:
            self.notes.append(text)

    def first_drop(self, source: str) -> str:
        """Return the first reason for which something of ``source`` was dropped, with an example; empty if none."""
        for count in self.counts.get(source, {}).values():
            for reason, dropped in count.dropped.items():
                return f"{reason}: {dropped.examples[0]}" if dropped.examples else reason
        return ""

    def merge(self, other: BuildReport) -> None:
        """Add the counts and notes of ``other``."""
        for source, kinds in other.counts.items():
            for kind, theirs in kinds.items():
                ours = self.count(source, kind)
                ours.read += theirs.read
                ours.kept += theirs.kept
                for mine, yours in (
                    (ours.dropped, theirs.dropped),
                    (ours.skipped, theirs.skipped),
                    (ours.changed, theirs.changed),
                ):
                    for reason, dropped in yours.items():
                        mine.setdefault(reason, Dropped()).add(dropped.count, dropped.examples)
        for text in other.notes:
            self.note(text)

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain values for the manifest; sources and reasons in the order of their names."""
        return {
            "sources": {
                source: {kind: self.counts[source][kind].as_dict() for kind in sorted(self.counts[source])}
                for source in sorted(self.counts)
            },
            "notes": list(self.notes),
        }

    def summary_lines(self) -> list[str]:
        """Return the report for a person: one line a source and kind, indented lines for reasons, then the notes."""
        return summary_lines(self.as_dict())


def summary_lines(report: dict[str, Any]) -> list[str]:
    """Return the lines of :meth:`BuildReport.summary_lines` for a report that comes from a manifest."""
    lines = []
    for source, kinds in report.get("sources", {}).items():
        for kind, count in kinds.items():
            lines.append(f"{source}: {count['read']:,} {kind} read, {count['kept']:,} kept")
            for verb in ("dropped", "skipped", "changed"):
                for reason, entry in count.get(verb, {}).items():
                    example = f" (e.g. {entry['examples'][0]})" if entry["examples"] else ""
                    lines.append(f"  {entry['count']:,} {verb}: {reason}{example}")
    lines.extend(f"note: {text}" for text in report.get("notes", []))
    return lines
