"""What the scores share: how 0/1 terms are added up, and what is done about terms that are missing."""

from __future__ import annotations

from collections.abc import Sequence

from screener.catalogue.metric import Metric, Undefined


def flag(condition: str) -> str:
    """Return the formula that is 1 where ``condition`` holds, 0 where it does not, unknown where it is unknown."""
    return f"when({condition}, 1, 0)"


def added(terms: Sequence[str]) -> str:
    """Return the formula of the sum of the known ``terms``: a missing one counts as zero."""
    return f"sum_known({', '.join(terms)})"


def known(terms: Sequence[str]) -> str:
    """Return the formula of how many of ``terms`` are known."""
    return f"count_known({', '.join(terms)})"


def too_few(score: str, needed: int, terms: Sequence[str]) -> Undefined:
    """Return the row that refuses ``score`` while fewer than ``needed`` of its ``terms`` are known."""
    return Undefined(f"{score}_terms < {needed}", f"fewer than {needed} of its {len(terms)} terms are known")


def counts(score: str, label: str, group: str, terms: Sequence[str], refused: tuple[str, ...]) -> Metric:
    """Return the row ``<score>_terms``: how many of the terms are known."""
    return Metric(f"{score}_terms", f"{label}: terms known", known(terms), "count", "higher", group, refused=refused)


def additive(score: Metric, needed: int, terms: Sequence[str]) -> tuple[Metric, Metric, Metric]:
    """Return a score's row, ``<score>_terms`` and ``<score>_rescaled`` (value times N by the number known).

    The formula of ``score`` must be that of :func:`added`; with fewer than ``needed`` terms all but the count are
    undefined.
    """
    name, group, refused = score.name, score.group, score.refused
    rescaled = Metric(
        f"{name}_rescaled", f"{score.label}, as if all terms were known", f"{name} * {len(terms)} / {name}_terms",
        "number", score.direction, group, undefined=(too_few(name, needed, terms),), refused=refused,
        note="compares names with unlike numbers of known terms",
    )  # fmt: skip
    return score, counts(name, score.label, group, terms, refused), rescaled
