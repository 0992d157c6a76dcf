"""A symbol is read, made upper case, or refused with a text that says what is right."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from feeds.errors import BadSymbol
from feeds.symbols import SHOWN, name_of, parse_symbol, shown, venue_of

VENUES = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.", min_size=1, max_size=24)
NAMES = st.text(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_^=/", min_size=1, max_size=32
)
VENUE_LETTERS = set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.")
NAME_LETTERS = VENUE_LETTERS | set("-^=/")

MALICIOUS = [
    "user_42",
    "t.1\n",
    "SIM:BTC-USD\n",
    "\nSIM:BTC-USD",
    " SIM:BTC-USD",
    "SIM:BTC-USD ",
    "../../",
    "SIM:../../etc passwd",
    "BTC٣",
    "SIM:BTC٣",
    "SIM:ＢＴＣ-USD",
    "ſIM:BTC-USD",
    "SIM:" + "A" * 1000,
    "A" * 1000,
    "\u202eSIM:BTC-USD",
    "'; DROP",
    "SIM:'; DROP TABLE--",
    "<img onerror>",
    "SIM:<img onerror=alert(1)>",
    "*",
    "SIM:*",
    "*:*",
    "asgi__group__x",
    "SIM:BTC-USD:2",
    "SIM:\x00",
    "SIM:BTC-USD\x00",
    "SIM:\ud800",
    "SIM: BTC",
    "SIM:",
    ":BTC-USD",
    ":",
    "",
    "A" * 25 + ":BTC",
    "SIM:" + "A" * 33,
    "SIM-2:BTC",
    "SIM/2:BTC",
]


def is_legal(text: str) -> bool:
    """Section 3 of the contract, in plain words."""
    venue, colon, name = text.upper().partition(":")
    letters = text.isascii() and set(venue) <= VENUE_LETTERS and set(name) <= NAME_LETTERS
    return bool(colon) and letters and 1 <= len(venue) <= 24 and 1 <= len(name) <= 32


@given(VENUES, NAMES)
def test_everything_legal_is_taken_in_upper_case_and_stays_as_it_is(venue: str, name: str) -> None:
    symbol = parse_symbol(f"{venue}:{name}")
    assert symbol == f"{venue}:{name}".upper()
    assert parse_symbol(symbol) == symbol
    assert (venue_of(symbol), name_of(symbol)) == (venue.upper(), name.upper())


@given(st.text() | st.text("ABab:.-_^=/ \n=", max_size=70))
@example("A" * 24 + ":" + "B" * 32)
@example("ß:ſ")
def test_a_text_is_taken_exactly_when_it_is_legal(text: str) -> None:
    if is_legal(text):
        assert parse_symbol(text) == text.upper()
    else:
        with pytest.raises(BadSymbol):
            parse_symbol(text)


@pytest.mark.parametrize("text", MALICIOUS)
def test_the_malicious_are_refused_with_a_text_that_is_safe_to_send(text: str) -> None:
    with pytest.raises(BadSymbol) as refusal:
        parse_symbol(text)
    said = str(refusal.value)
    assert all(" " <= letter <= "~" or letter == "…" for letter in said)
    assert len(said) < 150
    assert "VENUE:NAME" in said or "a venue is" in said or "a name is" in said


@pytest.mark.parametrize("thing", [None, 1, 1.5, True, b"SIM:BTC-USD", ["SIM:BTC-USD"], {}, object()])
def test_what_is_no_text_is_no_symbol(thing: object) -> None:
    with pytest.raises(BadSymbol, match="a symbol is a text like COINBASE:BTC-USD"):
        parse_symbol(thing)


@given(st.text() | st.integers() | st.none() | st.lists(st.text()))
def test_what_is_shown_of_a_text_is_short_and_plain(thing: object) -> None:
    said = shown(thing)
    assert len(said) <= SHOWN + 1
    assert all(" " <= letter <= "~" for letter in said.removesuffix("…"))
    if isinstance(thing, str) and len(thing) <= SHOWN and thing.isascii() and thing.isprintable():
        assert said == thing
