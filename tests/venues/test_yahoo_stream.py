"""Yahoo's streamer: its protobuf read by hand, its times and volumes, and all that may be wrong with it."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.market import Quote
from feeds.venues.base import Notice
from feeds.venues.yahoo import Yahoo
from feeds.venues.yahoo_stream import pricing
from tests.fakes.yahoo_streamer import double, enveloped, float32, plain, sint, text
from tests.venues.mutation import assert_believable, mutations

TIME = 1_790_010_000_000
SHARE = text(1, "AAPL") + float32(2, 307.2) + sint(3, TIME) + text(5, "NMS") + plain(6, 8) + plain(7, 1)
SHARE += sint(9, 5_422_202) + float32(12, -2.18) + sint(27, 2)
COIN = text(1, "BTC-USD") + float32(2, 50_000.0) + sint(3, TIME) + text(4, "USD") + plain(6, 41)
COIN += sint(9, 2_000_000) + float32(10, 51_000.0) + float32(11, 49_000.0) + double(33, 1e12)


def told(data: bytes, received: int = TIME) -> Quote:
    [quote] = Yahoo().parse(enveloped(data), received)
    assert isinstance(quote, Quote)
    return quote


def test_a_share_is_told_with_its_previous_close_and_without_dust() -> None:  # fidelity 46, 62
    assert told(SHARE, TIME + 500) == Quote(
        symbol="YAHOO:AAPL", time=TIME, received=TIME + 500, last=307.2, open=309.38, volume=5_422_202.0
    )


def test_the_first_version_sends_the_text_alone() -> None:
    bare = base64.b64encode(SHARE).decode()
    assert Yahoo().parse(bare, TIME) == Yahoo().parse(enveloped(SHARE), TIME)
    assert Yahoo().parse(bare.encode(), TIME) == Yahoo().parse(bare, TIME)


def test_a_coin_has_high_low_and_its_volume_in_coins() -> None:  # fidelity 50
    quote = told(COIN)
    assert (quote.high, quote.low, quote.volume, quote.state) == (51_000.0, 49_000.0, 40.0, "live")


def test_what_is_left_out_is_not_zero() -> None:  # fidelity 42
    quote = told(text(1, "EURUSD=X") + float32(2, 1.15327) + sint(3, TIME) + plain(6, 14) + sint(9, 7))
    assert quote.symbol == "YAHOO:EUR-USD" and quote.last == 1.15327
    assert quote.open is quote.high is quote.volume is quote.bid is quote.ask is None


@pytest.mark.parametrize(
    ("hours", "late", "state"),
    [(1, 0, "live"), (1, 121_000, "delayed"), (0, 0, "closed"), (2, 0, "closed"), (3, 0, "closed"),
     (4, 0, "closed")],
)  # fmt: skip
def test_the_hours_say_whether_it_is_the_price_of_now(
    hours: int, late: int, state: str
) -> None:  # fidelity 33
    data = text(1, "AAPL") + float32(2, 1.5) + sint(3, TIME) + plain(6, 8) + plain(7, hours)
    assert told(data, TIME + late).state == state


def test_a_wanted_symbol_keeps_the_name_it_was_wanted_by() -> None:  # fidelity 24
    venue = Yahoo()
    assert venue.learn("YAHOO:USD-JPY") == "JPY=X"
    [quote] = venue.parse(enveloped(text(1, "JPY=X") + float32(2, 159.355) + sint(3, TIME)), TIME)
    assert quote.symbol == "YAHOO:USD-JPY" and quote.last == 159.355


def test_every_message_of_ours_is_a_list_of_texts() -> None:  # fidelity 13
    venue = Yahoo()
    assert [json.loads(each) for each in venue.subscribe(["AAPL", "^GSPC"])] == [
        {"subscribe": ["AAPL", "^GSPC"]}
    ]
    assert [json.loads(each) for each in venue.unsubscribe(["AAPL"])] == [{"unsubscribe": ["AAPL"]}]
    assert venue.mode == "stream" and venue.chunk == 100 and venue.stream_url().endswith("?version=2")


@pytest.mark.parametrize(
    "wrong",
    [
        SHARE[:-1],
        text(1, "AAPL")[:-2],
        b"\x10" + b"\xff" * 11,
        b"\x0b",  # a wire type that is no longer used
        plain(2, 7),
        text(1, "\x00"),
        b"\x0a\x02\xff\xfe",
        b"",
    ],
)
def test_what_is_no_pricing_is_bad(wrong: bytes) -> None:
    [notice] = Yahoo().parse(enveloped(wrong), TIME)
    assert isinstance(notice, Notice) and notice.kind == "bad"
    assert notice.reason.startswith("bad pricing message: ")


def test_a_bad_field_costs_only_itself() -> None:
    quote, notice = Yahoo().parse(enveloped(SHARE + float32(10, -5.0)), TIME)
    assert isinstance(quote, Quote) and quote.last == 307.2 and quote.high is None
    assert isinstance(notice, Notice) and notice.reason.startswith("bad pricing day_high: AAPL")


def test_without_a_price_there_is_no_quote() -> None:
    [notice] = Yahoo().parse(enveloped(text(1, "AAPL") + sint(3, TIME)), TIME)
    assert isinstance(notice, Notice) and notice.reason.startswith("bad pricing price: AAPL")


def test_other_types_and_other_texts_are_no_prices() -> None:  # fidelity 88
    [other] = Yahoo().parse('{"type":"notice","message":"x"}', TIME)
    assert other.kind == "ignored"
    for raw in ("not base64!", "{", '{"type":"pricing","message":5}', b"\xff"):
        [notice] = Yahoo().parse(raw, TIME)
        assert notice.kind == "bad", raw


@given(value=st.integers(-(2**63), 2**63 - 1), number=st.sampled_from([3, 9, 22, 24, 26, 27]))
def test_whole_numbers_come_back_whatever_their_sign(value: int, number: int) -> None:  # fidelity 62
    found = pricing(base64.b64encode(sint(number, value)).decode())
    assert list(found.values()) == ([value] if value else [])


@given(at=st.integers(0, len(SHARE + COIN) - 1), byte=st.integers(0, 255), cut=st.booleans())
def test_a_byte_gone_wrong_raises_nothing(at: int, byte: int, cut: bool) -> None:
    for good in (SHARE, COIN):
        data = good[: at % len(good)] + (b"" if cut else bytes([byte]) + good[at % len(good) + 1 :])
        assert_believable(Yahoo().parse(enveloped(data), TIME))


@given(raw=mutations([json.loads(enveloped(SHARE))]))
def test_mutated_envelopes_raise_nothing(raw: str) -> None:
    assert_believable(Yahoo().parse(raw, TIME))
