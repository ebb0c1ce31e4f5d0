"""No look-ahead, on real filings: inputs cut off at a day give what the whole gives as of that day."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from screener.build import build_data
from screener.engine.run import run_screen
from screener.lake.connect import Lake, open_lake
from screener.lake.schema import FAR_DATE
from screener.language.resolve import load_screen
from screener.output.text import to_csv

pytestmark = pytest.mark.real

# The four that went wrong, a changed fiscal year, restatements, a bank-like lender, and companies whose price file
# was not rewritten for a later split: what a vendor adjusts afterwards, no cut of ours can undo.
CIKS = (865941, 1731289, 1657853, 1336917, 1397187, 1326801, 1413447, 1579241, 1692819, 1754301, 1601712, 1067701)
TICKERS = ("lulu", "alle", "meta", "nxpi", "vst", "foxa", "syf", "uri")

SCREEN = """\
name: Sound companies
universe:
  - market_cap >= 1B
rules:
  Earnings:
    - net_income > 0
    - count(net_income > 0, 5y) >= 2
  Debt:
    - {rule: net_debt / ebitda <= 4, if_unknown: flag}
rank:
  by: [roic, ebit_yield, fcf_yield]
columns: [market_cap, roic, ebit_yield, fcf_yield, net_debt_ebitda]
"""

# share_basis leads to the split basis of the price file's last day: a later split is in it, as it is in the prices.
NOT_OF_THE_DAY = {"known_until", "latest_until", "share_basis"}
FIRST, LAST = date(2013, 3, 1), date(2025, 6, 30)
FEW = settings(
    max_examples=3, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def facts_until(real: Path, day: date, folder: Path) -> None:
    """Write the members of ``CIKS`` with the facts that were filed by ``day``."""
    folder.mkdir(parents=True)
    with zipfile.ZipFile(real / "sec" / "companyfacts.zip") as archive:
        for cik in CIKS:
            content = json.loads(archive.read(f"CIK{cik:010d}.json"))
            for tags in content["facts"].values():
                for tag in tags.values():
                    for unit, facts in tag["units"].items():
                        tag["units"][unit] = [fact for fact in facts if fact["filed"] <= day.isoformat()]
            (folder / f"CIK{cik:010d}.json").write_text(json.dumps(content), encoding="utf-8")


def prices_until(real: Path, day: date, target: Path) -> None:
    """Write Stooq's files of ``TICKERS`` with the rows up to ``day``."""
    last = day.strftime("%Y%m%d")
    with zipfile.ZipFile(real / "prices" / "stooq" / "d_us_txt.zip") as archive, zipfile.ZipFile(target, "w") as out:
        for name in archive.namelist():
            if Path(name).name.removesuffix(".us.txt") in TICKERS:
                head, *rows = archive.read(name).decode("ascii").splitlines()
                kept = [row for row in rows if row.split(",")[2] <= last]
                out.writestr(name, "\n".join([head, *kept, ""]))


def built(real: Path, day: date, folder: Path) -> Lake:
    """Build a data set from what there was on ``day``; today's list of companies and tickers is the same for all."""
    source = folder / "sec"
    facts_until(real, day, source / "companyfacts")
    for name in ("submissions.zip", "company_tickers_exchange.zip"):
        (source / name).symlink_to(real / "sec" / name)
    prices_until(real, day, folder / "prices.zip")
    build_data(folder / "data", sec=source, prices=folder / "prices.zip")
    return open_lake(folder / "data")


@pytest.fixture(scope="module")
def whole(real: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    """The data set of everything."""
    with built(real, date(2100, 1, 1), tmp_path_factory.mktemp("whole")) as lake:
        yield lake


@FEW
@given(day=st.dates(FIRST, LAST))
def test_a_day_sees_only_what_was_filed(
    whole: Lake, real: Path, tmp_path_factory: pytest.TempPathFactory, day: date
) -> None:
    """The same fundamentals, and the same shortlist byte for byte, from inputs cut off at a random day."""
    columns = [row[0] for row in whole.con.execute("DESCRIBE fundamentals").fetchall()]
    kept = ", ".join(f'"{name}"' for name in columns if name not in NOT_OF_THE_DAY)
    known = (
        f"SELECT {kept}, CASE WHEN known_until > ? THEN DATE '{FAR_DATE}' ELSE known_until END, "
        f"CASE WHEN latest_until > ? THEN DATE '{FAR_DATE}' ELSE latest_until END "
        "FROM fundamentals WHERE known_from <= ? ORDER BY issuer_id, period_end, known_from"
    )
    screen = tmp_path_factory.mktemp("screen") / "sound.yaml"
    screen.write_text(SCREEN, encoding="utf-8")
    resolved = load_screen(screen)
    with built(real, day, tmp_path_factory.mktemp("cut")) as past:
        expected = whole.con.execute(known, [day] * 3).fetchall()
        assert expected
        assert past.con.execute(known, [day] * 3).fetchall() == expected
        then, now = run_screen(past, resolved, day), run_screen(whole, resolved, day)
        assert then.rows
        assert (to_csv(then), then.funnel, then.population) == (to_csv(now), now.funnel, now.population)
