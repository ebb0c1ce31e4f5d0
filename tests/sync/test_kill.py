"""Killed at any moment, a sync leaves a data set that opens, sources that are whole or said to be parts, no rubbish."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from screener.lake.connect import open_lake
from screener.lake.files import sha256_of
from screener.lake.manifest import VERSIONS_NAME, read_manifest
from screener.sync.dataset import SOURCES
from tests.sync.sec_site import FACTS_ZIP, SUBMISSIONS_ZIP, TICKERS, put_company, put_index, put_zips
from tests.sync.server import Site, serving

ROOT = Path(__file__).resolve().parents[2]
KILLS, INTERRUPTS = 50, 10
DAY = date(2024, 3, 11)
COMPANY = "CIK0000000002.json"
# Where the sources lie, by their address.
PLACES = {
    FACTS_ZIP: "sec/companyfacts.zip",
    SUBMISSIONS_ZIP: "sec/submissions.zip",
    TICKERS: "sec/company_tickers_exchange.json",
    f"/api/xbrl/companyfacts/{COMPANY}": f"sec/companyfacts.newer/{COMPANY}",
    f"/submissions/{COMPANY}": f"sec/submissions.newer/{COMPANY}",
}
# What may be there beside a data set and its sources: one stage, one version on its way, the parts of one sync.
MOST_TIMES = 3


def content(scale: int) -> dict[str, bytes]:
    """Return a site: two companies in the zip files, and one that filed since."""
    site = Site()
    put_zips(site, {1: 100 * scale, 2: 200 * scale})
    put_index(site, DAY, [(2, "10-K")])
    put_company(site, 2, 220 * scale)
    return site.files


# Of two companies, or of the same two after one more filing of each.
SITES = (content(1), content(3))


@dataclass
class Home:
    """A home with a data set of its own, and the process that runs syncs in it."""

    out: Path
    log: Path
    forker: subprocess.Popen[str]

    def start(self) -> int:
        """Start a sync and return its process id."""
        arguments = ["data", "sync", "--data", str(self.out), "--whole", "--today", "2024-03-12"]
        return self._asked(json.dumps([str(self.log), *arguments]))

    def end(self) -> int:
        """Wait for the end of the sync and return its exit code."""
        return self._asked("")

    def _asked(self, line: str) -> int:
        assert self.forker.stdin is not None
        assert self.forker.stdout is not None
        self.forker.stdin.write(f"{line}\n")
        self.forker.stdin.flush()
        return int(self.forker.stdout.readline())

    def sync(self) -> tuple[float, str]:
        """Sync to the end; return the seconds that took, and the hash of the data set."""
        began = time.monotonic()
        self.start()
        assert self.end() == 0, self.log.read_text()
        return time.monotonic() - began, read_manifest(self.out).data_hash

    def size(self) -> tuple[int, int]:
        """Return files and bytes of everything that there is."""
        sizes = [path.stat().st_size for path in self.out.rglob("*") if path.is_file()]
        return len(sizes), sum(sizes)


@contextmanager
def home(folder: Path, site: Site) -> Iterator[Home]:
    """Give an empty home; the process ends with it."""
    environment = os.environ | {
        "PYTHONPATH": str(ROOT), "SCREENER_SEC_SITE": site.url, "SCREENER_SEC_API": site.url,
        "SCREENER_CONTACT": "Jane Doe jane@example.com", "HOME": str(folder),
    }  # fmt: skip
    command = [sys.executable, "-m", "tests.sync.forker"]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as forker:
        try:
            yield Home(folder / "data", folder / "log", forker)
        finally:
            assert forker.stdin is not None
            forker.stdin.close()


def check_data_set(out: Path, hashes: set[str]) -> None:
    """The data set opens and is one of the two, byte for byte."""
    manifest = read_manifest(out)
    assert manifest.data_hash in hashes
    for table in manifest.tables:
        assert sha256_of(out / VERSIONS_NAME / manifest.version / f"{table.name}.parquet") == table.sha256
    with open_lake(out) as lake:
        assert lake.con.execute("SELECT count(*) FROM companies").fetchall() == [(2,)]


def check_sources(folder: Path) -> None:
    """What has the name of a source is one of its two versions, whole; everything else is said to be a part."""
    if (folder / "state.json").exists():
        json.loads((folder / "state.json").read_text())
    places = {folder / place: address for address, place in PLACES.items()}
    for path in (found for found in folder.rglob("*") if found.is_file() and found.name != "state.json"):
        if path in places:
            assert path.read_bytes() in [site[places[path]] for site in SITES]
        else:
            assert ".part" in path.name or path.parent.name == ".index", path


@pytest.mark.slow
def test_fifty_kills_and_ten_interrupts(tmp_path: Path) -> None:
    """After each the data set is one of the two versions; the next sync makes the new one, and nothing piles up."""
    moments = random.Random(20240308)  # noqa: S311 - moments, not secrets
    with serving(Site(dict(SITES[1]))) as site, home(tmp_path, site) as own:
        _, newer = own.sync()
        site.files = dict(SITES[0])
        seconds, older = own.sync()
        assert older != newer
        clean = own.size()
        endings = [signal.SIGKILL] * KILLS + [signal.SIGINT] * INTERRUPTS
        moments.shuffle(endings)
        stopped = {signal.SIGKILL: 0, signal.SIGINT: 0}
        for ending in endings:
            # There is always something to do: the server has what the data set has not.
            site.files = dict(SITES[read_manifest(own.out).data_hash == older])
            child = own.start()
            time.sleep(moments.uniform(0, seconds))
            os.kill(child, ending)
            code = own.end()
            stopped[ending] += code != 0
            said = own.log.read_text()
            if ending == signal.SIGINT:
                # At the very end of the process, when all is done and said, there is nothing left to interrupt.
                late = code in {0, -signal.SIGINT}
                assert late or code == 130, said
                assert late or said.splitlines()[-1] == "interrupted"
            assert "Traceback" not in said
            check_data_set(own.out, {older, newer})
            check_sources(own.out / SOURCES)
            files, size = own.size()
            assert files <= MOST_TIMES * clean[0]
            assert size <= MOST_TIMES * clean[1]
        assert stopped[signal.SIGKILL] > KILLS / 2
        assert stopped[signal.SIGINT] > INTERRUPTS / 2
        for files, expected in ((SITES[0], older), (SITES[1], newer), (SITES[0], older)):
            site.files = dict(files)
            assert own.sync()[1] == expected
        assert own.size()[0] == clean[0]
        assert not [path for path in own.out.rglob("*") if ".part" in path.name or path.name in {".stage", ".index"}]
