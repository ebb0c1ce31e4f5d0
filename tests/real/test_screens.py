"""Every saved screen on real data: it runs, and no name is there for a wrong reason."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from screener.engine.run import run_screen
from screener.lake.connect import Lake
from screener.language.resolve import load_screen
from tests.real.conftest import SEC_DAY, SIMFIN_DAY

ROOT = Path(__file__).resolve().parents[2]
SCREENS = sorted((ROOT / "screens").glob("*.yaml"))
# Screens of a season are empty outside it.
IN_SEASON = {"january-rebound": date(2023, 12, 15)}
MULTIPLES = ("pe", "pb", "ps", "p_fcf", "ev_ebit", "ev_ebitda", "ev_sales")

pytestmark = pytest.mark.real


def check_no_wrong_reason(lake: Lake, path: Path) -> int:
    """Check the rows behind the shortlist; return how many there are."""
    screen = load_screen(path)
    day = SIMFIN_DAY if lake.manifest.kind == "simfin" else SEC_DAY
    result = run_screen(lake, screen, IN_SEASON.get(path.stem, day))
    for number, rule in enumerate(screen.rules, 1):
        passed = f"SELECT count(*) FROM evaluated WHERE passed AND r{number} IS NOT TRUE"
        found = lake.con.execute(passed).fetchone()
        assert found is not None
        if rule.if_unknown == "fail":
            assert found[0] == 0, f"{rule.text} let a name in that does not meet it"
    for row in result.rows:
        for column, value in zip(result.columns, row.values, strict=True):
            assert not (column.name in MULTIPLES and value is not None and float(str(value)) <= 0), (row.ticker, column)
        for factor in row.factors:
            assert factor.percentile is not None
            assert 0 <= factor.percentile <= 100
    return len(result.rows)


@pytest.mark.parametrize("path", SCREENS, ids=lambda path: path.stem)
def test_simfin(simfin: Lake, path: Path) -> None:
    """About 400 real small caps: every screen finds some of them, none on missing data or a negative multiple."""
    assert check_no_wrong_reason(simfin, path) >= 1


@pytest.mark.parametrize("path", SCREENS, ids=lambda path: path.stem)
def test_sec(sec: Lake, path: Path) -> None:
    """The SEC sample is of large companies: the screens run, and what they list they list for a reason."""
    assert check_no_wrong_reason(sec, path) >= 0


def test_a_share_count_on_another_basis_is_refused(simfin: Lake) -> None:
    """NVDA's vendor shares are restated for a split after the last price: 21.8 trillion is no market value.

    875.28 dollars for each of the 2.46 to 2.5 billion shares that it had that day is.
    """
    found = simfin.con.execute(
        "SELECT p.close * f.shares_outstanding FROM fundamentals AS f JOIN listings AS l USING (issuer_id) "
        "JOIN prices AS p USING (listing_id) WHERE l.ticker = 'NVDA' AND p.date = ? "
        "AND f.known_from <= ? AND f.latest_until > ?",
        [SIMFIN_DAY] * 3,
    ).fetchone()
    assert found is None or found[0] is None or found[0] > 1e13, "the raw product is implausible or refused at build"
    screen = load_screen(ROOT / "screens" / "quality-value.yaml")
    run_screen(simfin, screen, SIMFIN_DAY)
    cap = simfin.con.execute("SELECT market_cap FROM evaluated WHERE ticker = 'NVDA'").fetchone()
    assert cap is not None
    assert 875.28 * 2.46e9 < cap[0] < 875.28 * 2.5e9
