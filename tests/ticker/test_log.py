"""The one log: lines, names before them, and what must not reach a terminal."""

import asyncio

import pytest

from ticker.log import LONGEST_LINE, Log


@pytest.fixture
def said(capfd):
    """Return a function that gives the lines written so far."""

    def lines(log: Log) -> list[str]:
        log.flush(5)
        return capfd.readouterr().out.splitlines()

    return lines


async def follow(log: Log, *chunks: bytes, unsaid: tuple[str, ...] = ()) -> None:
    stream = asyncio.StreamReader()
    for chunk in chunks:
        stream.feed_data(chunk)
    stream.feed_eof()
    await log.follow("web", stream, unsaid)


async def test_each_line_has_its_name_whatever_the_chunks(said):
    log = Log(width=6)
    log.say("live", "begin")
    await follow(log, b"one\ntw", b"o\r\n\nthree")
    assert said(log) == ["live   | begin", "web    | one", "web    | two", "web    | ", "web    | three"]


async def test_a_line_without_an_end_is_cut(said):
    log = Log(width=3)
    await follow(log, b"x" * (LONGEST_LINE + 1), b"y\n")
    assert "".join(line.removeprefix("web | ") for line in said(log)) == "x" * (LONGEST_LINE + 1) + "y"


async def test_nothing_steers_the_terminal_and_bad_bytes_are_no_error(said):
    log = Log(width=3)
    await follow(log, b"\x1b[2Jprice\tof \xff\xe2\x82\xac\n")
    (line,) = said(log)
    assert line == "web | ?[2Jprice\tof \ufffd€"


async def test_lines_of_no_concern_are_left_out(said):
    log = Log(width=3)
    await follow(log, b"keep\nWARNING Memory overcommit!\nthis too\n", unsaid=("Memory overcommit",))
    assert said(log) == ["web | keep", "web | this too"]
