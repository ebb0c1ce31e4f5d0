"""The language page and the saved screens are true: every example and every screen is accepted."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from screener.catalogue.functions import FUNCTIONS
from screener.language.library import saved_screens
from screener.language.resolve import KEYS, check_screen, load_screen, parse_screen
from screener.language.tokens import SCALES

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "language.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```yaml\n(.*?)^```", re.DOTALL | re.MULTILINE)
EXAMPLES = BLOCK.findall(PAGE)
RECIPES = BLOCK.findall((ROOT / "docs" / "recipes.md").read_text(encoding="utf-8"))
SCREENS = sorted((ROOT / "screens").glob("*.yaml"))


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_example_is_accepted(number: int) -> None:
    """Every fenced example of the page is a screen without problems, or part of one."""
    text = EXAMPLES[number]
    assert [problem.render() for problem in check_screen(text)] == []


@pytest.mark.parametrize("number", range(len(RECIPES)))
def test_recipe_is_accepted(number: int) -> None:
    """Every recipe is a screen without problems, with a name, a universe without small fry, a rank and columns."""
    text = RECIPES[number]
    assert [problem.render() for problem in check_screen(text)] == []
    screen = parse_screen(text)
    assert screen.title
    assert "market_cap >=" in text or "revenue >=" in text
    assert screen.factors()
    assert screen.columns


def test_there_are_ten_recipes() -> None:
    """Ten screens from plain English."""
    assert len(RECIPES) == 10


def test_page_has_examples() -> None:
    """The examples are found where the page has them."""
    assert len(EXAMPLES) >= 9


@pytest.mark.parametrize("key", KEYS)
def test_page_names_every_key(key: str) -> None:
    """No key of a screen is missing on the page."""
    assert f"`{key}`" in PAGE


@pytest.mark.parametrize("function", [row.name for row in FUNCTIONS])
def test_page_names_every_function(function: str) -> None:
    """No function is missing on the page."""
    assert re.search(rf"`{function}\b|\b{function}\(", PAGE)


def test_page_names_every_suffix() -> None:
    """No suffix of a number is missing on the page."""
    for suffix in filter(None, SCALES):
        assert re.search(rf"`[\d.]+{suffix}`", PAGE, re.IGNORECASE), suffix


@pytest.mark.parametrize("path", SCREENS, ids=lambda path: path.stem)
def test_saved_screen_is_accepted(path: Path) -> None:
    """Every saved screen resolves, has a title, a description, a rank and columns, and explains itself in comments."""
    screen = load_screen(path)
    assert screen.name == path.stem
    assert screen.title
    assert screen.description
    assert screen.factors()
    assert screen.columns
    assert screen.limit
    assert path.read_text(encoding="utf-8").count("#") >= 5


def test_all_saved_screens_are_there() -> None:
    """The screens that the package promises are found by name, those of the small-cap themes among them."""
    names = {path.stem for path in saved_screens()}
    promised = {"profitable-small-caps", "low-debt", "deep-value", "magic-formula", "cash-generators", "sound-business"}
    themes = {
        "quality-value", "refinancing-wall", "january-rebound", "takeover-targets", "earnings-acceleration",
        "small-cap-quality-minus-junk",
    }  # fmt: skip
    assert promised | themes <= names


WITHOUT_PRICES = {"sound-business"}


def test_every_saved_screen_has_floors() -> None:
    """Every saved screen leaves out shells; all that need prices keep to small caps with a price and volume floor."""
    for path in SCREENS:
        universe = " ; ".join(rule.text for rule in parse_screen(path.read_text(encoding="utf-8")).universe)
        floors = () if path.stem in WITHOUT_PRICES else ("market_cap", "price >=", "avg_dollar_volume_3m >=")
        for part in (*floors, "not is_shell"):
            assert part in universe, f"{path.stem}: {part}"
