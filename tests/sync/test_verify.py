"""What arrives is looked at before it is used: whole, of the size it promises, and nothing that leaves its folder."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from screener.sync.verify import DamagedError, Limits, check_index, check_json, check_text, check_zip


def put(path: Path, members: dict[str, bytes]) -> Path:
    """Write a zip file with these members."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in members.items():
            out.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return path


def test_a_whole_file_passes(tmp_path: Path) -> None:
    """Members of any folder within are fine."""
    check_zip(put(tmp_path / "a.zip", {"CIK1.json": b"{}", "deep/er/x.txt": b"text"}))


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a/../../x", "C:\\x", "..\\x"])
def test_members_stay_in_their_folder(tmp_path: Path, name: str) -> None:
    """A path that would leave the folder is damage."""
    with pytest.raises(DamagedError, match="would leave its folder"):
        check_zip(put(tmp_path / "a.zip", {name: b"x"}))


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    """Zeros that pack a thousand to one are refused by the sizes in the directory alone."""
    path = put(tmp_path / "a.zip", {"zeros": bytes(400_000_000)})
    assert path.stat().st_size < 1_000_000
    with pytest.raises(DamagedError, match="would unpack to 400,000,000 bytes"):
        check_zip(path)


def test_a_directory_that_lies_is_seen(tmp_path: Path) -> None:
    """A member that has more than the directory says is damage, too."""
    content = bytearray(put(tmp_path / "a.zip", {"x": b"a" * 5000}).read_bytes())
    place = content.rindex(b"PK\x01\x02") + 24
    content[place : place + 4] = (10).to_bytes(4, "little")
    (tmp_path / "b.zip").write_bytes(content)
    with pytest.raises(DamagedError):
        check_zip(tmp_path / "b.zip")


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        (Limits(unpacked=50), "would unpack to 60 bytes"),
        (Limits(member=20), "'b' would unpack to 40 bytes"),
        (Limits(members=1), "2 members are more than 1"),
    ],
)
def test_limits(tmp_path: Path, limits: Limits, message: str) -> None:
    """Bytes in all, bytes of a member, and members have limits."""
    with pytest.raises(DamagedError, match=message):
        check_zip(put(tmp_path / "a.zip", {"a": b"x" * 20, "b": b"x" * 40}), limits)


def test_every_bit_counts(tmp_path: Path) -> None:
    """A bit that is turned anywhere in the packed content is found by the checksum."""
    whole = put(tmp_path / "a.zip", {"x": bytes(range(256)) * 8}).read_bytes()
    with zipfile.ZipFile(io.BytesIO(whole)) as packed:
        info = packed.getinfo("x")
        begin = info.header_offset + 30 + len(info.filename)
    for place in range(begin, begin + info.compress_size, 7):
        (tmp_path / "b.zip").write_bytes(whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :])
        with pytest.raises(DamagedError):
            check_zip(tmp_path / "b.zip")


def test_nothing_is_no_file(tmp_path: Path) -> None:
    """An empty zip file, an empty text and JSON without content are damage."""
    with pytest.raises(DamagedError, match="is empty"):
        check_zip(put(tmp_path / "a.zip", {}))
    empty = tmp_path / "b"
    for content in (b"", b"{}", b"[]", b"{", b"\xff", b"3", b"[" * 100_000):
        empty.write_bytes(content)
        with pytest.raises(DamagedError):
            check_json(empty)
    empty.write_bytes(b" \n")
    with pytest.raises(DamagedError, match="is empty"):
        check_text(empty)


def test_a_web_page_is_no_index(tmp_path: Path) -> None:
    """Servers answer with a page of theirs where a file is missing."""
    path = tmp_path / "form.idx"
    path.write_bytes(b"\n <!DOCTYPE html><title>Undergoing maintenance</title>")
    with pytest.raises(DamagedError, match="a web page"):
        check_text(path)
    path.write_bytes(b"CIK|Company Name|Form Type|Date Filed|File Name\n")
    check_text(path)


HEAD = b"Description: Daily Index\n\nCIK|Company Name|Form Type|Date Filed|File Name\n" + b"-" * 80 + b"\n"
FILING = b"1000045|NICHOLAS FINANCIAL INC|10-Q|20240208|edgar/data/1000045/0000950170-24-012345.txt\n"


@pytest.mark.parametrize("content", [HEAD, HEAD + FILING, HEAD + FILING * 2 + b"\n", HEAD + FILING.rstrip()])
def test_a_whole_index(tmp_path: Path, content: bytes) -> None:
    """Also that of a day without filings."""
    path = tmp_path / "master.idx"
    path.write_bytes(content)
    check_index(path)


@pytest.mark.parametrize(
    "content", [(HEAD + FILING * 2)[:-9], HEAD + FILING[:12], FILING, b"Try again later.\n", b"\n"]
)
def test_an_index_that_breaks_off(tmp_path: Path, content: bytes) -> None:
    """A line that is cut, and what has no head, would hide who filed."""
    path = tmp_path / "master.idx"
    path.write_bytes(content)
    with pytest.raises(DamagedError):
        check_index(path)
