"""The real files in the SEC's layout, from a server that misbehaves: complete and verified, or the old state."""

from __future__ import annotations

import io
import json
import os
import shutil
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from screener.errors import DataError
from screener.lake.connect import open_lake
from screener.lake.files import sha256_of
from screener.sync import sec
from screener.sync.client import Client
from screener.sync.dataset import SOURCES, sync_data
from screener.sync.filings import NEWER_FACTS, Copy, Synced, sync_quarters
from screener.sync.pace import Pace
from screener.sync.rate import Least
from screener.sync.state import State, read_state
from tests.sync.sec_site import FACTS_ZIP, SUBMISSIONS_ZIP, TICKERS, put_index
from tests.sync.server import Handler, Site, etag_of, serving
from tests.sync.whole_path import documented, in_a_shell, shortlist

pytestmark = pytest.mark.real

FACTS = "sec/companyfacts.zip"
QUARTER = "/files/dera/data/financial-statement-data-sets/2010q2.zip"
TODAY, MONDAY = date(2024, 3, 12), date(2024, 3, 11)
# Under Armour and Hertz; the third is nobody that the SEC has facts of.
FILERS, NOBODY = (1336917, 1657853), 42
# What is under way when a connection breaks.
PIECE = 1 << 14

Trick = Callable[[Handler, bytes], bool]


@pytest.fixture(scope="module")
def files(real: Path) -> dict[str, bytes]:
    """The real files by the address that the SEC has them at, the ticker file unpacked as it is there."""
    with zipfile.ZipFile(real / "sec" / "company_tickers_exchange.zip") as packed:
        tickers = packed.read(packed.namelist()[0])
    return {
        FACTS_ZIP: (real / "sec" / "companyfacts.zip").read_bytes(),
        SUBMISSIONS_ZIP: (real / "sec" / "submissions.zip").read_bytes(),
        TICKERS: tickers,
        QUARTER: (real / "sec" / "fsds_2010q2.zip").read_bytes(),
    }


@pytest.fixture(scope="module")
def server(files: dict[str, bytes]) -> Iterator[Site]:
    """A server with the real files in the place of the SEC."""
    with serving(Site(dict(files))) as site, pytest.MonkeyPatch.context() as patch:
        patch.setenv("SCREENER_SEC_SITE", site.url)
        patch.setenv("SCREENER_SEC_API", site.url)
        yield site


def client() -> Client:
    """Return a client that does not wait, and to which a twentieth of a second is a long time."""
    least, never = Least(1_000, 0.05), lambda _: None
    return Client("Test test@example.com", Pace(1e6, sleep=never), timeouts=(2, 1), least=least, sleep=never)


@pytest.fixture(scope="module")
def first(server: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data set that a sync made of the real files; nobody may write into it."""
    out = tmp_path_factory.mktemp("first") / "data"
    sync_data(out, client(), TODAY)
    return out


@pytest.fixture
def out(first: Path, tmp_path: Path) -> Path:
    """A data set of the real files for the test alone; its files are never written into, so that links will do."""
    shutil.copytree(first, tmp_path / "data", copy_function=os.link)
    return tmp_path / "data"


@pytest.fixture
def site(server: Site, files: dict[str, bytes], first: Path) -> Site:
    """The SEC a day later: the facts have changed, though by no more than a remark at the end of the zip file."""
    server.files, server.tricks, server.versions = dict(files), [], {}
    server.asked.clear()
    server.change(FACTS_ZIP, remarked(files[FACTS_ZIP], b"later"))
    return server


def remarked(packed: bytes, remark: bytes) -> bytes:
    """Return a zip file with a remark: other bytes with the same members."""
    assert packed[-2:] == b"\0\0", "the real file has no remark yet"
    return packed[:-2] + len(remark).to_bytes(2, "little") + remark


def fetch(out: Path) -> Synced:
    """Fetch everything that has changed; nothing is built."""
    return sync_data(out, client(), TODAY, whole=True, build=False).synced


def state_of(out: Path) -> dict[str, str]:
    """Return the hash of every file of the data set and its sources, the parts of sources left out."""
    found = [path for path in out.rglob("*") if path.is_file() and ".part" not in path.name]
    return {
        path.relative_to(out).as_posix(): sha256_of(path) for path in found if path.name not in {".lock", "state.json"}
    }


def of_facts(trick: Trick) -> Trick:
    """Return a trick that is played on requests for the facts alone."""
    return lambda handler, body: handler.path == FACTS_ZIP and trick(handler, body)


def times(count: int, trick: Trick) -> Trick:
    """Return a trick that is played so many times."""
    left = [count]

    def played(handler: Handler, body: bytes) -> bool:
        left[0] -= 1
        return left[0] >= 0 and trick(handler, body)

    return played


def said(status: int, **headers: str) -> Trick:
    """Return the trick to refuse with a status and headers."""
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler, _: handler.answer(status, b"no", fields) or True


def sent(changed: Callable[[bytes], bytes], more: int = 0) -> Trick:
    """Return the trick to send other bytes, with a length that is wrong by ``more``."""

    def played(handler: Handler, body: bytes) -> bool:
        content = changed(body)
        handler.answer(200, content, {"Content-Length": str(len(content) + more), "ETag": etag_of(body)})
        handler.close_connection = True
        return True

    return played


def flipped(content: bytes) -> bytes:
    """Return the bytes with one bit in the middle turned."""
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


def at_every_tenth(handler: Handler, body: bytes) -> bool:
    """Cut the connection at the next tenth of the file."""
    start = int(handler.headers.get("Range", "bytes=0-").removeprefix("bytes=").rstrip("-"))
    tenth = len(body) // 10
    # A piece that was under way at the cut comes before the tenth once more.
    end = ((start + PIECE) // tenth + 1) * tenth
    if end > len(body) - tenth // 2:
        return False
    span = {"Content-Range": f"bytes {start}-{len(body) - 1}/{len(body)}"} if start else {}
    handler.answer(206 if start else 200, body[start:], {"ETag": etag_of(body), **span}, send=end - start)
    return True


def ignores_conditions(handler: Handler, body: bytes) -> bool:
    """Send the rest of what is there now to whoever asks for the rest of what was there before, cut once more."""
    start = int(handler.headers.get("Range", "bytes=0-").removeprefix("bytes=").rstrip("-"))
    span = {"Content-Range": f"bytes {start}-{len(body) - 1}/{len(body)}"} if start else {}
    handler.answer(206 if start else 200, body[start:], {"ETag": etag_of(body), **span}, send=2_000_000)
    before = handler.site.files[FACTS_ZIP]
    handler.site.change(FACTS_ZIP, before[:-5] + b"again")
    return True


PASSES: dict[str, Trick] = {
    "cut at every tenth": at_every_tenth,
    "429 with Retry-After": times(2, said(429, Retry_After="7")),
    "429 without Retry-After": times(2, said(429)),
    "503 with Retry-After": times(2, said(503, Retry_After="Fri, 08 Mar 2024 12:00:30 GMT")),
    "503 without Retry-After": times(2, said(503)),
    "a length that is too long": times(1, sent(bytes, more=1_000)),
    "a length that is too short": times(1, sent(bytes, more=-1_000)),
    "truncated once": times(1, sent(lambda body: body[: len(body) // 2])),
    "a bit flipped once": times(1, sent(flipped)),
    "a trickle in the middle": times(1, lambda handler, body: handler.trickle(body, 0.01, 3_000_000)),
    "changes while it is read": times(1, ignores_conditions),
}


@pytest.mark.parametrize("name", PASSES)
def test_what_passes_ends_complete_and_verified(site: Site, out: Path, name: str) -> None:
    """The file that has changed is there as the server has it at the end, the others as they were, and no parts."""
    before = state_of(out)
    site.tricks.append(of_facts(PASSES[name]))
    assert fetch(out).fetched == [FACTS]
    assert (out / SOURCES / FACTS).read_bytes() == site.files[FACTS_ZIP]
    after = state_of(out)
    changed = {place for place in before | after if before.get(place) != after.get(place)}
    assert changed == {f"{SOURCES}/{FACTS}"}
    assert not list(out.rglob("*.part*"))
    assert read_state(out / SOURCES).files[FACTS].etag == etag_of(site.files[FACTS_ZIP])


def test_cut_at_every_tenth_nothing_is_sent_twice(site: Site, out: Path) -> None:
    """Nine cuts are ten requests, and each goes on where the one before it broke off."""
    site.tricks.append(of_facts(at_every_tenth))
    fetch(out)
    asked = [entry.headers.get("Range") for entry in site.asked if entry.path == FACTS_ZIP]
    starts = [int(span.removeprefix("bytes=").rstrip("-")) for span in asked if span]
    size = len(site.files[FACTS_ZIP])
    assert (asked[0], len(starts)) == (None, 9)
    assert all(0 <= size // 10 * (tenth + 1) - start < PIECE for tenth, start in enumerate(starts))


# What the server does, what the message says, what it advises.
FAILS: dict[str, tuple[Trick, str, str]] = {
    "429 for an hour": (said(429, Retry_After="4000"), "asked to wait 4,000 seconds", "try again later"),
    "503 for ever": (said(503), "cannot reach .*: 503", "is the network up"),
    "a length that is too long": (sent(bytes, more=1_000), "breaks off again and again", "run again to go on"),
    "a length that is too short": (sent(bytes, more=-1_000), "arrives damaged", "try again later"),
    "truncated": (sent(lambda body: body[: len(body) // 2]), "arrives damaged", "what was there is still in use"),
    "a bit flipped": (sent(flipped), "arrives damaged", "what was there is still in use"),
    "a web page": (sent(lambda _: b"<!DOCTYPE html><p>wait"), "arrives damaged", "what was there is still in use"),
    "elsewhere": (said(302, Location="http://localhost.example/x"), "redirects to another place", "not followed"),
    "a trickle": (lambda handler, body: handler.trickle(body, 0.01, 50_000), "bytes a second arrive", "run again"),
    "cut at once": (lambda handler, body: handler.answer(200, body, send=9) or True, "breaks off", "run again"),
    "moved": (said(404), "is not there", "has the SEC moved it"),
    "forbidden": (said(403), "403", "without a contact"),
}


@pytest.mark.parametrize("name", FAILS)
def test_what_does_not_pass_leaves_the_old_state(site: Site, out: Path, name: str) -> None:
    """Data set and sources are byte for byte as before, the data set opens, and the message says what to do."""
    trick, message, advice = FAILS[name]
    before = state_of(out)
    site.tricks.append(of_facts(trick))
    with pytest.raises(DataError, match=message) as caught:
        fetch(out)
    assert advice in caught.value.hint
    assert state_of(out) == before
    with open_lake(out) as lake:
        assert lake.con.execute("SELECT count(*) FROM companies").fetchall() == [(44,)]
    site.tricks.clear()
    assert fetch(out).fetched == [FACTS]
    assert (out / SOURCES / FACTS).read_bytes() == site.files[FACTS_ZIP]
    assert not list(out.rglob("*.part*"))


def put_filers(site: Site, first: Path) -> None:
    """Put an index of a Monday in place, on which two companies filed, and one without facts; and their own files."""
    for name in ("companyfacts", "submissions"):
        folder = "/api/xbrl/companyfacts" if name == "companyfacts" else "/submissions"
        with zipfile.ZipFile(first / SOURCES / "sec" / f"{name}.zip") as packed:
            for cik in FILERS:
                member = f"CIK{cik:010d}.json"
                # Of one of them the submissions are not in the real files.
                if member in packed.namelist():
                    site.change(f"{folder}/{member}", packed.read(member))
    put_index(site, MONDAY, [(cik, "10-Q") for cik in FILERS] + [(NOBODY, "8-K")])


def test_an_index_that_names_a_filer_without_facts(site: Site, first: Path, out: Path) -> None:
    """Those who filed are fetched and none of the zip files; the one without facts is said, and the day is complete."""
    put_filers(site, first)
    found = sync_data(out, client(), TODAY, build=False).synced
    assert (found.filers, found.without_facts, found.filed_until) == (3, [NOBODY], MONDAY)
    for cik in FILERS:
        content = json.loads((out / SOURCES / NEWER_FACTS / f"CIK{cik:010d}.json").read_bytes())
        assert int(content["cik"]) == cik
    assert not [entry for entry in site.asked if entry.path.endswith(".zip")]


def test_the_server_never_counts_more_than_ten_a_second(site: Site, first: Path, out: Path) -> None:
    """With the pace and the waiting of real life, four workers, and refusals now and then."""
    put_filers(site, first)
    put_index(site, MONDAY, [(cik, "10-Q") for cik in range(1, 9)])
    site.tricks.append(lambda handler, _: len(site.asked) in {5, 9} and said(429, Retry_After="0")(handler, b""))
    sync_data(out, Client("Test test@example.com"), TODAY, build=False)
    assert len(site.asked) > 16
    assert 5 < site.busiest_second() <= 10


def test_a_quarter_that_arrives_damaged_is_not_there(site: Site, tmp_path: Path) -> None:
    """A truncated Financial Statement Data Set is refused; the next sync has it, and asks for it no more."""
    copy = Copy(client(), tmp_path, State())
    site.tricks.append(sent(lambda body: body[:-1_000]))
    with pytest.raises(DataError, match="arrives damaged"):
        sync_quarters(copy, (2010, 2), date(2010, 7, 15))
    assert not list(tmp_path.rglob("*.zip"))
    site.tricks.clear()
    sync_quarters(copy, (2010, 2), date(2010, 7, 15))
    assert (tmp_path / "fsds" / "2010q2.zip").read_bytes() == site.files[QUARTER]
    assert read_state(tmp_path).files["fsds/2010q2.zip"].url == site.url + sec.FSDS_ADDRESS.format(year=2010, quarter=2)


def test_one_line_from_nothing_to_a_workbook(site: Site, files: dict[str, bytes], tmp_path: Path) -> None:
    """The line of the docs on the real files, but for the three that filed long after all others."""
    (line,) = documented()
    late = {f"CIK{cik:010d}.json" for cik in (1336917, 1657853, 1731289)}
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(files[FACTS_ZIP])) as packed, zipfile.ZipFile(buffer, "w") as out:
        for name in sorted(set(packed.namelist()) - late):
            out.writestr(name, packed.read(name))
    site.change(FACTS_ZIP, buffer.getvalue())
    done = in_a_shell(line, tmp_path, site)
    assert done.returncode == 0, done.stderr
    found = shortlist(tmp_path / "home" / "shortlist.xlsx")
    assert len(found) >= 5
    # Known by the filings: net income of 62.4 billion in 2024, hardly any debt.
    assert found["META"] == ("Meta Platforms, Inc.", "https://www.sec.gov/edgar/browse/?CIK=1326801")
    assert all(target.startswith("https://www.sec.gov/edgar/browse/?CIK=") for _, target in found.values())
