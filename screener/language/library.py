"""Finding screens: a path, a screen saved in the current folder, or one that comes with the package."""

from __future__ import annotations

from pathlib import Path

from screener.catalogue.names import suggest
from screener.errors import ScreenError

SUFFIXES = (".yaml", ".yml")

# Kind → (folder inside an installed package, folder of a checkout).
_FOLDERS = {"screens": ("_shipped/screens", "screens"), "demo": ("_shipped/demo", "data/demo")}


def shipped_folder(kind: str) -> Path:
    """Return the folder of what comes with the package: ``screens`` or ``demo``; it need not exist."""
    installed, checkout = _FOLDERS[kind]
    package = Path(__file__).resolve().parent.parent
    inside = package / installed
    return inside if inside.is_dir() else package.parent / checkout


def screen_folders() -> list[Path]:
    """Return the folders of saved screens: ./screens, then that of the shipped ones."""
    return [Path("screens"), shipped_folder("screens")]


def saved_screens() -> list[Path]:
    """Return the saved screens by name: those of ./screens first, then the shipped ones that they do not hide."""
    found: dict[str, Path] = {}
    for folder in screen_folders():
        files = sorted(path for path in folder.glob("*") if path.suffix in SUFFIXES) if folder.is_dir() else []
        own = {path.stem: path for path in reversed(files)}
        for name in sorted(own):
            found.setdefault(name, own[name])
    return list(found.values())


def find_screen(name_or_path: str) -> Path:
    """Return the file of a screen: an existing path, else a saved screen's name; ``ScreenError`` for neither."""
    path = Path(name_or_path)
    if _is_file(path):
        return path
    saved = {screen.stem: screen for screen in saved_screens()}
    if name_or_path in saved:
        return saved[name_or_path]
    if path.suffix in SUFFIXES or len(path.parts) > 1:
        meant = suggest(path.stem, saved)
        hint = f"did you mean the saved screen '{meant}'?" if meant else "'screener list' names the saved screens"
        raise ScreenError(f"there is no screen file '{name_or_path}'", hint=hint)
    meant = suggest(name_or_path, saved)
    listed = "saved screens: " + (", ".join(saved) or "none")
    raise ScreenError(
        f"there is no screen '{name_or_path}'", hint=f"did you mean '{meant}'? {listed}" if meant else listed
    )


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name too long for the file system, or with a NUL in it, is no file
        return False
