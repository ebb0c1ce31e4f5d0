"""New screens: from a template or from another screen, with what editors need to complete and check them."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from itertools import takewhile
from pathlib import Path
from typing import Any

from screener.errors import OutputError, ScreenError
from screener.language.files import read_file
from screener.language.library import SUFFIXES, shipped_folder
from screener.language.metric_files import load_metrics
from screener.language.own import OwnMetrics
from screener.language.resolve import load_screen, parse_screen
from screener.language.schema import schema_text, screen_schema
from screener.language.screen import Screen
from screener.language.template import template

FOLDER = Path("screens")
SCHEMA_NAME = "screen.schema.json"
MODELINE = f"# yaml-language-server: $schema={SCHEMA_NAME}"

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}")
_MODELINE = re.compile(r"#\s*yaml-language-server:")
_LINE_BREAK = re.compile(r"\r\n|[\n\r]")


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: the screen and, where it was not there, the schema beside it.

    old_schema: the schema beside it is not the one of this version. hides: a screen that comes with the package has
    the same name and is no longer found by it.
    """

    path: Path
    schema: Path | None
    old_schema: bool = False
    hides: bool = False


def new_screen(
    name: str,
    parent: Path | None = None,
    *,
    folder: Path = FOLDER,
    force: bool = False,
    metrics: OwnMetrics | None = None,
) -> Written:
    """Write the screen ``folder/name.yaml``: a commented template, or ``parent`` with its comments and a new title.

    force: replace a screen of that name. metrics: what the author's files define (default: of ``SCREENER_METRICS``).
    Raises ``ScreenError`` for a name that is none, for a screen that is there already, and with every problem of a
    parent that is not a right screen; ``OutputError`` when the file cannot be written.
    """
    name = checked_name(name)
    own = load_metrics() if metrics is None else metrics
    target, title = _target(name, folder), _title(name)
    if parent is None:
        text = template(name if _found_by_name(target) else target.name, title)
    else:
        screen = load_screen(parent, own)
        text = adapted(screen.source, title, _origin(screen))
    text = with_modeline(text)
    # Whatever the parent was: nothing is written that would not pass.
    parse_screen(text, str(target), own)
    return _write(target, text, force=force)


def copy_shipped(path: Path, *, folder: Path = FOLDER) -> Written:
    """Copy a screen that comes with the package into ``folder``, as it is, for its author to change."""
    written = _write(_target(path.stem, folder), with_modeline(read_file(path)[0]), force=False)
    return replace(written, hides=False)


def is_shipped(path: Path) -> bool:
    """Return whether a file came with the package; in its own checkout ``./screens`` is the author's."""
    folder = path.resolve().parent
    return folder == shipped_folder("screens").resolve() and folder != FOLDER.resolve()


def checked_name(text: str) -> str:
    """Return the name of a screen, without a suffix; ``ScreenError`` for what cannot be one, such as a path."""
    name = text.removesuffix(Path(text).suffix) if Path(text).suffix in SUFFIXES else text
    if not _NAME.fullmatch(name):
        hint = "letters, digits, '-' and '_', at most 80, as in my-value"
        if "/" in text or "\\" in text:
            hint += "; another folder is named with --dir"
        raise ScreenError(f"{text[:100]!r} cannot be the name of a screen", hint=hint)
    return name


def adapted(text: str, title: str, description: str) -> str:
    """Return the screen ``text`` with another name and description; everything else stays as it is written."""
    import yaml

    events = iter(yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
    flow = bool(next(event for event in events if isinstance(event, yaml.MappingStartEvent)).flow_style)
    first, values = _top_level(events)
    edits: list[tuple[int, int, str]] = []
    missing = ""
    for key, value in (("name", title), ("description", description)):
        if key in values:
            start, end = values[key].start_mark.index, values[key].end_mark.index
            written = text[start:end]
            gap = "" if written else " "
            edits.append((start, end, gap + _scalar(value, flow) + written[len(written.rstrip()) :]))
        else:
            missing += f"{key}: {_scalar(value, flow)}" + (", " if flow else _newline(text))
    edits.append((first, first, missing))
    for start, end, put in sorted(edits, reverse=True):
        text = text[:start] + put + text[end:]
    return text


def with_modeline(text: str) -> str:
    """Return a screen whose first line tells editors of its schema, in place of what the head of it said."""
    lines = text.splitlines(keepends=True)
    head = list(takewhile(lambda line: line.lstrip().startswith("#") or not line.strip(), lines))
    kept = [line for line in head if not _MODELINE.match(line.lstrip())]
    return "".join([MODELINE + _newline(text), *kept, *lines[len(head) :]])


def _top_level(events: Any) -> tuple[int, dict[str, Any]]:
    """Return where the first key of a mapping stands, and the values of its keys that are texts."""
    import yaml

    values: dict[str, Any] = {}
    first, key, depth = -1, None, 0
    for event in events:
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
            if depth < 0:
                break
        elif depth or not isinstance(event, yaml.ScalarEvent):
            continue
        elif key is None:
            mark: Any = event.start_mark
            first, key = (mark.index if first < 0 else first), event.value
            continue
        else:
            values.setdefault(key, event)
        if not depth:
            key = None
    return first, values


def _scalar(text: str, flow: bool) -> str:
    """Return a text as YAML, quoted where it has to be, which is more often inside ``{ }``."""
    import yaml

    dumped: str = yaml.safe_dump([text], width=10**6, allow_unicode=True, default_flow_style=flow).strip()
    return dumped[1:-1] if flow else dumped.removeprefix("- ")


def _title(name: str) -> str:
    words = re.sub(r"[-_]+", " ", name).strip()
    return words[:1].upper() + words[1:]


def _origin(screen: Screen) -> str:
    return f"From {screen.name}. {screen.description}".strip()


def _newline(text: str) -> str:
    found = _LINE_BREAK.search(text)
    return found[0] if found else "\n"


def _target(name: str, folder: Path) -> Path:
    """Return the file of a screen: the one that has its name already, whatever its suffix, or a new one."""
    paths = [folder / f"{name}{suffix}" for suffix in SUFFIXES]
    return next((path for path in paths if os.path.lexists(path)), paths[0])


def _found_by_name(target: Path) -> bool:
    return target.parent.resolve() == FOLDER.resolve()


def _write(target: Path, text: str, *, force: bool) -> Written:
    schema, current = target.with_name(SCHEMA_NAME), schema_text(screen_schema())
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _put(target, text, force=force)
        fresh = not os.path.lexists(schema)
        if fresh:
            _put(schema, current, force=False)
        old = not fresh and schema.read_bytes() != current.encode()
    except FileExistsError as error:
        if error.filename == str(target):
            hint = f"choose another name, replace it with --force, or change it: screener edit {target.stem}"
            raise ScreenError(f"{target} is there already", hint=hint) from None
        raise OutputError(f"{error.filename} cannot be written: {error.strerror}") from None
    except OSError as error:
        raise OutputError(f"{error.filename or target} cannot be written: {error.strerror}") from None
    hidden = [shipped_folder("screens") / f"{target.stem}{suffix}" for suffix in SUFFIXES]
    hides = _found_by_name(target) and any(path.is_file() and path.resolve() != target.resolve() for path in hidden)
    return Written(target, schema if fresh else None, old, hides)


def _put(path: Path, text: str, *, force: bool) -> None:
    """Write a file whole; without ``force`` never over something, not even over what a link points to."""
    data = text.encode()
    if not force:
        with path.open("xb") as file:
            file.write(data)
        return
    fresh = path.with_name(f".{path.name}.new")
    try:
        fresh.write_bytes(data)
        fresh.replace(path)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise
