"""Which of some words another was meant to be: typing errors counted, not likeness."""

from __future__ import annotations

from collections.abc import Iterable

# A letter wrong, missing, added, or two of them exchanged: one in so many.
LETTERS_PER_ERROR = 5
LONGEST = 60


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate with the fewest typing errors to ``word``, the first of several; ``None`` for none near."""
    word = word.lower()
    if not 1 < len(word) <= LONGEST:
        return None
    best, least = None, allowed(word) + 1
    for candidate in candidates:
        errors = typing_errors(word, candidate.lower(), least - 1)
        if errors is not None and errors < min(least, allowed(candidate) + 1):
            best, least = candidate, errors
            if not errors:
                break
    return best


def allowed(word: str) -> int:
    """Return how many typing errors a word may have: none below three letters, else one in five letters."""
    return 0 if len(word) < 3 else max(1, len(word) // LETTERS_PER_ERROR)


def typing_errors(one: str, other: str, most: int) -> int | None:
    """Return the number of typing errors between two words (optimal string alignment), ``None`` for more than ``most``.

    Source: Damerau (1964), A technique for computer detection and correction of spelling errors, CACM 7(3).
    """
    if most < 0 or abs(len(one) - len(other)) > most:
        return None
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        last, before, row = before, row, [i]
        for j, wanted in enumerate(other, 1):
            errors = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                errors = min(errors, last[j - 2] + 1)
            row.append(errors)
        if min(row) > most and min(before) >= most:
            return None
    return row[-1] if row[-1] <= most else None
