"""Wrong screens without end: saved screens, examples and mistakes, changed at random, and what must hold for each.

Shared by the tests (2,000 inputs) and ``benchmarks/fuzz.py`` (100,000).
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path

import duckdb

from screener.catalogue import names
from screener.engine.query import build_query
from screener.errors import Problem
from screener.language.resolve import check_screen, parse_screen

ROOT = Path(__file__).resolve().parents[2]
DAY = date(2024, 3, 8)
LONGEST_SECONDS = 1.0

# What an author might hope to bring into the query, and what readers of text have stumbled over.
NASTY = (
    "'; DROP TABLE prices; --", "read_csv('/etc/passwd')", "../../x", "https://example.org/x.parquet", "/*", "*/", "--",
    ";", "''", "'", '"', "\\", "\\0", "\x00", "\ud800", "\ufeff", "\u202e", "🚀", "e\u0301", "\r\n", "\r", "\t",
    "\u2028", "&a", "*a", "!!python/object/apply:os.system", "<<: *a", "---\n", "? ", "| ", ">-\n", "{", "}", "[",
    "]", "(", ")",
    "1e308", "1e-320", "9" * 400, "0x7f", "1_0_0", "%", "bps", "nan", "inf", "^", " ^ -0.5", " ^ 99", "$1", "?", ":x",
    "attach 'x'", "pragma_version()", "select", "union all", "getenv('HOME')", "COLUMNS(*)", "quarter(", "lag(", "40q",
    "percentile(", "zscore(", "winsorize(", "when(", "count(", "coalesce(", " within sector", "@", "#", "\n", "  ",
)  # fmt: skip
WORDS = (*names.every_name(), "and", "or", "not", "in", "between", "is", "known", "15%", "300M", "5y", "8q", "'Energy'")

TOKEN = re.compile(
    r"""(?P<space>\s+)|(?P<text>'(?:[^']|'')*')|(?P<name>"(?:[^"]|"")+")|(?P<number>\d+(?:\.\d*)?(?:e[+-]?\d+)?)
      |(?P<word>[A-Za-z_]\w*)|(?P<op><>|<=|>=|::|->|\|\||[-+*/(),.=<>:\[\]])""",
    re.VERBOSE,
)


def corpus() -> list[str]:
    """Return every saved screen, every example of the language page and every wrong screen, as text."""
    files = [*(ROOT / "screens").glob("*.yaml"), *(ROOT / "tests" / "language" / "bad").rglob("*.yaml")]
    found = [path.read_bytes().decode("utf-8", "replace") for path in sorted(files)]
    page = (ROOT / "docs" / "language.md").read_text(encoding="utf-8")
    return found + re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)


def inputs(seed: int, count: int) -> Iterator[str]:
    """Yield ``count`` texts, the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    texts = corpus()
    for _ in range(count):
        made = chance.random() < 0.4
        text = _screen(chance) if made else chance.choice(texts)
        for _ in range(chance.choice((0, 0, 0, 1) if made else (0, 1, 1, 1, 2, 3, 8))):
            text = _changed(text, chance, texts)
        yield text[: 300 * 1024]


def _screen(chance: random.Random) -> str:
    """Return a screen whose expressions are made by the grammar, so that many of them have a meaning."""
    rules = "\n".join(f"  - {_number(chance, 4)} {chance.choice('<>')} {_number(chance, 2)}" for _ in range(3))
    defined = "\n".join(f"  own{k}: {_number(chance, 3)}" for k in range(3))
    return f'define:\n{defined}\nrules:\n{rules}\nrank:\n  - {{metric: "{_number(chance, 3)}", direction: lower}}\n'


def _number(chance: random.Random, depth: int) -> str:
    if depth == 0 or chance.random() < 0.2:
        return chance.choice((chance.choice(("roic", "gross_margin", "pe", "debt_assets", "own0", "own1")), "2.5"))
    one, two = _number(chance, depth - 1), _number(chance, depth - 1)
    return chance.choice((
        f"({one} {chance.choice('+-*/^')} {two})", f"avg(revenue, {chance.randint(1, 12)}q)", f"-{one}", f"sqrt({one})",
        f"min({one}, {two})", f"when({one} > {two}, {two}, {one})", f"coalesce({one}, {two})", f"log({one})",
        f"percentile({one}) within {chance.choice(('sector', 'industry', 'ff49'))}", f"clip({one}, 0, {two})",
        f"zscore({one})", f"sum_known({one}, {two})", f"count(net_income > 0, {chance.randint(1, 5)}y)", f"abs({one})",
    ))  # fmt: skip


def _changed(text: str, chance: random.Random, texts: list[str]) -> str:
    at = chance.randint(0, len(text))
    to = min(len(text), at + chance.choice((1, 1, 2, 5, 20, 100)))
    match chance.randrange(9):
        case 0:
            return text[:at] + text[to:]
        case 1:
            return text[:at] + chance.choice(NASTY) + text[at:]
        case 2:
            return text[:at] + chance.choice(NASTY) + text[to:]
        case 3:
            return text[:at] + text[at:to] * chance.choice((2, 3, 30)) + text[to:]
        case 4:
            return text[:at] + f" {chance.choice(WORDS)} " + text[at:]
        case 5:
            lines = text.split("\n")
            chance.shuffle(lines)
            return "\n".join(lines)
        case 6:
            other = chance.choice(texts)
            return text[:at] + other[chance.randint(0, len(other)) :]
        case 7:
            words = list(re.finditer(r"[\w.%]+", text))
            if not words:
                return chance.choice(NASTY)
            word = chance.choice(words)
            return (
                text[: word.start()] + chance.choice((chance.choice(WORDS), chance.choice(NASTY))) + text[word.end() :]
            )
        case _:
            return text[:at] + chr(chance.choice((chance.randint(0, 0x7F), chance.randint(0, 0x10FFFF)))) + text[at:]


def judge(text: str) -> str:
    """Fail unless ``text`` is a screen with a harmless query, or has well-placed problems, within a second.

    Returns ``query`` or ``problems``.
    """
    began = time.perf_counter()
    problems = check_screen(text, "x.yaml")
    for problem in problems:
        assert isinstance(problem, Problem)
        assert min(problem.line, problem.column, problem.length) >= 1
        assert problem.message in problem.render()
    wrong = any(problem.severity == "error" for problem in problems)
    sql = "" if wrong else build_query(parse_screen(text, "x.yaml"), [DAY]).sql
    took = time.perf_counter() - began
    assert took < LONGEST_SECONDS, f"{took:.1f} s"
    if sql:
        harmless(sql)
    return "query" if sql else "problems"


def harmless(sql: str) -> None:
    """Fail unless ``sql`` is one SELECT that says nothing outside quotes but what our own queries say.

    Steps and columns are numbered, all other words and all functions are those of :func:`vocabulary`; so no text of an
    author stands outside a quoted literal or name, and no table or file is read but the data set's.
    """
    (statement,) = duckdb.extract_statements(sql)
    assert statement.type == duckdb.StatementType.SELECT
    words, functions = vocabulary()
    before = ""
    for kind, word, called in tokens(sql):
        if kind == "word":
            assert word in (functions if called else words) or NUMBERED.fullmatch(word), f"{word!r} outside quotes"
        assert kind not in {"name", "text"} or before not in {"from", "join"}, f"{word} is read as a table"
        before = word


def tokens(sql: str) -> Iterator[tuple[str, str, bool]]:
    """Yield (kind, token in lower case, whether a word is called) of a query; fails on what is no token of ours."""
    at = 0
    while at < len(sql):
        match = TOKEN.match(sql, at)
        assert match is not None, f"no token: {sql[at : at + 40]!r}"
        at = match.end()
        if match.lastgroup != "space":
            yield str(match.lastgroup), match.group().lower(), sql[at : at + 1] == "("


@lru_cache(maxsize=1)
def vocabulary() -> tuple[frozenset[str], frozenset[str]]:
    """Return the words and the functions of queries that use every name of the catalogue and every function."""
    numbers = [name for name in names.every_name() if (entry := names.lookup(name)) and entry.value == "number"]
    columns = "".join(f"  - {name}\n" for name in numbers)
    others = "".join(f"  - {name} is known\n" for name in names.every_name() if name not in numbers)
    forms = "".join(f'  - f{k}: "{form}"\n' for k, form in enumerate(FORMS))
    whole = f"universe: [market_cap > 0]\nrules:\n{others}columns:\n{columns}{forms}"
    whole += "rank:\n  All: {within: industry, by: [roic, -pe]}\n"
    plain = "rules: [roic > 5%]\n"
    listed = (
        "watchlist: [ABCD]\nexclude: [EFGH]\nsort: [sector, -market_cap]\nmax_per: {sector: 4, industry: 2}\n"
        "normalise: true\nties: average\nrules: [{at least 2 of: [roic > 5%, pe < 15, roe > 5%]}, {not: [is_shell]},"
        " {any: [roic > 5%, pe < 15]}, {all: [roic > 5%, pe < 15]}]\n"
        "rank: [{metric: roic, missing: reweight}, {metric: roe, missing: drop}, {metric: pe, missing: neutral}]\n"
    )
    ordered = "ties: order\nmissing: reweight\nmax_per_sector: 3\nrank: {A: [roic, roe], B: [pe]}\n"
    texts = (whole, plain, listed, ordered)
    found = [token for text in texts for token in tokens(build_query(parse_screen(text), [DAY]).sql)]
    words = frozenset(word for kind, word, called in found if kind == "word" and not called)
    return words, frozenset(word for kind, word, called in found if kind == "word" and called)


# Every function, and every form that has SQL of its own.
FORMS = (
    "lag(cash, 1y)", "growth(cash, 1y)", "cagr(cash, 3y)", "avg(cash)", "avg(cash, 3y, 2)", "avg(cash, 3y)",
    "sum(revenue, 3y)", "sum(revenue, 3y, 2)", "min(cash, 3y)", "max(cash, 3y)", "min(cash, goodwill)",
    "max(cash, goodwill)", "stdev(cash, 3y)", "count(cash > 0, 3y)", "count(cash > 0, 3y) >= 2",
    "trend(cash, 3y)", "trend(cash, 3y, 2)", "own_percentile(cash, 3y)", "own_median(cash, 3y)", "annual(revenue)",
    "lag(annual(revenue), 1y)", "count_true(cash > 0, roic > 5%)", "count_true(cash > 0, roic > 5%) >= 1",
    "count(cash > 0, 3y) != 2", "count(cash > 0, 3y) < 2", "quarter(revenue)", "if_known(cash, 0)", "coalesce(cash, 0)",
    "count_known(cash, goodwill)", "sum_known(cash, goodwill)", "mean_known(cash, goodwill)", "when(cash > 0, 1, 0)",
    "abs(cash)", "log(cash)", "exp(roic)", "sqrt(cash)", "clip(roic, 0, 1)", "percentile(cash) within industry",
    "rank(cash) within sic2", "zscore(cash) within exchange", "winsorize(cash) within country", "residual(cash, roic)",
    "median(cash) within model", "quantile(cash, 75%) within size_band", "2 ^ roic", "1e300 * cash", "-cash",
    "5 + 5 * 2", "not (cash > 5)", "cash > 5 or roic > 5%", "cash between 1 and 2", "cash in [1, 2]",
    "cash not in [1, 2]", "sector in [Energy]", "cash is unknown", "period_end > 2024-01-01", "sector != 'Energy'",
)  # fmt: skip
# Steps, and the columns of verdicts, factors, chosen columns and earlier quarters.
NUMBERED = re.compile(r"(?:metrics|compared|candidates|placed|kept)_\d+|[urfchsy]\d+|f\d+_(?:pct|peers|class|known)")
