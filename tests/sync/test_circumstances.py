"""What a machine does to a sync: a full disk, a closed home, rubbish, a proxy, its own authorities, Ctrl-C."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from screener.cli.main import root
from screener.errors import DataError, ScreenerError
from screener.lake import versions
from screener.lake.manifest import read_manifest
from screener.settings import save_contact
from screener.sync import download as downloading
from screener.sync.client import Client
from screener.sync.dataset import SOURCES, sync_data
from screener.sync.download import Wanted, download
from screener.sync.pace import Pace
from screener.sync.state import STATE_NAME, read_state
from screener.sync.verify import check_text
from tests.sync.sec_site import FACTS_ZIP, put_company, put_index, put_zips
from tests.sync.server import Handler, Site, serving

TODAY = date(2024, 3, 12)


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Two companies at a small SEC."""
    with serving(Site()) as found:
        monkeypatch.setenv("SCREENER_SEC_SITE", found.url)
        monkeypatch.setenv("SCREENER_SEC_API", found.url)
        put_zips(found, {1: 100, 2: 200})
        put_index(found, date(2024, 3, 8), [(1, "10-K")])
        yield found


def quick() -> Client:
    """Return a client that does not wait."""
    return Client("Test test@example.com", Pace(1e6, sleep=lambda _: None), timeouts=(2, 2), sleep=lambda _: None)


def fetch(out: Path) -> list[str]:
    """Fetch, build nothing, and return what is new."""
    return sync_data(out, quick(), TODAY, build=False).synced.fetched


def test_a_disk_that_fills_while_fetching(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says what to do; the old file stays, and the next sync has the new one."""
    fetch(tmp_path)
    place = tmp_path / SOURCES / "sec" / "companyfacts.zip"
    old = place.read_bytes()
    put_zips(site, {1: 110, 2: 220})

    def full(*_: Any) -> Iterator[int]:
        yield 10
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(downloading, "_append", full)
        with pytest.raises(DataError, match="the disk is full") as caught:
            sync_data(tmp_path, quick(), TODAY, whole=True, build=False)
    assert "free some space, then sync again" in caught.value.hint
    assert place.read_bytes() == old
    sync_data(tmp_path, quick(), TODAY, whole=True, build=False)
    assert place.read_bytes() == site.files[FACTS_ZIP]


def test_a_disk_that_fills_while_building(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was fetched is there, the data set is the old one; the next sync builds without fetching again."""
    sync_data(tmp_path, quick(), TODAY)
    old = read_manifest(tmp_path).data_hash
    put_zips(site, {1: 110, 2: 220})

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(versions.shutil, "move", full)
        with pytest.raises(DataError, match=r"the disk is full: the data set .* was not changed"):
            sync_data(tmp_path, quick(), TODAY, whole=True)
    assert read_manifest(tmp_path).data_hash == old
    again = sync_data(tmp_path, quick(), TODAY, whole=True)
    assert again.synced.fetched == []
    assert read_manifest(tmp_path).data_hash != old
    assert not (tmp_path / ".stage").exists()


def test_a_home_that_cannot_be_written(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings and data each say so, and nothing is asked of the SEC."""
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))

    def closed(path: Path, *_: Any, **__: Any) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))

    monkeypatch.setattr(Path, "mkdir", closed)
    with pytest.raises(ScreenerError, match="the contact cannot be kept") as caught:
        save_contact("Jane Doe jane@example.com")
    assert "SCREENER_CONTACT" in caught.value.hint
    monkeypatch.setenv("SCREENER_CONTACT", "Jane Doe jane@example.com")
    monkeypatch.delenv("SCREENER_DATA", raising=False)
    done = CliRunner().invoke(root, ["data", "sync", "--quiet"])
    assert isinstance(done.exception, DataError)
    assert "cannot be written" in done.exception.message
    assert site.asked == []


def test_sources_that_cannot_be_written(site: Site, tmp_path: Path) -> None:
    """A file in the place of a folder of sources is an error with words, not a traceback."""
    (tmp_path / SOURCES).mkdir()
    (tmp_path / SOURCES / "sec").write_text("a file")
    with pytest.raises(DataError, match="cannot write below"):
        fetch(tmp_path)


RUBBISH = {
    "nothing": b"",
    "half": b'{"files": {"sec/companyfacts.zip": {"url": "http',
    "no object": b"[1, 2]",
    "null": b"null",
    "no text": bytes(range(128, 256)),
    "deep": b"[" * 100_000,
    "no files": b'{"files": 3, "companies": {}, "filed_until": null, "zips_until": null}',
    "numbers": b'{"files": {"sec/companyfacts.zip": {"url": 1, "etag": 2, "modified": 3, "size": "4", "sha256": 5}},'
    b' "companies": {}, "filed_until": "2024-03-08", "zips_until": "2024-03-08"}',
    "no day": b'{"files": {}, "companies": {}, "filed_until": "yesterday", "zips_until": null}',
}


@pytest.mark.parametrize("name", RUBBISH)
def test_a_state_of_rubbish_costs_only_time(site: Site, tmp_path: Path, name: str) -> None:
    """What cannot be understood counts as no state: all is fetched again, and the state is sound."""
    fetch(tmp_path)
    state = tmp_path / SOURCES / STATE_NAME
    sound = read_state(state.parent)
    state.write_bytes(RUBBISH[name])
    assert len(fetch(tmp_path)) == 3
    assert read_state(state.parent).filed_until == sound.filed_until
    assert fetch(tmp_path) == []


def test_a_file_that_is_not_what_the_state_says_is_fetched_again(site: Site, tmp_path: Path) -> None:
    """Killed between a file and the note of it, or changed by hand: nobody is asked whether that has changed."""
    fetch(tmp_path)
    place = tmp_path / SOURCES / "sec" / "companyfacts.zip"
    other = place.read_bytes()[::-1]
    place.write_bytes(other)
    assert sync_data(tmp_path, quick(), TODAY, whole=True, build=False).synced.fetched == ["sec/companyfacts.zip"]
    assert place.read_bytes() == site.files[FACTS_ZIP]


def test_files_that_a_killed_sync_did_not_note_go_with_new_zip_files(site: Site, tmp_path: Path) -> None:
    """They would go before what is newer; parts that nobody goes on with are gone as well."""
    fetch(tmp_path)
    newer = tmp_path / SOURCES / "sec" / "companyfacts.newer"
    newer.mkdir(exist_ok=True)
    (newer / "CIK0000000001.json").write_text("{}")
    for name in ("CIK0000000002.json.part", "CIK0000000002.json.part.json"):
        (newer / name).write_text("{")
    sync_data(tmp_path, quick(), TODAY, whole=True, build=False)
    assert not list(newer.iterdir())


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A proxy that has the page of a host that is not there, and hands on encrypted connections."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    with serving(Site({"http://sec.invalid/files/text": b"by proxy"})) as found:
        monkeypatch.setenv("HTTP_PROXY", found.url)
        monkeypatch.setenv("HTTPS_PROXY", found.url)
        yield found


def test_a_proxy_of_the_environment_is_used(proxy: Site, tmp_path: Path) -> None:
    """What the client asks goes to the proxy; hosts in NO_PROXY are asked themselves."""
    download(quick(), Wanted("http://sec.invalid/files/text", tmp_path / "text", check_text, 100), None)
    assert (tmp_path / "text").read_bytes() == b"by proxy"
    assert [entry.path for entry in proxy.asked] == ["http://sec.invalid/files/text"]
    assert proxy.asked[0].headers["User-Agent"].endswith("Test test@example.com")


def test_no_proxy_is_asked_itself(proxy: Site, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hosts that NO_PROXY names are asked without the proxy."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    fetch(tmp_path)
    assert proxy.asked == []
    assert site.asked


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of this machine, signed by itself, with its key in the same file."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")
    folder = tmp_path_factory.mktemp("authority")
    key, found = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
         "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(found)],
        check=True, capture_output=True,
    )  # fmt: skip
    (folder / "both.pem").write_bytes(key.read_bytes() + found.read_bytes())
    return found


@pytest.fixture
def encrypted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A server that speaks TLS with that certificate."""
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "HTTPS_PROXY", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.with_name("both.pem"))
    with serving(Site({"/text": b"trusted"}), context) as found:
        yield found


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"])
def test_an_authority_of_ones_own(
    encrypted: Site, certificate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    """A server whose certificate the environment vouches for is trusted."""
    monkeypatch.setenv(variable, str(certificate))
    download(quick(), Wanted(f"{encrypted.url}/text", tmp_path / "text", check_text, 100), None)
    assert (tmp_path / "text").read_bytes() == b"trusted"


def test_nobody_else_is_trusted(encrypted: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without that nothing is fetched, at once and with a word on what to do; nor with a file that is not there."""
    wanted = Wanted(f"{encrypted.url}/text", tmp_path / "text", check_text, 100)
    with pytest.raises(DataError, match=r"cannot trust .*certificate") as caught:
        download(quick(), wanted, None)
    assert "REQUESTS_CA_BUNDLE" in caught.value.hint
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    with pytest.raises(DataError, match=r"none\.pem") as caught:
        download(quick(), wanted, None)
    assert "SSL_CERT_FILE" in caught.value.hint
    assert encrypted.asked == []


def test_a_proxy_in_front_of_an_encrypted_server(
    proxy: Site, encrypted: Site, certificate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection goes through the proxy, which is told the host and sees no more of it."""
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    download(quick(), Wanted(f"{encrypted.url}/text", tmp_path / "text", check_text, 100), None)
    assert (tmp_path / "text").read_bytes() == b"trusted"
    assert [entry.path for entry in proxy.asked] == [encrypted.url.removeprefix("https://")]


def refuses(handler: Handler, _: bytes) -> bool:
    """Ask to come again in five minutes."""
    handler.answer(429, b"", {"Retry-After": "300"})
    return True


def sleeps(handler: Handler, body: bytes) -> bool:
    """Send the beginning, and then nothing as long as somebody listens."""
    handler.close_connection = True
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body[:10])
    handler.wfile.flush()
    handler.connection.settimeout(20)
    handler.connection.recv(1)
    return True


@pytest.mark.parametrize("trick", [refuses, sleeps])
def test_ctrl_c_waits_for_nobody(site: Site, tmp_path: Path, trick: Callable[[Handler, bytes], bool]) -> None:
    """Workers that wait out a refusal, or a server that has fallen asleep, end at once; the next sync has all."""
    fetch(tmp_path)
    put_index(site, date(2024, 3, 11), [(1, "10-Q"), (2, "10-Q")])
    put_company(site, 1, 110)
    put_company(site, 2, 220)
    site.tricks.append(lambda handler, body: "/CIK" in handler.path and trick(handler, body))
    client = Client("Test test@example.com")
    client.pace.gap = 0.001
    threading.Timer(0.7, os.kill, (os.getpid(), signal.SIGINT)).start()
    began, before = time.monotonic(), threading.active_count()
    with pytest.raises(KeyboardInterrupt):
        sync_data(tmp_path, client, TODAY, build=False)
    assert time.monotonic() - began < 5
    assert threading.active_count() <= before
    site.tricks.clear()
    assert len(fetch(tmp_path)) == 4
