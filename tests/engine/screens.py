"""Screens for engine tests, built from expression texts without YAML."""

from __future__ import annotations

from typing import Any

from screener.language.expressions import parse_formula
from screener.language.screen import Column, Definition, Factor, RankGroup, Rule, Screen


def rule(text: str, if_unknown: str = "fail", group: str = "rules") -> Rule:
    """Return a rule of that text."""
    return Rule(text, parse_formula(text), group, if_unknown)


def factor(text: str, direction: str = "higher", weight: float = 1.0, within: str = "", missing: str = "") -> Factor:
    """Return a factor of that text."""
    return Factor(text, parse_formula(text), direction, weight, within, missing=missing)


def screen(
    *rules: Rule | str,
    universe: tuple[str, ...] = (),
    rank: RankGroup | tuple[Factor, ...] = (),
    columns: tuple[str, ...] = (),
    limit: int | None = None,
    missing: str = "worst",
    min_group: int = 10,
    define: dict[str, str] | None = None,
    **more: Any,
) -> Screen:
    """Return a screen of these parts."""
    return Screen(
        name="test",
        title="Test",
        description="",
        universe=tuple(rule(text, group="universe") for text in universe),
        rules=tuple(rule(entry) if isinstance(entry, str) else entry for entry in rules),
        rank=rank if isinstance(rank, RankGroup) else (RankGroup("", rank) if rank else None),
        columns=tuple(Column(text, parse_formula(text), "number") for text in columns),
        limit=limit,
        missing=missing,
        min_group=min_group,
        definitions={name: Definition(name, parse_formula(text), text) for name, text in (define or {}).items()},
        sha256="0" * 64,
        **more,
    )
