"""The key ``extends``: a screen that stands on another, whose keys it replaces, merges or adds to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from screener.catalogue.names import suggest
from screener.errors import ScreenError
from screener.language.document import Mapping, Node, Scalar, Sequence, Source, read_document
from screener.language.files import is_inside, read_file
from screener.language.library import SUFFIXES, screen_folders

MAX_PARENTS = 10
# A plain key replaces the parent's, these merge name by name where both are mappings.
MERGED = ("rules", "define", "columns", "params")
# Written +key, these add to the parent's list.
ADDED = ("universe", "rules", "columns", "rank", "sort", "watchlist", "exclude", "tags")
# What speaks of the parent itself.
NOT_INHERITED = ("name", "description", "notes", "extends")
PLUS = "+"


@dataclass(frozen=True, slots=True)
class Family:
    """A screen with all that it inherits: its tree, and path and SHA-256 of each parent, the nearest first."""

    root: Mapping
    parents: tuple[tuple[str, str], ...] = ()


def with_parents(source: Source, root: Mapping) -> Family:
    """Return ``root`` merged with the screens that it extends; problems are noted in the file where they stand.

    A parent is a screen in the folder of the file that names it, or a saved screen; no other file is read.
    """
    return _family(source, source, root, ())


def _family(main: Source, source: Source, root: Mapping, below: tuple[Path, ...]) -> Family:
    node = root.get("extends")
    if node is None:
        for key, _ in root.entries:
            if key.text.startswith(PLUS):
                hint = f"write {key.text[1:]}:, or name a screen with 'extends'"
                main.problem(key.span, f"'{key.text}' adds to the screen that is extended, and there is none", hint)
        return Family(_plain(root))
    below = (*below, Path(source.path).resolve()) if source.path else below
    path = _parent_path(main, source, node, below)
    if path is None:
        return Family(_plain(root))
    try:
        text, digest = read_file(path)
    except ScreenError as error:
        main.problem(node.span, f"'{path.name}' {error.problems[0].message}", error.problems[0].hint)
        return Family(_plain(root))
    parent = Source(text.removeprefix("\ufeff"), str(path))
    main.others[str(path)] = parent
    tree = read_document(parent)
    if not isinstance(tree, Mapping):
        if tree is not None:
            parent.problem(tree.span, "a screen is a list of keys", "begin with: rules:")
        return Family(_plain(root), ((str(path), digest),))
    stamped = _stamped(tree, str(path))
    assert isinstance(stamped, Mapping), "a mapping stays one"  # noqa: S101 - a bug, not an input
    family = _family(main, parent, stamped, below)
    return Family(_merged(main, family.root, root), ((str(path), digest), *family.parents))


def _plain(root: Mapping) -> Mapping:
    """Return the keys without those that add to what is not there."""
    return Mapping(tuple(entry for entry in root.entries if not entry[0].text.startswith(PLUS)), root.span)


def _parent_path(main: Source, source: Source, node: Node, below: tuple[Path, ...]) -> Path | None:
    """Return the file of the screen that ``node`` names, or ``None`` after noting why there is none."""
    written = node.text.strip() if isinstance(node, Scalar) else ""
    if not written:
        main.problem(node.span, "extends is the name of one screen, or its file", "extends: quality-value")
        return None
    folder = Path(source.path).resolve().parent if source.path else None
    named = Path(written).suffix in SUFFIXES or "/" in written or "\\" in written
    folders = ([folder] if folder is not None else []) + screen_folders()
    if named:
        tried = [folder / written] if folder is not None and not Path(written).is_absolute() else []
    else:
        tried = [place / f"{written}{suffix}" for place in folders for suffix in SUFFIXES]
    tried = [path.resolve() for path in tried if is_inside(path, folders)]
    if named and not tried:
        message = f"'{written}' is outside of the folder of this screen and of the saved screens"
        main.problem(node.span, message, "name a screen beside this one, or a saved screen")
        return None
    found = [path for path in tried if _is_file(path)]
    # A screen of one's own may take the name of the saved screen that it extends.
    others = [path for path in found if path not in below[-1:]]
    if not others:
        _not_found(main, node, written, folders, itself=bool(found))
    elif others[0] in below:
        circle = " → ".join(path.stem for path in (*below[below.index(others[0]) :], others[0]))
        main.problem(node.span, f"this screen extends itself: {circle}", "take one of them out")
    elif len(below) > MAX_PARENTS:
        main.problem(node.span, f"more than {MAX_PARENTS} screens extend each other")
    else:
        return others[0]
    return None


def _not_found(main: Source, node: Node, written: str, folders: list[Path], *, itself: bool) -> None:
    if itself:
        main.problem(node.span, f"this screen extends itself: {written}", "name another screen")
        return
    known = sorted({path.stem for folder in folders for path in folder.glob("*") if path.suffix in SUFFIXES})
    meant = suggest(Path(written).stem, known)
    hint = f"did you mean '{meant}'?" if meant else "'screener list' names the saved screens"
    main.problem(node.span, f"there is no screen '{written}' to extend", hint)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name too long for the file system is no file
        return False


def _stamped(node: Node, file: str) -> Node:
    """Return the tree with the file in every place, so that a problem is shown where it stands."""
    span = replace(node.span, file=file)
    match node:
        case Scalar():
            return replace(node, span=span)
        case Sequence():
            return Sequence(tuple(_stamped(item, file) for item in node.items), span)
        case Mapping():
            entries = tuple((replace(key, span=replace(key.span, file=file)), _stamped(value, file))
                            for key, value in node.entries)  # fmt: skip
            return Mapping(entries, span)


def _merged(main: Source, parent: Mapping, child: Mapping) -> Mapping:
    """Return the keys of both: the child's replace the parent's, merge with them by name, or add to them."""
    found = {key.text: (key, value) for key, value in parent.entries if key.text not in NOT_INHERITED}
    written = {key.text for key, _ in child.entries}
    for key, value in child.entries:
        name = key.text.removeprefix(PLUS)
        old = found[name][1] if name in found else None
        adds = name != key.text
        if adds and name not in ADDED:
            main.problem(key.span, f"'{name}' cannot be added to", f"write {name}: it replaces, {', '.join(ADDED)} add")
        elif adds and name in written:
            main.problem(key.span, f"'{name}' and '{key.text}' exclude each other", "one replaces, the other adds")
        elif old is None:
            found[name] = (replace(key, text=name), value)
        elif adds:
            found[name] = (replace(key, text=name), _added(name, old, value))
        else:
            found[name] = (key, _replaced(name, old, value))
    return Mapping(tuple(found.values()), child.span)


def _replaced(name: str, parent: Node, child: Node) -> Node:
    """Return the child's value; where both are names with values, those of the parent that the child does not have."""
    named = name in MERGED and all(isinstance(node, Mapping) and not _is_rule(node) for node in (parent, child))
    return _by_name(parent, child) if named else child


def _is_rule(node: Node) -> bool:
    from screener.language.rules import is_entry

    return isinstance(node, Mapping) and is_entry(node)


def _by_name(parent: Node, child: Node) -> Mapping:
    assert isinstance(parent, Mapping), "asked only for mappings"  # noqa: S101 - a bug, not an input
    assert isinstance(child, Mapping), "asked only for mappings"  # noqa: S101 - a bug, not an input
    found = {key.text: (key, value) for key, value in parent.entries}
    found.update({key.text: (key, value) for key, value in child.entries})
    return Mapping(tuple(found.values()), child.span)


def _added(name: str, parent: Node, child: Node) -> Node:
    """Return both one after the other; named groups keep their names, and what has none stands under the key's."""
    groups = [node for node in (parent, child) if isinstance(node, Mapping) and not _is_rule(node)]
    if name not in {"rules", "rank"} or not groups:
        return Sequence((*_items(parent), *_items(child)), child.span)
    found: dict[str, tuple[Scalar, Node]] = {}
    for node in (parent, child):
        heading = Scalar(name, ((0, node.span.line, node.span.column),), node.span)
        entries = node.entries if node in groups and isinstance(node, Mapping) else ((heading, node),)
        for key, value in entries:
            old = found.get(key.text)
            both = (*_items(old[1]), *_items(value)) if old is not None and name == "rules" else ()
            found[key.text] = (key, Sequence(both, value.span) if both else value)
    return Mapping(tuple(found.values()), child.span)


def _items(node: Node) -> tuple[Node, ...]:
    return node.items if isinstance(node, Sequence) else (node,)
