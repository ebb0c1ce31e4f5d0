"""Finding screens by path and by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from screener.errors import ScreenError
from screener.language import library


def test_own_screens_come_before_shipped_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A screen in ./screens hides the shipped one of its name; others are still found."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "screens").mkdir()
    own = tmp_path / "screens" / "low-debt.yaml"
    own.write_text("rules: [roic > 5%]")
    assert library.find_screen("low-debt").resolve() == own
    assert library.find_screen("deep-value") == library.shipped_folder("screens") / "deep-value.yaml"
    names = [path.stem for path in library.saved_screens()]
    assert names[0] == "low-debt"
    assert names.count("low-debt") == 1


def test_a_path_is_a_path(tmp_path: Path) -> None:
    """An existing file is taken as it is, whatever its suffix."""
    path = tmp_path / "mine.txt"
    path.write_text("rules: [roic > 5%]")
    assert library.find_screen(str(path)) == path


def test_unknown_screens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unknown name gets a suggestion and the list; an unknown file is called a file."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ScreenError) as caught:
        library.find_screen("qualty-value")
    assert caught.value.message == "there is no screen 'qualty-value'"
    assert "did you mean 'quality-value'?" in caught.value.hint
    assert "magic-formula" in caught.value.hint
    with pytest.raises(ScreenError, match="there is no screen file"):
        library.find_screen("a/low-debt.yaml")
    for odd in ("x" * 5000, "a\0b", ""):
        with pytest.raises(ScreenError):
            library.find_screen(odd)
