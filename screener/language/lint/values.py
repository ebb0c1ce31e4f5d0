"""Sets of values: unions of intervals and sets of words, with or without the unknown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import inf

# A place between numbers: just before (0) or just after (1) a value, so that open and closed ends are one thing.
Cut = tuple[float, int]
Span = tuple[Cut, Cut]

LOWEST: Cut = (-inf, 0)
HIGHEST: Cut = (inf, 1)
EVERY_NUMBER: tuple[Span, ...] = ((LOWEST, HIGHEST),)


@dataclass(frozen=True, slots=True)
class Values:
    """Numbers in ``spans`` (sorted, apart), words in ``words`` (all but those, with ``others``), and the unknown.

    text: the complement is taken among words, else among numbers.
    """

    spans: tuple[Span, ...] = ()
    words: frozenset[str] = frozenset()
    others: bool = False
    text: bool = False
    unknown: bool = False

    def __and__(self, other: Values) -> Values:
        """Return what is in both."""
        spans = _shared(self.spans, other.spans)
        if self.others and other.others:
            words = self.words | other.words
        elif self.others or other.others:
            words = (other.words - self.words) if self.others else (self.words - other.words)
        else:
            words = self.words & other.words
        return Values(
            spans, words, self.others and other.others, self.text or other.text, self.unknown and other.unknown
        )

    def __or__(self, other: Values) -> Values:
        """Return what is in either."""
        if self.others and other.others:
            words = self.words & other.words
        elif self.others or other.others:
            words = (self.words - other.words) if self.others else (other.words - self.words)
        else:
            words = self.words | other.words
        spans = _merged([*self.spans, *other.spans])
        return Values(spans, words, self.others or other.others, self.text or other.text, self.unknown or other.unknown)

    def __invert__(self) -> Values:
        """Return the known values that are not in it."""
        if self.text:
            return Values(words=self.words, others=not self.others, text=True)
        gaps, start = [], LOWEST
        for low, high in self.spans:
            gaps.append((start, low))
            start = high
        return Values(_merged([*gaps, (start, HIGHEST)]))

    def __le__(self, other: Values) -> bool:
        """Return whether all of it is in ``other``."""
        both = self & other
        return (both.spans, both.words, both.others, both.unknown) == (
            self.spans, self.words, self.others, self.unknown,
        )  # fmt: skip

    def has_known(self) -> bool:
        """Return whether any known value is in it."""
        return bool(self.spans or self.words or self.others)

    def or_unknown(self) -> Values:
        """Return it with the unknown."""
        return replace(self, unknown=True)

    def low(self) -> Cut:
        """Return the lower end of the numbers; the highest place where there are none."""
        return self.spans[0][0] if self.spans else HIGHEST

    def high(self) -> Cut:
        """Return the upper end of the numbers; the lowest place where there are none."""
        return self.spans[-1][1] if self.spans else LOWEST


# Every known value, of whatever kind.
KNOWN = Values(EVERY_NUMBER, others=True)
UNKNOWN = Values(unknown=True)
NUMBERS = Values(EVERY_NUMBER)
WORDS = Values(others=True, text=True)


def between(low: float, high: float, *, above: bool = False, below: bool = False) -> Values:
    """Return the numbers from ``low`` to ``high``, without the ends where ``above`` and ``below`` say so."""
    return Values(_merged([((low, int(above)), (high, int(not below)))]))


def words(chosen: Iterable[str]) -> Values:
    """Return the set of these words, without regard to case."""
    return Values(words=frozenset(word.casefold() for word in chosen), text=True)


def compared(op: str, bound: float) -> Values:
    """Return the numbers x with ``x op bound``."""
    match op:
        case "<":
            return between(-inf, bound, below=True)
        case "<=":
            return between(-inf, bound)
        case ">":
            return between(bound, inf, above=True)
        case ">=":
            return between(bound, inf)
        case "!=":
            return ~between(bound, bound)
        case _:
            return between(bound, bound)


def _merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    found: list[Span] = []
    for low, high in sorted(span for span in spans if span[0] < span[1]):
        if found and low <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], high))
        else:
            found.append((low, high))
    return tuple(found)


def _shared(one: tuple[Span, ...], other: tuple[Span, ...]) -> tuple[Span, ...]:
    """Return what is in both of two sorted unions, walking them side by side."""
    found: list[Span] = []
    i = j = 0
    while i < len(one) and j < len(other):
        low, high = max(one[i][0], other[j][0]), min(one[i][1], other[j][1])
        if low < high:
            found.append((low, high))
        if one[i][1] < other[j][1]:
            i += 1
        else:
            j += 1
    return tuple(found)


def union(sets: Sequence[Values]) -> Values:
    """Return what is in any of some sets, halving them so that many cost little more than few."""
    if len(sets) == 1:
        return sets[0]
    middle = len(sets) // 2
    return union(sets[:middle]) | union(sets[middle:])
