"""The commands that ask why take the settings of a run, and tell what bounded groups do to a list."""

from __future__ import annotations

from pathlib import Path

import pytest

from screener import api
from screener.output.explain import render_explanation

SCREEN = """\
universe: [market_cap between 300M and 3B]
params: {least: {default: 5%, type: percent}}
rules: [roic > $least]
rank: [roic]
max_per_sector: 1
limit: 3
"""


@pytest.fixture
def screen(tmp_path: Path) -> Path:
    """A screen with a parameter and one name of each sector."""
    path = tmp_path / "bounded.yaml"
    path.write_text(SCREEN, encoding="utf-8")
    return path


def test_settings_reach_the_answers(screen: Path) -> None:
    """A stricter parameter lets fewer names through, and more names are near it."""
    loose, strict = api.funnel(screen), api.funnel(screen, params={"least": "50%"})
    assert strict.result.passed < loose.result.passed
    assert set(api.near(screen, params={"least": "50%"}, limit=5).frame["threshold"]) == {0.5}
    ticker = str(loose.result.rows[0].ticker)
    only = api.funnel(screen, watchlist=[ticker])
    assert only.result.population == 1
    assert not api.unknown(screen, watchlist=[ticker]).frame.height


def test_a_name_whose_group_is_full_is_told_so(screen: Path) -> None:
    """The second name of a sector passes, and stands behind the first, not on the list."""
    listed = api.run(screen)
    sector = listed.rows[0].sector
    everyone = screen.with_name("everyone.yaml")
    everyone.write_text(SCREEN.replace("max_per_sector: 1\nlimit: 3\n", ""), encoding="utf-8")
    behind = [row for row in api.run(everyone).rows if row.sector == sector][1]
    text = render_explanation(api.explain(screen, str(behind.ticker)))
    assert "but not shown: better names fill its group or the list" in text
    assert "but not shown" not in render_explanation(api.explain(screen, str(listed.rows[0].ticker)))
