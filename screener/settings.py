"""Where screener keeps what is a person's own on this machine: their contact for the SEC, and their data."""

from __future__ import annotations

import json
import os
import re
import tomllib
from pathlib import Path

from screener.errors import ScreenerError

CONTACT_VARIABLE = "SCREENER_CONTACT"
# A name and an address, or the address alone: what the SEC asks every program for.
_CONTACT = re.compile(r"[^\x00-\x1f\x7f]*[\w.+-]+@[\w-]+(\.[\w-]+)+[^\x00-\x1f\x7f]*")
LONGEST_CONTACT = 200
AGE_VARIABLE = "SCREENER_MAX_AGE_DAYS"
MAX_AGE_DAYS = 7
# Digits; more is a slip of the keyboard.
LONGEST_AGE = 6


def config_path() -> Path:
    """Return the file of settings, in the folder that the platform has for such files."""
    import platformdirs

    return Path(platformdirs.user_config_dir("screener", appauthor=False)) / "config.toml"


def data_home() -> Path:
    """Return the folder of the person's own data set."""
    import platformdirs

    return Path(platformdirs.user_data_dir("screener", appauthor=False)) / "data"


def read_contact() -> str:
    """Return the contact that requests carry: of ``SCREENER_CONTACT``, else of the settings; ``""`` for none yet."""
    given = os.environ.get(CONTACT_VARIABLE, "").strip()
    return checked_contact(given) if given else str(_settings().get("contact", ""))


def max_age_days() -> int | None:
    """Return how many days old data may be before a run says so: 7, unless told otherwise; ``None`` for never.

    ``SCREENER_MAX_AGE_DAYS`` goes before ``max_age_days`` of the settings; 0 and ``off`` are never. ``ScreenerError``
    for anything else.
    """
    given: object = os.environ.get(AGE_VARIABLE, "").strip()
    origin = AGE_VARIABLE
    if not given:
        given, origin = _settings().get("max_age_days", MAX_AGE_DAYS), "max_age_days"
    text = str(given).strip().lower()
    if text == "off":
        return None
    if isinstance(given, bool) or not (text.isascii() and text.isdecimal()) or len(text) > LONGEST_AGE:
        raise ScreenerError(f"{origin} is {given!r}: no number of days", hint="like 7; 0 or off for never")
    return int(text) or None


def save_contact(contact: str) -> Path:
    """Write the contact into the settings and return their file; other settings stay.

    ``ScreenerError`` when it is none, or the settings cannot be written.
    """
    path = config_path()
    before = _settings()
    found = before | {"contact": checked_contact(contact)}
    if found == before:
        return path
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Strings, numbers and truth values are written alike in JSON and TOML.
        part.write_text("".join(f"{key} = {json.dumps(value)}\n" for key, value in found.items()), encoding="utf-8")
        part.replace(path)
    except OSError as error:
        message = f"the contact cannot be kept in {path}: {error.strerror}"
        raise ScreenerError(message, hint=f"the environment variable {CONTACT_VARIABLE} goes without") from error
    return path


def checked_contact(text: str) -> str:
    """Return a contact without surrounding space; ``ScreenerError`` unless it has an e-mail address."""
    text = text.strip()
    if len(text) > LONGEST_CONTACT or not text.isprintable() or not _CONTACT.fullmatch(text):
        raise ScreenerError(
            f"{text[:60]!r} is no contact", hint="a name and an e-mail address, like Jane Doe jane@example.com"
        )
    return text


def _settings() -> dict[str, str | float]:
    path = config_path()
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ScreenerError(f"cannot read the settings {path}: {error}", hint="mend or remove that file") from error
    return {key: value for key, value in found.items() if isinstance(value, (str, int, float))}
