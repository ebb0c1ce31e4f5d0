"""The command line on the demo data: formats, streams, exit codes, errors that a person can mend."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from screener import api
from screener.cli import main as main_module
from screener.cli.show import split_items
from screener.language.resolve import parse_screen

ROOT = Path(__file__).resolve().parents[2]


def screener(*arguments: str, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the command line in a folder, without the caller's data set."""
    environment = {name: value for name, value in os.environ.items() if name != "SCREENER_DATA"}
    environment |= {"PYTHONPATH": str(ROOT), "COLUMNS": "120", **variables}
    command = [sys.executable, "-m", "screener", *arguments]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


class TestRun:
    """``screener run``."""

    def test_table_has_banner_list_and_funnel(self, tmp_path: Path) -> None:
        """The demo is announced as one, and the table, the funnel and the hashes are there."""
        done = screener("run", "quality-value", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        for part in ("these companies do not exist", "Reasonable debt", "unknown", "Quality small-cap value"):
            assert part in done.stdout
        assert max(len(line) for line in done.stdout.splitlines()) <= 120

    def test_csv(self, tmp_path: Path) -> None:
        """One row a name, the five fixed columns first, nothing else on stdout."""
        done = screener("run", "quality-value", "--format", "csv", cwd=tmp_path)
        rows = list(csv.DictReader(io.StringIO(done.stdout)))
        assert list(rows[0])[:5] == ["rank", "ticker", "name", "sector", "score"]
        assert [int(row["rank"]) for row in rows] == list(range(1, len(rows) + 1))
        scores = [float(row["score"]) for row in rows]
        assert scores == sorted(scores, reverse=True)

    def test_json(self, tmp_path: Path) -> None:
        """`run`, `funnel` and `rows`, with the four things that make a run repeatable."""
        found = json.loads(screener("run", "quality-value", "--format", "json", cwd=tmp_path).stdout)
        assert set(found) >= {"run", "funnel", "rows"}
        assert set(found["run"]) >= {"screen", "as_of", "data", "version", "hashes"}
        assert found["funnel"][-1]["remaining"] >= len(found["rows"]) > 0

    def test_same_run_same_bytes(self, tmp_path: Path) -> None:
        """Two runs write the same bytes, in every format."""
        for name in ("one", "two"):
            (tmp_path / name).mkdir()
            outputs = [part for kind in ("csv", "json", "md", "xlsx", "tsv") for part in ("-o", f"{name}/list.{kind}")]
            assert screener("run", "quality-value", *outputs, cwd=tmp_path).returncode == 0
        for file in sorted((tmp_path / "one").iterdir()):
            assert file.read_bytes() == (tmp_path / "two" / file.name).read_bytes(), file.name

    def test_limit(self, tmp_path: Path) -> None:
        """`--limit` replaces the screen's own limit."""
        done = screener("run", "quality-value", "--limit", "3", "--format", "csv", cwd=tmp_path)
        assert len(done.stdout.splitlines()) == 4

    def test_nothing_passed(self, tmp_path: Path) -> None:
        """An empty list is success, and 1 only when asked for."""
        (tmp_path / "none.yaml").write_text("name: None\nuniverse:\n  - market_cap > 900B\n")
        assert screener("run", "none.yaml", cwd=tmp_path).returncode == 0
        assert screener("run", "none.yaml", "--fail-empty", cwd=tmp_path).returncode == 1


class TestErrors:
    """What goes wrong is said without a traceback, with the documented exit code."""

    @pytest.mark.parametrize(
        ("arguments", "code", "said"),
        [
            (("run", "quality-valu"), 2, "quality-value"),
            (("run", "missing.yaml"), 2, "missing.yaml"),
            (("run", "quality-value", "--as-of", "2024-13-01"), 2, "YYYY-MM-DD"),
            (("run", "quality-value", "--as-of", "1999-01-04"), 3, "public on 1999-01-04"),
            (("run", "quality-value", "--data", "nowhere"), 3, "nowhere"),
            (("run", "quality-value", "-o", "list.docx"), 2, ".docx"),
            (("run", "quality-value", "-o", "no/such/list.csv"), 2, "does not exist"),
            (("run", "quality-value", "--format", "pdf"), 2, "pdf"),
            (("metrics", "intrest_coverage"), 2, "interest_coverage"),
            (("show", "NOSUCH"), 2, "NOSUCH"),
            (("show", "ZJARG", "--trace"), 2, "--item"),
            (("show", "ZJARG", "--item", "cash", "--trace", "--versions"), 2, "either --trace or --versions"),
            (("show", "ZJARG", "--item", "cash", "--period-end", "2024-12-31"), 2, "--trace or --versions"),
            (("show", "ZJARG", "--item", "cash", "--trace", "--period-end", "2024-12-30"), 2, "2024-12-31"),
            (("show", "ZJARG", "--item", "roic", "--trace"), 2, "nopat"),
            (("show", "ZJARG", "--item", "market_cap", "--trace"), 2, "not a line item"),
            (("show", "ZJARG", "--item", "captex", "--versions"), 2, "capex"),
            (("explain", "quality-value", "NOSUCH"), 2, "NOSUCH"),
            (("data", "build", "out"), 2, "or --table FILE"),
            (("data", "build", "out", "--sec", "nowhere"), 3, "nowhere"),
            (("data", "info", "--data", "nowhere"), 3, "nowhere"),
        ],
    )
    def test_message_and_code(self, tmp_path: Path, arguments: tuple[str, ...], code: int, said: str) -> None:
        """The message names what is wrong; stdout stays empty."""
        done = screener(*arguments, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (code, "")
        assert said in done.stderr
        assert "Traceback" not in done.stderr

    def test_a_damaged_data_set_is_a_data_problem(self, tmp_path: Path) -> None:
        """A manifest that is no JSON ends with 3 and says what to do."""
        (tmp_path / "data").mkdir()
        (tmp_path / "data" / "manifest.json").write_text("{")
        done = screener("run", "quality-value", "--data", "data", cwd=tmp_path)
        assert done.returncode == 3
        assert "damaged" in done.stderr

    def test_check_shows_every_problem_with_its_place(self, tmp_path: Path) -> None:
        """Two mistakes give two messages with line, column, caret and hint, and exit code 2."""
        (tmp_path / "bad.yaml").write_text("name: Bad\nrules:\n  - net_incme > 0\n  - roic > \n")
        done = screener("check", "bad.yaml", cwd=tmp_path)
        assert done.returncode == 2
        assert "bad.yaml:3:5: error" in done.stdout
        assert "net_income" in done.stdout
        assert "bad.yaml:4:" in done.stdout
        assert "^" in done.stdout

    def test_check_passes_the_saved_screens(self, tmp_path: Path) -> None:
        """Every saved screen is without a problem."""
        files = sorted(str(path) for path in (ROOT / "screens").glob("*.yaml"))
        done = screener("check", *files, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (0, "")


class TestOtherCommands:
    """``list``, ``metrics``, ``sql``, ``show``, ``explain``, ``data info``."""

    def test_list_names_the_saved_screens(self, tmp_path: Path) -> None:
        """One line a screen."""
        names = {row["screen"] for row in json.loads(screener("list", "--format", "json", cwd=tmp_path).stdout)}
        assert names >= {
            "quality-value",
            "profitable-small-caps",
            "low-debt",
            "deep-value",
            "magic-formula",
            "cash-generators",
            "refinancing-wall",
            "january-rebound",
            "takeover-targets",
            "earnings-acceleration",
            "small-cap-quality-minus-junk",
        }

    def test_metrics_json(self, tmp_path: Path) -> None:
        """A list of objects with the published keys."""
        found = json.loads(screener("metrics", "--format", "json", cwd=tmp_path).stdout)
        assert list(found[0])[:7] == ["name", "label", "formula", "unit", "direction", "group", "source"]
        assert {"roic", "interest_coverage", "revenue", "market_cap"} <= {row["name"] for row in found}

    def test_one_metric(self, tmp_path: Path) -> None:
        """One entry says formula, unit, direction and when it is undefined, also under an alias."""
        done = screener("metrics", "debt_to_equity", cwd=tmp_path)
        assert "total_debt / equity" in done.stdout
        assert "negative equity" in done.stdout

    def test_sql_is_the_query_that_runs(self, tmp_path: Path) -> None:
        """The printed text is one statement that the data set's tables can answer."""
        from screener import api

        sql = screener("sql", "quality-value", cwd=tmp_path).stdout
        with api.open_data(ROOT / "data" / "demo") as lake:
            passed = lake.con.execute(f"SELECT count(*) FROM ({sql}) WHERE passed").fetchone()
            assert passed is not None
            assert passed[0] == api.run("quality-value", data=ROOT / "data" / "demo").passed

    def test_show_csv(self, tmp_path: Path) -> None:
        """One row a period: ticker, period_end, known_from, then the items, unrounded."""
        ticker = _first(tmp_path)
        done = screener(
            "show", ticker, "--period", "annual", "--items", "revenue,net_income,fcf", "--format", "csv", cwd=tmp_path
        )
        rows = list(csv.DictReader(io.StringIO(done.stdout)))
        assert list(rows[0]) == ["ticker", "period_end", "known_from", "revenue", "net_income", "fcf", "flags"]
        assert len(rows) >= 3
        assert all(float(row["revenue"]) > 1000 for row in rows)

    def test_show_trace_in_every_format(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
    ) -> None:
        """A trace is a tree for people and in JSON, a row for every node in CSV and Markdown."""
        monkeypatch.chdir(tmp_path)
        monkeypatch.delenv("SCREENER_DATA", raising=False)
        # The way to a value takes seconds to find and is the same in every format.
        monkeypatch.setattr(api, "trace", cache(api.trace))

        def printed(*fmt: str) -> str:
            arguments = ("show", "ZJARG", "--item", "net_income", "--trace", "--as-of", "2025-03-01")
            main_module.main([*arguments, *fmt])
            return capsys.readouterr().out

        assert "= 12M to 2024-09-30 + 3M to 2024-12-31 - 3M to 2023-12-31" in printed()
        tree = json.loads(printed("--format", "json"))["value"]
        year, stretch, before = (operand["value"] for operand in tree["operands"])
        assert tree["value"] == year + stretch - before
        rows = list(csv.DictReader(io.StringIO(printed("--format", "csv"))))
        assert [row["name"] for row in rows] == ["net_income", *(["net_income", "NetIncomeLoss"] * 3)]
        assert "| NetIncomeLoss |" in printed("--format", "markdown")

    def test_show_versions(self, tmp_path: Path) -> None:
        """Every version of a period is a row with its day, filing and what changed; the first one is called so."""
        arguments = ("show", "ZJARG", "--item", "net_income", "--versions", "--period", "annual")
        rows = list(csv.DictReader(io.StringIO(screener(*arguments, "--format", "csv", cwd=tmp_path).stdout)))
        assert list(rows[0]) == [
            "period_end", "known_from", "net_income", "change", "form", "accession", "url", "flags",
        ]  # fmt: skip
        assert len(rows) >= 5
        assert {row["change"] for row in rows if row["known_from"][:4] == row["period_end"][:4]} == {"first"}

    def test_show_one_item(self, tmp_path: Path) -> None:
        """``--item`` alone is a list of one."""
        done = screener("show", "ZJARG", "--item", "capex", "--format", "csv", cwd=tmp_path)
        assert done.stdout.splitlines()[0] == "ticker,period_end,known_from,capex,flags"

    def test_show_is_the_page_of_a_company(self, tmp_path: Path) -> None:
        """Without a period or an item it is the page, in every format the same values; with --period all periods."""
        text = screener("show", "ZJARG", "--as-of", "2024-06-28", cwd=tmp_path).stdout
        for part in ("these companies do not exist", "Key metrics", "Quarters", "as of 2024-06-28"):
            assert part in text
        assert max(map(len, text.splitlines())) <= 120
        arguments = ("show", "ZJARG", "--as-of", "2024-06-28", "--format")
        page = json.loads(screener(*arguments, "json", cwd=tmp_path).stdout)
        rows = list(csv.DictReader(io.StringIO(screener(*arguments, "csv", cwd=tmp_path).stdout)))
        assert float(next(row["value"] for row in rows if row["name"] == "roe")) == next(
            row["value"] for row in page["metrics"] if row["name"] == "roe"
        )
        assert "## Key metrics" in screener(*arguments, "markdown", cwd=tmp_path).stdout
        all_periods = screener("show", "ZJARG", "--period", "quarter", "--format", "csv", cwd=tmp_path).stdout
        assert all_periods.startswith("ticker,period_end,known_from,revenue,")

    def test_the_page_agrees_with_the_screen_that_it_is(self) -> None:
        """A percentile of the page is that of a screen with the same factor, peers and universe."""
        from screener import api

        data = ROOT / "data" / "demo"
        screen = parse_screen("name: t\nuniverse: [not is_shell]\nlimit: 3\nrank: {V: {within: sector, by: [ev_ebit]}}")
        for row in api.run(screen, data=data).rows:
            assert row.ticker is not None
            metric = next(m for m in api.profile(row.ticker, data=data).metrics if m.name == "ev_ebit")
            assert metric.percentile == row.factors[0].percentile == 100.0
            assert metric.place == 1

    def test_explain_goes_from_the_rank_to_the_filing(self, tmp_path: Path) -> None:
        """A listed name shows its rank, the parts of a rule, its factors and the filings behind them."""
        done = screener("explain", "quality-value", _first(tmp_path), cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        for part in ("rank 1 of", "net_income > 0", "roic", "Factors", "10-"):
            assert part in done.stdout

    def test_explain_json(self, tmp_path: Path) -> None:
        """The same as strict JSON; every verdict is pass, fail or unknown with a reason."""
        found = json.loads(
            screener("explain", "quality-value", _first(tmp_path), "--format", "json", cwd=tmp_path).stdout
        )
        for verdict in found["verdicts"]:
            assert verdict["verdict"] in {"pass", "fail", "unknown"}
            assert bool(verdict["reason"]) == (verdict["verdict"] == "unknown")

    def test_data_info(self, tmp_path: Path) -> None:
        """Tables, dates and coverage, for people and as JSON."""
        assert "companies" in screener("data", "info", cwd=tmp_path).stdout
        found = json.loads(screener("data", "info", "--format", "json", cwd=tmp_path).stdout)
        assert found["demo"] is True
        assert found["tables"]["fundamentals"]["rows"] > 10_000


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("a,b", ("a", "b")),
        (" a , b ,", ("a", "b")),
        ("avg(a, 5y),b", ("avg(a, 5y)", "b")),
        ("f(g(a, b), c), d", ("f(g(a, b), c)", "d")),
        ("", ()),
    ],
)
def test_items_are_split_outside_parentheses(text: str, names: tuple[str, ...]) -> None:
    """A comma inside a call belongs to the call."""
    assert split_items(text) == names


def _first(folder: Path) -> str:
    done = screener("run", "quality-value", "--limit", "1", "--format", "json", cwd=folder)
    return str(json.loads(done.stdout)["rows"][0]["ticker"])


def test_check_goes_on_after_a_missing_file(tmp_path: Path) -> None:
    """A name that is no screen is one problem among the others."""
    done = screener("check", "nope", "quality-value", cwd=tmp_path)
    assert (done.returncode, "there is no screen 'nope'" in done.stdout) == (2, True)
    assert "2 screens checked, 1 with errors" in done.stderr


def test_a_full_stdout_is_said_once(tmp_path: Path) -> None:
    """A result that cannot be printed is one line, not a traceback."""
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    command = [sys.executable, "-m", "screener", "list"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)


def test_interrupted_query_is_no_crash(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Ctrl-C inside DuckDB arrives as a RuntimeError and ends like any other interruption."""

    def interrupted(**_: object) -> None:
        raise RuntimeError("Query interrupted")

    monkeypatch.setattr(main_module.root, "main", interrupted)
    with pytest.raises(SystemExit) as ended:
        main_module.main([])
    assert (ended.value.code, capsys.readouterr().err) == (130, "interrupted\n")
