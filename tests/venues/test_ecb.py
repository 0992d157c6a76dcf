"""The ECB's files: one rate a day, and what is no file of rates."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import FeedError
from feeds.market import Quote
from feeds.venues.base import Notice
from feeds.venues.ecb import Ecb, fixed_at
from tests.venues.mutation import assert_believable

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" '
    'xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref"><gesmes:subject>Reference rates'
    "</gesmes:subject><Cube>"
)
TAIL = "</Cube></gesmes:Envelope>"
HOUR = 3_600_000
FIXED = 1_792_159_200_000  # 2026-10-16 14:00 UTC: 16:00 in Frankfurt, on summer time
venue = Ecb()


def day(date: str, **rates: str) -> str:
    cubes = "".join(f"<Cube currency='{code}' rate='{rate}'/>" for code, rate in rates.items())
    return f"<Cube time='{date}'>{cubes}</Cube>"


DAILY = (HEAD + day("2026-10-16", USD="1.1790", JPY="173.45", ISK="139") + TAIL).encode()
HISTORY = (
    HEAD
    + day("2026-10-19", USD="1.1801", JPY="173.10")
    + day("2026-10-16", USD="1.1790", JPY="173.45", BGN="1.9558")
    + day("2026-10-15", USD="1.1755", BGN="1.9558")
    + TAIL
).encode()


def test_a_rate_is_what_one_euro_costs() -> None:
    [quote] = venue.read_poll(DAILY, "ECB:EUR-USD", FIXED + HOUR)
    assert quote == Quote(
        symbol="ECB:EUR-USD", time=FIXED, received=FIXED + HOUR, last=1.179, state="delayed"
    )


@pytest.mark.parametrize(
    ("hours", "state"), [(0, "delayed"), (24, "delayed"), (25, "closed"), (60, "closed")]
)
def test_a_fixing_is_delayed_for_a_day_and_then_closed(hours: int, state: str) -> None:  # fidelity 83
    [quote] = venue.read_poll(DAILY, "ECB:EUR-JPY", FIXED + hours * HOUR)
    assert isinstance(quote, Quote) and (quote.state, quote.last) == (state, 173.45)


def test_a_rate_that_is_there_early_is_not_from_the_future() -> None:  # fidelity 57
    [quote] = venue.read_poll(DAILY, "ECB:EUR-USD", FIXED - 5 * 60_000)
    assert isinstance(quote, Quote) and quote.time == FIXED - 5 * 60_000 and quote.state == "delayed"


@pytest.mark.parametrize(
    ("date", "utc"),
    [
        ("2026-03-27", "15:00"),
        ("2026-03-30", "14:00"),
        ("2026-10-23", "14:00"),
        ("2026-10-26", "15:00"),
        ("2026-01-02", "15:00"),
    ],
)
def test_sixteen_hours_by_the_clocks_of_frankfurt(date: str, utc: str) -> None:  # fidelity 63
    midnight = fixed_at(date) // 86_400_000 * 86_400_000
    assert fixed_at(date) - midnight == int(utc[:2]) * HOUR


def test_a_currency_that_is_not_fixed_is_refused_for_good() -> None:  # fidelity 17
    for symbol in ("ECB:EUR-RUB", "ECB:USD-JPY", "ECB:EUR-EUR"):
        with pytest.raises(FeedError) as refused:
            venue.read_poll(DAILY, symbol, FIXED)
        assert refused.value.terminal


@pytest.mark.parametrize("wrong", ["", "N/A", "0", "-1", "1,5", "1e999"])
def test_a_rate_that_is_none_is_said_so(wrong: str) -> None:  # fidelity 43
    [notice] = venue.read_poll((HEAD + day("2026-10-16", USD=wrong) + TAIL).encode(), "ECB:EUR-USD", FIXED)
    assert isinstance(notice, Notice) and notice.reason.startswith("bad rate rate: USD")


def test_days_are_flat_bars_and_days_without_a_fixing_none() -> None:  # fidelity 64
    bars = venue.read_bars(HISTORY, "ECB:EUR-USD", "1d", FIXED + 3 * 24 * HOUR)
    assert [(bar.time // 86_400_000, bar.open, bar.high, bar.low, bar.close, bar.volume) for bar in bars] == [
        (20741, 1.1755, 1.1755, 1.1755, 1.1755, 0.0),
        (20742, 1.179, 1.179, 1.179, 1.179, 0.0),
        (20745, 1.1801, 1.1801, 1.1801, 1.1801, 0.0),
    ]
    assert [bar.closed for bar in bars] == [True, True, False]
    assert len(venue.read_bars(HISTORY, "ECB:EUR-BGN", "1d", FIXED)) == 2


def test_the_currencies_of_the_day_are_the_catalogue() -> None:
    listed = {each.symbol: each for each in venue.read_instruments(DAILY)}
    assert {symbol: each.tick_size for symbol, each in listed.items()} == {
        "ECB:EUR-USD": 0.0001, "ECB:EUR-JPY": 0.01, "ECB:EUR-ISK": 1.0
    }  # fmt: skip
    assert listed["ECB:EUR-ISK"].native == "ISK" and listed["ECB:EUR-ISK"].kind == "fx"
    with pytest.raises(FeedError):
        venue.read_instruments((HEAD + TAIL).encode())


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
FILE = '<!DOCTYPE x SYSTEM "file:///etc/hostname">'


@pytest.mark.parametrize("kind", [BOMB, FILE])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_is_refused(kind: str, encoding: str) -> None:
    text = DAILY.decode().replace("?>", f"?>{kind}", 1).replace("UTF-8", encoding)
    with pytest.raises(FeedError, match="document type"):
        venue.read_poll(text.encode(encoding), "ECB:EUR-USD", FIXED)


@pytest.mark.parametrize("text", [b"", b"<html><body>", b"No data", DAILY[:-9], b"\xff\xfe\x00", b"{}"])
def test_what_is_no_file_of_rates_is_an_error(text: bytes) -> None:  # fidelity 77, 78
    for read in (venue.read_poll, lambda *given: venue.read_bars(given[0], given[1], "1d", given[2])):
        with pytest.raises(FeedError, match="ECB"):
            read(text, "ECB:EUR-USD", FIXED)


def test_a_large_answer_is_not_read() -> None:
    with pytest.raises(FeedError, match="too large"):
        venue.read_poll(DAILY + b" " * 1024 * 1024, "ECB:EUR-USD", FIXED)


def test_only_days_are_asked_for() -> None:
    assert venue.bars("USD", "1m", 0, FIXED) is None
    request = venue.bars("USD", "1d", 0, FIXED)
    assert request is not None and request.path.endswith("/eurofxref-hist-90d.xml")
    assert venue.poll("USD").path == "/stats/eurofxref/eurofxref-daily.xml"


@given(at=st.integers(0, len(DAILY) - 1), wrong=st.binary(max_size=4), gone=st.integers(0, 30))
def test_mutated_files_are_read_or_are_a_feed_error(at: int, wrong: bytes, gone: int) -> None:
    body = DAILY[:at] + wrong + DAILY[at + gone :]
    try:
        assert_believable(venue.read_poll(body, "ECB:EUR-USD", FIXED))
        bars = venue.read_bars(body, "ECB:EUR-USD", "1d", FIXED)
    except FeedError:
        return
    assert all(bar.low > 0 for bar in bars)
