"""Files arrive whole and verified or the old ones stay, whatever the server does on the way."""

from __future__ import annotations

import io
import json
import random
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from screener.errors import DataError
from screener.sync import download as module
from screener.sync.client import Client
from screener.sync.download import Fetched, Wanted, download
from screener.sync.pace import Pace
from screener.sync.verify import check_text, check_zip
from tests.sync.server import Handler, Site, etag_of, serving

PATH = "/files/companyfacts.zip"
# What is lost at most when a connection breaks.
PIECE = 1 << 14


def packed(seed: int = 1, size: int = 400_000) -> bytes:
    """Return a zip file of random bytes, so that it does not shrink."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr(zipfile.ZipInfo("CIK0000000001.json"), random.Random(seed).randbytes(size))  # noqa: S311 - content that does not shrink
    return buffer.getvalue()


@pytest.fixture
def site() -> Iterator[Site]:
    """A server with one zip file."""
    with serving(Site({PATH: packed()})) as found:
        yield found


@pytest.fixture
def slept() -> list[float]:
    """The seconds that the client would have waited."""
    return []


@pytest.fixture
def client(slept: list[float]) -> Client:
    """A client that does not wait."""
    return Client("Test test@example.com", Pace(1e6, sleep=slept.append), timeouts=(2, 0.5), sleep=slept.append)


def wanted(site: Site, folder: Path, most: int = 10_000_000) -> Wanted:
    """Return the zip file as wanted in a folder."""
    return Wanted(site.url + PATH, folder / "companyfacts.zip", check_zip, most)


def test_says_who_asks(site: Site, client: Client, tmp_path: Path) -> None:
    """The contact goes with every request, and the file is what the server has."""
    found = download(client, wanted(site, tmp_path), None)
    assert (tmp_path / "companyfacts.zip").read_bytes() == site.files[PATH]
    assert found is not None
    assert (found.new, found.size) == (True, len(site.files[PATH]))
    assert site.asked[0].headers["User-Agent"].endswith("Test test@example.com")
    assert [path.name for path in tmp_path.iterdir()] == ["companyfacts.zip"]


def test_what_has_not_changed_is_not_sent(site: Site, client: Client, tmp_path: Path) -> None:
    """With the marks of the last time the server answers 304; a new version comes whole."""
    first = download(client, wanted(site, tmp_path), None)
    again = download(client, wanted(site, tmp_path), first)
    assert again is not None
    assert not again.new
    site.change(PATH, packed(2))
    changed = download(client, wanted(site, tmp_path), again)
    assert changed is not None
    assert changed.new
    assert (tmp_path / "companyfacts.zip").read_bytes() == site.files[PATH]


@pytest.mark.parametrize("tenth", range(10))
def test_a_cut_connection_goes_on_where_it_broke(site: Site, client: Client, tmp_path: Path, tenth: int) -> None:
    """Cut at every tenth of the file: the rest is asked for by range, and nothing is sent twice."""
    content = site.files[PATH]
    count = len(content) * tenth // 10

    def trick(handler: Handler, _: bytes) -> bool:
        if len(site.asked) == 1:
            handler.answer(200, content, {"ETag": etag_of(content)}, send=count)
            return True
        return False

    site.tricks.append(trick)
    download(client, wanted(site, tmp_path), None)
    assert (tmp_path / "companyfacts.zip").read_bytes() == content
    if count:
        start = int(site.asked[1].headers["Range"].removeprefix("bytes=").rstrip("-"))
        assert count - PIECE <= start <= count


def test_a_later_call_goes_on(site: Site, client: Client, tmp_path: Path) -> None:
    """What a broken run brought is not fetched again."""
    content = site.files[PATH]
    (tmp_path / "companyfacts.zip.part").write_bytes(content[:300_000])
    about = {"url": site.url + PATH, "etag": etag_of(content), "modified": ""}
    (tmp_path / "companyfacts.zip.part.json").write_text(json.dumps(about))
    download(client, wanted(site, tmp_path), None)
    assert site.asked[0].headers["Range"] == "bytes=300000-"
    assert (tmp_path / "companyfacts.zip").read_bytes() == content


def test_a_run_that_was_killed_while_it_checked_fetches_nothing(site: Site, client: Client, tmp_path: Path) -> None:
    """All had arrived: the server says that there is no rest, and the marks are those of the run before."""
    content = site.files[PATH]
    (tmp_path / "companyfacts.zip.part").write_bytes(content)
    about = {"url": site.url + PATH, "etag": etag_of(content), "modified": "Fri, 08 Mar 2024 00:00:00 GMT"}
    (tmp_path / "companyfacts.zip.part.json").write_text(json.dumps(about))
    found = download(client, wanted(site, tmp_path), None)
    assert len(site.asked) == 1
    assert found is not None
    assert (found.etag, found.modified, found.size) == (about["etag"], about["modified"], len(content))
    assert [path.name for path in tmp_path.iterdir()] == ["companyfacts.zip"]


def test_the_rest_of_another_version_is_refused_at_once(site: Site, client: Client, tmp_path: Path) -> None:
    """A server that knows no conditions sends it all the same: its entity tag tells, before anything is written."""
    (tmp_path / "companyfacts.zip.part").write_bytes(packed(9)[:300_000])
    about = {"url": site.url + PATH, "etag": etag_of(packed(9)), "modified": ""}
    (tmp_path / "companyfacts.zip.part.json").write_text(json.dumps(about))

    def trick(handler: Handler, body: bytes) -> bool:
        if len(site.asked) > 1:
            return False
        span = {"Content-Range": f"bytes 300000-{len(body) - 1}/{len(body)}"}
        handler.answer(206, body[300_000:], {"ETag": etag_of(body), **span})
        return True

    site.tricks.append(trick)
    download(client, wanted(site, tmp_path), None)
    assert [entry.headers.get("Range") for entry in site.asked] == ["bytes=300000-", None]
    assert (tmp_path / "companyfacts.zip").read_bytes() == site.files[PATH]


def test_a_file_that_changes_while_it_is_read_starts_over(site: Site, client: Client, tmp_path: Path) -> None:
    """The rest of another version is never put behind the beginning of the first."""

    def trick(handler: Handler, body: bytes) -> bool:
        if len(site.asked) == 1:
            handler.answer(200, body, {"ETag": etag_of(body)}, send=200_000)
            site.change(PATH, packed(9))
            return True
        return False

    site.tricks.append(trick)
    download(client, wanted(site, tmp_path), None)
    assert (tmp_path / "companyfacts.zip").read_bytes() == packed(9)


@pytest.mark.parametrize("refusal", [(429, "7", 7.0), (503, "", 1.0), (429, "soon", 1.0)])
def test_refusals_that_pass_are_waited_for(
    site: Site, client: Client, tmp_path: Path, slept: list[float], refusal: tuple[int, str, float]
) -> None:
    """429 and 503 wait as long as they are told, or longer each time."""
    status, header, least = refusal
    left = [2]

    def trick(handler: Handler, _: bytes) -> bool:
        if left[0]:
            left[0] -= 1
            handler.answer(status, b"later", {"Retry-After": header} if header else {})
            return True
        return False

    site.tricks.append(trick)
    download(client, wanted(site, tmp_path), None)
    assert max(slept) >= least
    assert len(site.asked) == 3


def bit_flipped(content: bytes) -> bytes:
    """Return the bytes with one bit in the middle turned."""
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


BAD: dict[str, Callable[[Handler, bytes], bool]] = {
    "truncated zip": lambda handler, body: handler.answer(200, body[:-100]) or True,
    "bit flipped": lambda handler, body: handler.answer(200, bit_flipped(body)) or True,
    "web page": lambda handler, _: handler.answer(200, b"<!DOCTYPE html><p>no") or True,
    "wrong length": lambda handler, body: handler.answer(200, body, {"Content-Length": str(len(body) - 50)}) or True,
    "elsewhere": lambda handler, _: handler.answer(302, b"", {"Location": "http://localhost.example/x"}) or True,
    "forbidden": lambda handler, _: handler.answer(403, b"") or True,
    "always 503": lambda handler, _: handler.answer(503, b"") or True,
    "cut again and again": lambda handler, body: handler.answer(200, body, send=10) or True,
    "too large": lambda handler, body: handler.answer(200, body, {"Content-Length": "99999999999"}, send=10) or True,
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_had_leaves_the_old_file(site: Site, client: Client, tmp_path: Path, name: str) -> None:
    """Each ends with a message for people, and what was there is there."""
    (tmp_path / "companyfacts.zip").write_bytes(b"old")
    site.tricks.append(BAD[name])
    with pytest.raises(DataError):
        download(client, wanted(site, tmp_path), None)
    assert (tmp_path / "companyfacts.zip").read_bytes() == b"old"


def test_a_missing_file_is_told_from_a_failure(site: Site, client: Client, tmp_path: Path) -> None:
    """404 is an answer: there is no such file."""
    assert download(client, Wanted(site.url + "/none", tmp_path / "none", check_text, 100), None) is None
    assert not list(tmp_path.iterdir())


def test_a_full_disk_is_seen_before(
    site: Site, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is written when there is no room for it."""
    monkeypatch.setattr(module, "SPARE_BYTES", 1 << 60)
    with pytest.raises(DataError, match=r"no room for companyfacts\.zip"):
        download(client, wanted(site, tmp_path), None)


def test_at_most_ten_a_second(tmp_path: Path) -> None:
    """The server counts: however fast it answers, no second has more than ten requests."""
    with serving(Site({f"/{k}": b"text" for k in range(24)})) as site:
        client = Client("Test test@example.com")
        for k in range(24):
            found = download(client, Wanted(f"{site.url}/{k}", tmp_path / str(k), check_text, 100), None)
            assert isinstance(found, Fetched)
        assert 5 < site.busiest_second() <= 10
