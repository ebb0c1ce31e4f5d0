"""Data sets at an address instead of in a folder: read in place, by DuckDB's extension for such places."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from screener.errors import DataError
from screener.lake.files import first_line, quoted

if TYPE_CHECKING:
    import duckdb

# What begins like an address; a Path makes one slash of two.
_ADDRESS = re.compile(r"(https?|s3|s3a|s3n|gs|gcs|r2):/+", re.IGNORECASE)
_QUERY = re.compile(r"\?[^\s\"']*")
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})
EXTENSION = "httpfs"
INSTALL = f"python -c \"import duckdb; duckdb.execute('INSTALL {EXTENSION}')\""
COPY = "a copy in a folder needs none of this"
# How the extension words the status of an answer, where it does not give it as a number.
_STATUS = re.compile(r"\(HTTP (\d{3})\b|: (\d{3}) \(|\bHTTP (\d{3})\b")
HINTS = {
    401: "the server asks who reads: give DuckDB a secret for it (docs/data.md)",
    403: "the server refuses to give it: are the credentials right? (docs/data.md)",
    404: "is the address that of the folder with manifest.json? was the data set removed or built again meanwhile?",
}
# Settings of the extension: certificates are checked, by authorities of one's own where there are any.
_CERTIFICATES = ("enable_server_cert_verification", "enable_curl_server_cert_verification")
_AUTHORITIES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")


@dataclass(frozen=True, slots=True)
class Url:
    """The address of a data set: as text it has nothing that is secret.

    query: what stands behind each file's address, like the signature of a shared folder; it is never shown.
    """

    base: str
    query: str = field(default="", repr=False)

    def __str__(self) -> str:
        return f"{self.base}?…" if self.query else self.base

    def absolute(self) -> Url:
        """Return itself: an address does not depend on where one is."""
        return self

    def file(self, name: str) -> str:
        """Return the address of a file below; not to be shown."""
        return f"{self.base}/{name}" + (f"?{self.query}" if self.query else "")

    def below(self, folder: str) -> Url:
        """Return the address of a folder below."""
        return Url(f"{self.base}/{folder}", self.query)

    def hide(self, text: str) -> str:
        """Return a text, an error of DuckDB say, without what is secret in the address."""
        return _QUERY.sub("?…", text.replace(self.query, "…")) if self.query else text


# Addresses with secrets by what is shown of them: a result that is asked for more has only that.
_known: dict[str, Url] = {}


def is_address(text: str | os.PathLike[str]) -> bool:
    """Tell whether a text, or what a ``Path`` made of one, is an address."""
    return _ADDRESS.match(os.fspath(text)) is not None


def place_of(text: str) -> Path | Url:
    """Return the folder or the address that a text names; ``DataError`` for an address that cannot be read safely."""
    if not is_address(text):
        return Path(text)
    if text in _known:
        return _known[text]
    scheme = text.partition(":")[0].lower()
    try:
        parts = urlsplit(_ADDRESS.sub(f"{scheme}://", text, count=1))
        host = parts.hostname
    except ValueError as error:
        raise DataError(f"what begins with {scheme}:// is no address: {error}") from error
    base = f"{scheme}://{parts.netloc.rpartition('@')[2]}{parts.path.rstrip('/')}"
    if "@" in parts.netloc:
        message = f"the address {base} has a name or password in it, which lands in logs and histories"
        raise DataError(message, hint="give it to DuckDB as a secret instead (docs/data.md)")
    if not host:
        raise DataError(f"{base} names no host or bucket", hint=f"like {scheme}://bucket/folder")
    if scheme == "http" and host not in _HERE:
        raise DataError(f"{base} is not read: it is not encrypted", hint="https://…")
    url = Url(base, parts.query)
    if url.query:
        _known[str(url)] = url
    return url


def refuse_address(out: Path) -> None:
    """Raise ``DataError`` where a data set would be written to an address."""
    if is_address(out):
        raise DataError(
            f"{_ADDRESS.sub(lambda found: f'{found[1]}://', str(out)).partition('?')[0]} cannot be written: data sets"
            " at addresses are only read",
            hint="build in a folder, then copy that: the folder in versions first, manifest.json last",
        )


def load_extension(con: duckdb.DuckDBPyConnection, url: Url) -> None:
    """Give the connection DuckDB's extension for addresses, with credentials; ``DataError`` if it is not installed.

    It is never installed from here: that is a download of a program.
    """
    import duckdb

    try:
        con.execute(f"LOAD {EXTENSION}")
    except duckdb.Error as error:
        said = "is not installed" if "not found" in str(error) else f"cannot be loaded: {first_line(error)}"
        message = f"{url} is read by DuckDB's extension {EXTENSION}, which {said}"
        raise DataError(message, hint=f"install it once, from DuckDB's own server: {INSTALL}\n  {COPY}") from error
    there = {name for (name,) in con.execute("SELECT name FROM duckdb_settings()").fetchall()}
    for name in _CERTIFICATES:
        if name in there:
            con.execute(f"SET {name} = true")
    own = next((os.environ[name] for name in _AUTHORITIES if os.environ.get(name)), "")
    if own and "ca_cert_file" in there:
        con.execute(f"SET ca_cert_file = {quoted(own)}")
    # Stored secrets are read now: later the connection opens no file but the tables.
    con.execute("SELECT count(*) FROM duckdb_secrets()").fetchall()
    if url.base.startswith("s3"):
        _s3_credentials(con, url)


def _s3_credentials(con: duckdb.DuckDBPyConnection, url: Url) -> None:
    """Take over the credentials of the environment, else those that the extension aws finds; else there are none."""
    import duckdb

    scope = quoted(f"{url.base}/")
    if con.execute(f"SELECT name FROM which_secret({scope}, 's3')").fetchall():
        return
    given = {
        "KEY_ID": os.environ.get("AWS_ACCESS_KEY_ID"),
        "SECRET": os.environ.get("AWS_SECRET_ACCESS_KEY"),
        "SESSION_TOKEN": os.environ.get("AWS_SESSION_TOKEN"),
        "REGION": os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION"),
    }
    if given["KEY_ID"] and given["SECRET"]:
        values = ", ".join(f"{name} {quoted(value)}" for name, value in given.items() if value)
        con.execute(f"CREATE SECRET (TYPE s3, SCOPE {scope}, {values})")
        return
    try:
        con.execute("LOAD aws")
        con.execute(f"CREATE SECRET (TYPE s3, PROVIDER credential_chain, SCOPE {scope})")
    except duckdb.Error:
        # Public buckets need none; of others the server says that it refuses.
        return


def read_text(con: duckdb.DuckDBPyConnection, url: Url, name: str) -> str:
    """Return the content of a text file below the address; ``DataError`` when it cannot be had."""
    import duckdb

    try:
        row = con.execute(f"SELECT content FROM read_text({quoted(url.file(name))})").fetchone()
    except duckdb.Error as error:
        raise failed(url, name, error) from None
    return str(row[0]) if row else ""


def failed(url: Url, what: str, error: duckdb.Error) -> DataError:
    """Return the error of a file that cannot be read, by the status of the server's answer where there is one.

    It stands alone: what DuckDB says has the whole address in it.
    """
    status = status_of(error)
    if status in HINTS:
        return DataError(f"{what} of the data set at {url} cannot be read: the server answers {status}",
                         hint=HINTS[status])  # fmt: skip
    said = url.hide((str(error).split("\n\nLINE")[0].strip().splitlines() or [type(error).__name__])[-1])
    return DataError(f"{what} of the data set at {url} cannot be read: {said}",
                     hint=f"is the network up, and the file whole? run again; {COPY}")  # fmt: skip


def status_of(error: duckdb.Error) -> int:
    """Return the status of the server's answer that DuckDB stumbled over, 0 where there is none."""
    known = getattr(error, "status_code", None)
    if isinstance(known, int) and known:
        return known
    found = _STATUS.search(str(error))
    return int(next(filter(None, found.groups()))) if found else 0
