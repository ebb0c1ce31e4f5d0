"""The HTML report in a real browser: it draws, sorts, filters, remembers, prints, and asks nobody for anything."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from screener.output.report.document import to_html
from tests.output import reports

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
webdriver: Any = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="chromium and chromedriver are not installed"),
]

SWITCHES = (
    "--headless=new", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND",
)  # fmt: skip
WIDTHS = (390, 820, 1400)
DRAW = "dispatchEvent(new Event('beforeprint'))"
SHOWN = """
  const heads = [...document.querySelectorAll('#names-table thead th')];
  const k = heads.findIndex((head) => head.dataset.key === arguments[0]);
  const rows = [...document.querySelectorAll('#names-table tbody tr')];
  return rows.map((row) => row.cells[k].dataset.v ?? row.cells[k].textContent);
"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A browser without a network, with its console kept."""
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for switch in (*SWITCHES, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(switch)
    if os.geteuid() == 0:
        options.add_argument("--no-sandbox")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The addresses of the pages as files: ordinary names, hostile ones, and two thousand of them."""
    folder = tmp_path_factory.mktemp("pages")
    report, years = reports.demo()
    entries = tuple(
        replace(entry, row=replace(entry.row, values=(entry.row.values[0], None, *entry.row.values[2:])))
        if k % 2
        else entry
        for k, entry in enumerate(report.entries)
    )
    texts = {name: reports.page(name)[0] for name in ("demo", "hostile")}
    texts |= {"long": to_html(*reports.long(2000)), "gaps": to_html(replace(report, entries=tuple(entries)), years)}
    for name, text in texts.items():
        Path(folder / f"{name}.html").write_text(text, encoding="utf-8")
    return {name: (folder / f"{name}.html").as_uri() for name in texts}


@pytest.fixture
def demo(browser: Any, pages: dict[str, str]) -> Any:
    """The browser on the report of the demo, as it is opened."""
    return opened(browser, pages["demo"])


def opened(browser: Any, address: str, *, width: int = 1400, dark: bool = False) -> Any:
    """Open a page afresh in a window of that width."""
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": [scheme]})
    browser.get("about:blank")
    browser.get(address)
    return browser


def one(browser: Any, selector: str) -> Any:
    """Return the first element of a CSS selector."""
    return browser.find_element("css selector", selector)


def shown(browser: Any, key: str) -> list[str]:
    """Return the values of a column of the list, of the rows that are shown."""
    found: list[str] = browser.execute_script(SHOWN, key)
    return found


@pytest.mark.parametrize("name", ["demo", "hostile"])
def test_it_draws_and_asks_for_nothing(browser: Any, pages: dict[str, str], name: str) -> None:
    """Every chart is drawn with its words; the console is empty, nothing was fetched, no dialog came up."""
    from selenium.common.exceptions import NoAlertPresentException

    opened(browser, pages[name])
    browser.get_log("browser")
    browser.execute_script(DRAW)
    counts = browser.execute_script(
        "return [document.querySelectorAll('figure[data-chart]').length, "
        "document.querySelectorAll('figure[data-chart] .plot > svg[role][aria-label][aria-description]').length, "
        "performance.getEntriesByType('resource').length]"
    )
    assert counts[0] > 50
    assert counts[1:] == [counts[0], 0]
    assert browser.get_log("browser") == []
    with pytest.raises(NoAlertPresentException):
        _ = browser.switch_to.alert.text


def test_no_other_script_runs(demo: Any) -> None:
    """A script that is put into the page does not run, an image that is put there is not fetched."""
    demo.execute_script(
        "const script = document.createElement('script'); script.textContent = 'window.evil = 1';"
        "const image = document.createElement('img'); image.src = 'http://127.0.0.1:9/x.png';"
        "const button = document.createElement('button'); button.setAttribute('onclick', 'window.evil = 2');"
        "document.body.append(script, image, button); button.click()"
    )
    assert demo.execute_script("return window.evil ?? null") is None
    said = " ".join(entry["message"] for entry in demo.get_log("browser"))
    assert said.count("Content Security Policy") >= 3


def test_a_script_in_the_file_does_not_run(browser: Any, pages: dict[str, str], tmp_path: Path) -> None:
    """Scripts, handlers, frames and requests written into the file itself are stopped by its policy."""
    text = Path(pages["demo"].removeprefix("file://")).read_text(encoding="utf-8")
    evil = (
        "<script>window.evil = 1</script><img src=x onerror='window.evil = 2'><svg onload='window.evil = 3'></svg>"
        "<script src='data:text/javascript,window.evil=4'></script>"
        "<iframe srcdoc='<script>top.evil=5</script>'></iframe>"
        "<body onload='window.evil = 6'><style>@import 'http://127.0.0.1:9/x.css';</style>"
    )
    file = tmp_path / "evil.html"
    file.write_text(text.replace("<header>", evil + "<header>", 1), encoding="utf-8")
    opened(browser, file.as_uri())
    browser.execute_script(DRAW)
    assert browser.execute_script("return [window.evil ?? null, !!document.querySelector('.scatter svg')]") == [
        None,
        True,
    ]
    refused = [one["message"] for one in browser.get_log("browser") if "Content Security Policy" in one["message"]]
    assert len(refused) >= 6


def test_sorting_by_mouse_and_keyboard(demo: Any) -> None:
    """A heading sorts numbers from the top, again from below; unknown ones stay last; Reset restores the order."""
    first = shown(demo, "rank")
    head = one(demo, "th[data-key='c1'] button")
    head.click()
    values = [float(value) for value in shown(demo, "c1")]
    assert values == sorted(values, reverse=True)
    assert values != sorted(values)
    assert one(demo, "th[data-key='c1']").get_attribute("aria-sort") == "descending"
    head.send_keys("\ue007")  # Enter
    assert [float(value) for value in shown(demo, "c1")] == sorted(values)
    assert one(demo, "th[data-key='c1']").get_attribute("aria-sort") == "ascending"
    one(demo, "th[data-key='name'] button").send_keys(" ")
    names = [value.lower() for value in shown(demo, "name")]
    assert names == sorted(names)
    assert len(demo.find_elements("css selector", "th[aria-sort]")) == 1
    one(demo, "#reset").click()
    assert shown(demo, "rank") == first


def test_unknown_values_are_last_either_way(browser: Any, pages: dict[str, str]) -> None:
    """What is unknown for every second name is sorted to the end, whatever the direction."""
    opened(browser, pages["gaps"])
    half = len(reports.demo()[0].entries) // 2
    for _ in range(2):
        one(browser, "th[data-key='c1'] button").click()
        values = shown(browser, "c1")
        assert all("–" not in value for value in values[:half])
        assert all("–" in value for value in values[half:])


def test_filters(demo: Any) -> None:
    """Words, a sector and bounds narrow the list, and the count says how many are left."""
    report, _ = reports.demo()
    total = len(report.entries)
    sector = report.entries[0].row.sector
    count = one(demo, "#count")
    assert count.text == f"{total} of {total} names"
    one(demo, "#sector").send_keys(sector)
    expected = [entry for entry in report.entries if entry.row.sector == sector]
    assert shown(demo, "ticker") == [entry.row.ticker for entry in expected]
    one(demo, "#reset").click()
    word = report.entries[3].row.name.split()[0]
    one(demo, "#find").send_keys(word.upper())
    assert shown(demo, "ticker") == [
        entry.row.ticker for entry in report.entries if word.lower() in f"{entry.row.ticker} {entry.row.name}".lower()
    ]
    one(demo, "#reset").click()
    demo.execute_script("document.getElementById('limits').parentElement.open = true")
    one(demo, "#limits input[data-key='c1'][data-end='least']").send_keys("20")
    above = [entry for entry in report.entries if isinstance(entry.row.values[1], float) and entry.row.values[1] >= 0.2]
    assert 0 < len(above) < total
    assert shown(demo, "ticker") == [entry.row.ticker for entry in above]
    assert count.text == f"{len(above)} of {total} names"


def test_columns_are_chosen_and_remembered_in_the_address(demo: Any) -> None:
    """A column that is unticked goes, one that is ticked comes; the address brings the same view back."""
    demo.execute_script("document.getElementById('columns').parentElement.open = true")
    one(demo, "#columns input[value='sector']").click()
    one(demo, "#columns input[value='f0']").click()
    one(demo, "th[data-key='f0'] button").click()
    order = shown(demo, "ticker")
    address = demo.current_url
    assert "#view?" in address
    opened(demo, address)
    assert not one(demo, "th[data-key='sector']").is_displayed()
    assert one(demo, "th[data-key='f0']").is_displayed()
    assert shown(demo, "ticker") == order
    one(demo, "#reset").click()
    assert one(demo, "th[data-key='sector']").is_displayed()
    assert demo.current_url.endswith("#list")


def test_the_way_to_a_name_and_back(demo: Any) -> None:
    """A ticker leads to its page, and next, before and the list from there."""
    report, _ = reports.demo()
    first, second = (entry.row.ticker for entry in report.entries[:2])
    one(demo, f"#names-table a[href='#{first}']").click()
    assert demo.current_url.endswith(f"#{first}")
    for words, target in (("next →", second), ("← before", first), ("The list", "list")):
        article = demo.current_url.rpartition("#")[2]
        demo.find_element("xpath", f"//article[@id='{article}']//nav/a[.='{words}']").click()
        assert demo.current_url.endswith(f"#{target}")


def test_keyboard(browser: Any, pages: dict[str, str]) -> None:
    """The first stop is the way past the banner; a reason is said when its mark has the focus, Escape takes it away."""
    demo = opened(browser, pages["hostile"])
    one(demo, "body").send_keys("\ue004")  # Tab
    focused = demo.switch_to.active_element
    assert focused.text == "Skip to the list"
    assert focused.is_displayed()
    mark = one(demo, "#names-table [data-why]")
    demo.execute_script("arguments[0].focus()", mark)
    assert one(demo, "#why").text == f"Unknown: {mark.get_attribute('data-why')}"
    mark.send_keys("\ue00c")  # Escape
    assert not one(demo, "#why").is_displayed()


def test_every_field_has_a_name(demo: Any) -> None:
    """Every field and button, and every link of the scatter, is named for a screen reader."""
    demo.execute_script(f"for (const one of document.querySelectorAll('details')) one.open = true; {DRAW}")
    fields = [
        element for element in demo.find_elements("css selector", "input, select, button") if element.is_displayed()
    ]
    assert len(fields) > 50
    for element in fields:
        assert element.accessible_name.strip(), element.get_attribute("outerHTML")
    dots = demo.find_elements("css selector", ".scatter svg a")
    assert len(dots) == len(reports.demo()[0].entries)
    assert all("rank" in dot.accessible_name for dot in dots)
    heard = demo.find_elements("css selector", ".plot > svg > :not([aria-hidden])")
    assert all(part.find_elements("css selector", "a") for part in heard), "beside its words a chart says only links"
    assert not demo.find_elements("css selector", ".plot g[aria-label]")


@pytest.mark.parametrize("name", ["demo", "hostile"])
@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_is_never_wider_than_the_window(browser: Any, pages: dict[str, str], name: str, width: int) -> None:
    """Tables scroll in their own boxes, charts are laid out for the width; the page itself does not scroll sideways."""
    opened(browser, pages[name], width=width)
    browser.execute_script(f"for (const one of document.querySelectorAll('details')) one.open = true; {DRAW}")
    wide, window, chart = browser.execute_script(
        "return [document.documentElement.scrollWidth, document.documentElement.clientWidth, "
        "document.querySelector('.scatter svg').getBoundingClientRect().width]"
    )
    assert wide <= window
    assert 0.6 * width < chart <= window


def test_charts_follow_the_width(demo: Any) -> None:
    """A window that becomes narrower has its charts drawn again."""
    demo.execute_script(DRAW)
    before = float(one(demo, ".scatter svg").get_attribute("width"))
    size = {"width": 700, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    demo.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    demo.execute_async_script("requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(arguments[0], 100)))")
    assert float(one(demo, ".scatter svg").get_attribute("width")) < 700 < before


def test_light_and_dark(browser: Any, pages: dict[str, str]) -> None:
    """The page follows the system, and the button turns it; charts use the same colours."""
    ground = "return getComputedStyle(document.body).backgroundColor"
    opened(browser, pages["demo"], dark=True)
    assert browser.execute_script(ground) == "rgb(20, 23, 28)"
    button = one(browser, "#theme")
    assert button.get_attribute("aria-pressed") == "true"
    button.click()
    assert browser.execute_script(ground) == "rgb(246, 247, 249)"
    opened(browser, pages["demo"])
    assert browser.execute_script(ground) == "rgb(246, 247, 249)"
    browser.execute_script(DRAW)
    fill = "return getComputedStyle(document.querySelector('.scatter svg a circle')).fill"
    light = browser.execute_script(fill)
    one(browser, "#theme").click()
    assert browser.execute_script(fill) != light


def test_on_paper(demo: Any) -> None:
    """Paper has every name on a page of its own, without controls, and light whatever the screen is."""
    one(demo, "#theme").click()
    demo.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    assert not one(demo, "#controls").is_displayed()
    assert not one(demo, "article nav").is_displayed()
    assert demo.execute_script("return getComputedStyle(document.querySelector('h1')).color") == "rgb(28, 33, 40)"
    breaks = demo.execute_script(
        "return [...document.querySelectorAll('article')].slice(1).map((one) => getComputedStyle(one).breakBefore)"
    )
    assert set(breaks) == {"page"}
    assert demo.execute_script("return getComputedStyle(document.querySelector('.scroll.tall')).overflowY") == "visible"


def test_without_scripts(browser: Any, pages: dict[str, str]) -> None:
    """With scripts forbidden the list, the rules and the numbers are there, and no control that does nothing."""
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        opened(browser, pages["demo"])
        assert one(browser, "#names-table").is_displayed()
        assert not one(browser, "#controls").is_displayed()
        assert not one(browser, "#theme").is_displayed()
        assert reports.demo()[0].entries[0].row.name in one(browser, "article").text
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_a_long_list(browser: Any, pages: dict[str, str]) -> None:
    """Of two thousand names five hundred are laid out until all are asked for; find and sort see all of them."""
    opened(browser, pages["long"])
    assert browser.get_log("browser") == []
    assert len(shown(browser, "ticker")) == 500
    one(browser, "#find").send_keys("T1999")
    assert shown(browser, "ticker") == ["T1999"]
    one(browser, "#reset").click()
    report, _ = reports.long(2000)
    best = sorted((entry.row.score or 0 for entry in report.entries), reverse=True)
    one(browser, "th[data-key='score'] button").click()
    assert [float(value) for value in shown(browser, "score")] == pytest.approx(best[:500])
    one(browser, "#all").click()
    assert [float(value) for value in shown(browser, "score")] == pytest.approx(best)


def test_two_thousand_names_are_sorted_at_once(browser: Any, pages: dict[str, str]) -> None:
    """A sort of two thousand names takes less than 0.3 s of the processor at its best of five, layout included."""
    opened(browser, pages["long"])
    browser.execute_cdp_cmd("Performance.enable", {"timeDomain": "threadTicks"})
    taken = []
    for _ in range(5):
        before = busy(browser)
        browser.execute_script(
            "document.querySelector(\"th[data-key='score'] button\").click(); document.body.getBoundingClientRect()"
        )
        taken.append(busy(browser) - before)
    browser.execute_cdp_cmd("Performance.disable", {})
    assert min(taken) < 0.3, taken


def busy(browser: Any) -> float:
    """Return the seconds that the page's thread has worked; unlike the clock it does not count other processes."""
    metrics = browser.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]
    return float(next(one["value"] for one in metrics if one["name"] == "TaskDuration"))
