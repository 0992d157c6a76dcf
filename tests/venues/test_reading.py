"""What venues share in reading: codes that don't separate their currencies, and times in any unit."""

import pytest

from feeds.venues.reading import counted_time, split_pair


@pytest.mark.parametrize(
    ("code", "pair"),
    [
        ("btcusd", ("btc", "usd")),
        ("btcgusd", ("btc", "gusd")),
        ("1inchusd", ("1inch", "usd")),
        ("usdtusd", ("usdt", "usd")),
        ("gusdusd", ("gusd", "usd")),
    ],
)
def test_a_code_is_split_by_its_quote_currency_never_by_length(  # fidelity 25
    code: str, pair: tuple[str, str]
) -> None:
    assert split_pair(code, ("usd", "gusd", "usdt")) == pair


@pytest.mark.parametrize("code", ["", "usd", "btcxyz", "gusd"[1:]])
def test_a_code_without_a_known_quote_is_refused(code: str) -> None:
    with pytest.raises(ValueError):
        split_pair(code, ("usd", "gusd"))


@pytest.mark.parametrize(
    ("value", "per_second", "time"),
    [
        ("1790000000", 1, 1_790_000_000_000),
        (1_790_000_000_123, 1000, 1_790_000_000_123),
        ("1790000000123999", 10**6, 1_790_000_000_123),
        (1_790_000_000_123_456_789, 10**9, 1_790_000_000_123),
        (0, 1000, None),
        ("0", 1000, None),
        (12, 1, None),
        ("1790000000", 1000, None),
        (None, 1, None),
    ],
)
def test_a_time_is_read_in_the_unit_that_the_venue_counts_in(  # fidelity 58, 60, 86
    value: object, per_second: int, time: int | None
) -> None:
    assert counted_time(value, per_second) == time


@pytest.mark.parametrize("wrong", [-1, 1.5, True, "1e9", "", "١", [], "9" * 40, 10**30])
def test_what_is_no_time_is_refused(wrong: object) -> None:
    with pytest.raises(ValueError):
        counted_time(wrong, 1)
