"""The groups of peers: one row each, with the wider group that stands in for a small one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Peers:
    """A text field that groups names. wider: what a group under the minimum size falls back to, ``""`` for all."""

    name: str
    label: str
    wider: str = ""


PEERS: tuple[Peers, ...] = (
    Peers("sector", "sector"),
    Peers("industry", "industry group", "sector"),
    Peers("sic2", "first two digits of the SIC code", "ff49"),
    Peers("ff49", "Fama-French 49 industry", "ff12"),
    Peers("ff12", "Fama-French 12 industry"),
    Peers("size_band", "size by market value"),
    Peers("exchange", "exchange"),
    Peers("country", "country"),
    Peers("model", "reporting model"),
)

BY_NAME: dict[str, Peers] = {row.name: row for row in PEERS}
# The smallest group that is compared within, unless a screen says otherwise.
MIN_GROUP = 10
# Where a comparison is among all names of the universe.
EVERYONE = "universe"


def ladder(name: str) -> tuple[str, ...]:
    """Return the group ``name`` and those it falls back to, narrowest first; ``()`` for the whole universe."""
    found: list[str] = []
    while name and name != EVERYONE:
        found.append(name)
        name = BY_NAME[name].wider
    return tuple(found)
