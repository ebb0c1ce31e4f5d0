"""Names and tickers that belong to no company: coined words, and five-letter tickers that no exchange has given out."""

from __future__ import annotations

from random import Random

HEADS = (
    "Zor", "Quam", "Zeb", "Quil", "Zyn", "Quor", "Zul", "Quev", "Zark", "Quin", "Zeph", "Quon",
    "Zim", "Qual", "Zent", "Quib",
)  # fmt: skip
MIDDLES = ("a", "e", "i", "o", "u", "ar", "el", "im", "on", "ur", "ay", "eth", "il", "or", "ux")
TAILS = (
    "brix", "dorn", "fane", "glim", "hask", "jora", "kett", "lune", "mond", "nox", "pell", "quist",
    "rova", "stane", "tharn", "vask", "wick", "yarn", "zell", "bract",
)  # fmt: skip
SUFFIXES = ("Inc", "Corp", "Ltd", "Co", "Holdings", "Group")
# Real five-letter tickers begin with Q or Z too (QRTEA, ZINGW); none has one of these as its second letter.
SECONDS = "QXJ"
LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"


def company_name(rng: Random, noun: str, taken: set[str]) -> str:
    """Return a coined name with the business' noun, not among ``taken``; it is added to ``taken``."""
    while True:
        word = rng.choice(HEADS) + rng.choice(MIDDLES) + rng.choice(TAILS)
        name = f"{word} {noun} {rng.choice(SUFFIXES)}"
        if name not in taken:
            taken.add(name)
            return name


def ticker(number: int) -> str:
    """Return the five-letter ticker of the company ``number`` (0 to 73,001), different for every number."""
    scattered = (number * 31_337) % (2 * len(SECONDS) * len(LETTERS) ** 3)
    head, rest = divmod(scattered, len(LETTERS) ** 3)
    letters = ""
    for _ in range(3):
        rest, digit = divmod(rest, len(LETTERS))
        letters += LETTERS[digit]
    return "ZQ"[head % 2] + SECONDS[head // 2] + letters
