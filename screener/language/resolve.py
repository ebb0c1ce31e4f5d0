"""A document → a screen: every key read, every name looked up, every problem collected before anything is refused."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping as Mappings
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from screener.catalogue.peers import MIN_GROUP
from screener.errors import Problem, ScreenError
from screener.language.define import read_definitions
from screener.language.definitions import used
from screener.language.document import Mapping, Node, Scalar, Sequence, Source, TooManyProblemsError, read_document
from screener.language.extends import Family, with_parents
from screener.language.files import problems_error, read_file
from screener.language.listing import read_columns, read_max_per, read_sort
from screener.language.own import OwnMetrics
from screener.language.params import read_params
from screener.language.rank import MISSING, TIES, read_rank
from screener.language.reading import Reading, one_line
from screener.language.rules import IF_UNKNOWN, read_rules, read_universe
from screener.language.screen import NOWHERE, Screen
from screener.language.size import refuse_size
from screener.language.tickers import excluded, read_tickers, watched

if TYPE_CHECKING:
    from collections.abc import Sequence as Problems

    from screener.language.ast import Span

KEYS = (
    "name", "description", "extends", "params", "universe", "watchlist", "exclude", "rules", "rank", "columns", "sort",
    "define", "limit", "max_per_sector", "max_per", "missing", "ties", "normalise", "min_group", "if_unknown", "tags",
    "notes", "lint",
)  # fmt: skip
NO_METRICS = OwnMetrics()
_TRUTHS = ("true", "false")


@dataclass(frozen=True, slots=True)
class Given:
    """What a person gives beside the file: values of parameters, and tickers in place of the screen's watchlist."""

    params: Mappings[str, object] = field(default_factory=dict)
    watchlist: tuple[str, ...] | None = None


NOTHING = Given()


def load_screen(path: str | Path, metrics: OwnMetrics = NO_METRICS, given: Given = NOTHING) -> Screen:
    """Return the screen in the file ``path``; ``ScreenError`` with every problem, or when it cannot be read.

    metrics: what the author's files of metrics define, beside the catalogue.
    """
    text, digest = read_file(Path(path))
    return _finish(*_resolve(text, str(path), digest, metrics, given))


def parse_screen(text: str, path: str = "", metrics: OwnMetrics = NO_METRICS, given: Given = NOTHING) -> Screen:
    """Return the screen that ``text`` is; ``path`` is named in problems and gives the screen's name.

    What the text names (``extends``, a file of tickers) is read beside ``path``.
    """
    return _finish(*_resolve(text, path, _digest(text), metrics, given))


def check_screen(
    text: str, path: str = "", metrics: OwnMetrics = NO_METRICS, given: Given = NOTHING
) -> tuple[Problem, ...]:
    """Return every problem of ``text`` in the order of the lines; it is a screen when none is an error."""
    return _resolve(text, path, "", metrics, given)[1]


def check_file(path: str | Path, metrics: OwnMetrics = NO_METRICS, given: Given = NOTHING) -> tuple[Problem, ...]:
    """Return every problem of the file ``path``, also that it cannot be read."""
    try:
        text, digest = read_file(Path(path))
    except ScreenError as error:
        return error.problems
    return _resolve(text, str(path), digest, metrics, given)[1]


def _finish(screen: Screen | None, problems: Problems[Problem]) -> Screen:
    if screen is None or any(problem.severity == "error" for problem in problems):
        raise problems_error(problems)
    return replace(screen, warnings=tuple(problems))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _resolve(
    text: str, path: str, digest: str, metrics: OwnMetrics, given: Given
) -> tuple[Screen | None, tuple[Problem, ...]]:
    source = Source(text.removeprefix("\ufeff"), path)
    screen: Screen | None = None
    with suppress(TooManyProblemsError):
        screen = _read(source, text, digest, metrics, given)
    return screen, source.sorted_problems()


def _read(source: Source, text: str, digest: str, metrics: OwnMetrics, given: Given) -> Screen | None:
    screen: Screen | None = None
    root = read_document(source)
    if isinstance(root, Mapping):
        family = with_parents(source, root)
        reading = Reading(source, metrics.copy_names())
        screen = _screen(reading, family.root, text, given)
        screen = replace(screen, parents=tuple(file for file, _ in family.parents))
        screen = _with_metrics(replace(screen, sha256=_identity(screen, digest, family)), metrics)
        if not source.wrong:
            refuse_size(reading, screen)
    elif root is not None:
        source.problem(root.span, "a screen is a list of keys", "begin with: rules:")
    return screen


def _identity(screen: Screen, digest: str, family: Family) -> str:
    """Return the hash of the file, or of it and of all that the screen also is: parents, settings and tickers."""
    parts = [sha for _, sha in family.parents]
    parts += [f"{row.name}={row.value}" for row in screen.params if row.given]
    parts += [f"{key}: {' '.join(sorted(tickers))}" for key, tickers in
              (("watchlist", screen.watchlist), ("exclude", screen.exclude)) if tickers]  # fmt: skip
    return _digest("\n".join((digest, *parts))) if parts else digest


def _screen(reading: Reading, root: Mapping, text: str, given: Given) -> Screen:
    found = reading.keys(root, KEYS, "a screen")
    params = read_params(reading, found.get("params"), given.params)
    definitions = read_definitions(reading, found.get("define"), "define")
    default = reading.choice(found.get("if_unknown"), "if_unknown", IF_UNKNOWN, "fail")
    title = reading.text(found.get("name"), "name")
    _accept_notes(reading, found)
    if not {"universe", "rules", "rank", "watchlist", "extends"} & found.keys() and given.watchlist is None:
        reading.problem(root.span, "this screen has no universe, no rules and no rank", "begin with: rules:")
    own = given.watchlist is None
    watchlist = read_tickers(reading, found.get("watchlist"), "watchlist") if own else given.watchlist or ()
    exclude = read_tickers(reading, found.get("exclude"), "exclude")
    name = Path(reading.source.path).stem or _slug(title)
    return Screen(
        name=name,
        title=title or name,
        description=one_line(reading.text(found.get("description"), "description")),
        # A default for unknowns speaks of the rules: who belongs to the universe has to be known.
        universe=(
            *((watched(watchlist, _place(found.get("watchlist"))),) if watchlist else ()),
            *((excluded(exclude, _place(found.get("exclude"))),) if exclude else ()),
            *read_universe(reading, found.get("universe")),
        ),
        rules=read_rules(reading, found.get("rules"), default),
        rank=read_rank(reading, found.get("rank")),
        columns=read_columns(reading, found.get("columns")),
        limit=reading.whole(found.get("limit"), "limit", None),
        missing=reading.choice(found.get("missing"), "missing", MISSING, "worst"),
        min_group=reading.whole(found.get("min_group"), "min_group", MIN_GROUP) or MIN_GROUP,
        definitions=definitions,
        source=text,
        path=reading.source.path,
        ties=reading.choice(found.get("ties"), "ties", TIES, "best"),
        normalise=reading.choice(found.get("normalise"), "normalise", _TRUTHS, "false") == "true",
        sort=read_sort(reading, found.get("sort")),
        max_per=read_max_per(reading, found.get("max_per"), found.get("max_per_sector")),
        watchlist=watchlist,
        exclude=exclude,
        params=params,
    )


def _place(node: Node | None) -> Span:
    return node.span if node is not None else NOWHERE


def _with_metrics(screen: Screen, metrics: OwnMetrics) -> Screen:
    """Add what the screen uses of the author's files to it, and those files to its hash."""
    own = screen.definitions
    expressions = [rule.expr for rule in (*screen.universe, *screen.rules)]
    expressions += [factor.expr for factor in screen.factors()] + [column.expr for column in screen.columns]
    expressions += [entry.expr for entry in screen.sort]
    expressions += [expr for definition in own.values() for expr in definition.expressions()]
    taken = used(expressions, metrics.definitions())
    files = sorted({metrics.files[definition.file] for definition in taken.values()})
    digest = _digest("\n".join((screen.sha256, *files))) if files else screen.sha256
    return replace(screen, definitions={**taken, **own}, sha256=digest)


def _slug(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "screen"


def _accept_notes(reading: Reading, found: dict[str, Node]) -> None:
    reading.text(found.get("notes"), "notes")
    _accept_consents(reading, found.get("lint"))
    tags = found.get("tags")
    for tag in tags.items if isinstance(tags, Sequence) else (tags,):
        reading.text(tag, "a tag")


def _accept_consents(reading: Reading, node: Node | None) -> None:
    """Read ``lint: {ignore: [S012]}``; whether there are such codes is for lint to tell."""
    if node is None:
        return
    if not isinstance(node, Mapping):
        reading.problem(node.span, "lint says which warnings to ignore", "lint: {ignore: [S030]}")
        return
    ignored = reading.keys(node, ("ignore",), "lint").get("ignore")
    for item in reading.items(ignored, "ignore") if ignored is not None else ():
        written = reading.text(item, "a code")
        if isinstance(item, Scalar) and not re.fullmatch(r"[Ss][0-9]{3}", written):
            reading.problem(item.span, f"'{written}' is not a code of a warning", "a code is written S030")
