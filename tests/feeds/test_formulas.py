"""A formula is read by its grammar or refused with the place; what it is worth is what Python says it is."""

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from feeds.errors import BadSymbol
from feeds.formulas import DEEPEST, LONGEST, MOST_LEGS, ends_of, parse_formula, value_of
from feeds.symbols import FORMULA, formula_of, is_formula, legs_of, name_of, parse_symbol, shown, venue_of

SYMBOLS = [
    "SIM:BTC-USD",
    "KRAKEN:XBT-EUR",
    "YAHOO:EURUSD=X",
    "YAHOO:^GSPC",
    "X.Y:BRK/B",
    "1A:2",
    "DESK:MY-INDEX",
]
SPELLINGS = {"+": "+", "-": "-−–", "*": "*×·", "/": "/÷∕"}
PRICES = st.floats(0.001, 1e6)


@st.composite
def written(draw: st.DrawFn) -> tuple[str, str, str]:
    """A formula as somebody may type it, its canonical form, and the same as Python writes it."""

    def blanks(least: int = 0) -> str:
        return " " * draw(st.integers(least, 2))

    def node(depth: int) -> tuple[str, str, str]:
        kind = draw(
            st.sampled_from(["leg", "number", "bracket", "join", "join"] if depth else ["leg", "number"])
        )
        if kind == "leg":
            symbol = draw(st.sampled_from(SYMBOLS))
            typed = symbol.lower() if draw(st.booleans()) else symbol
            return typed, symbol, f"p[{symbol!r}]"
        if kind == "number":
            plain = draw(st.from_regex(r"(0|[1-9][0-9]{0,4})(\.[0-9]{0,3}[1-9])?", fullmatch=True))
            padding = draw(st.sampled_from(["", "0"]))
            return padding + plain, plain, f"F({plain!r})"
        if kind == "bracket":
            inner = node(depth - 1)
            return f"({blanks()}{inner[0]}{blanks()})", f"({inner[1]})", f"({inner[2]})"
        left, right = node(depth - 1), node(depth - 1)
        sign = draw(st.sampled_from("+-*/"))
        typed = f"{left[0]}{blanks(1)}{draw(st.sampled_from(SPELLINGS[sign]))}{blanks()}{right[0]}"
        return typed, f"{left[1]} {sign} {right[1]}", f"{left[2]} {sign} {right[2]}"

    typed, canonical, python = node(3)
    assume(1 <= canonical.count(":") <= MOST_LEGS)
    typed, canonical = f"={blanks()}{typed}{blanks()}", f"={canonical}"
    assume(len(typed) <= LONGEST and len(canonical) <= LONGEST)
    return typed, canonical, python


# --------------------------------------------------------------------------- reading
@given(written())
def test_however_it_is_typed_one_form_comes_out_and_stays(formula: tuple[str, str, str]) -> None:
    typed, canonical, _ = formula
    assert parse_symbol(typed) == canonical
    assert parse_symbol(canonical) == canonical
    legs = [symbol for symbol in re.split(r"[ ()]", canonical[1:]) if ":" in symbol]
    assert legs_of(canonical) == tuple(dict.fromkeys(legs))
    assert is_formula(canonical) and venue_of(canonical) == FORMULA and name_of(canonical) == canonical[1:]


@given(written(), st.fixed_dictionaries(dict.fromkeys(SYMBOLS, PRICES)))
def test_it_is_worth_what_python_says(formula: tuple[str, str, str], prices: dict[str, float]) -> None:
    assert value_of(formula_of(formula[1]), prices) == python_says(formula[2], prices)


def python_says(python: str, prices: dict[str, float]) -> float | None:
    try:
        value = eval(python, {"p": prices, "F": float})
    except (ZeroDivisionError, OverflowError):
        return None
    return value if abs(value) < float("inf") else None


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("=COINBASE:BTC-USD - KRAKEN:BTC-USD", "=COINBASE:BTC-USD - KRAKEN:BTC-USD"),
        ("=(SIM:ETH-USD / SIM:BTC-USD)", "=(SIM:ETH-USD / SIM:BTC-USD)"),
        ("=(sim:eth-usd÷sim:btc-usd)", "=(SIM:ETH-USD / SIM:BTC-USD)"),
        ("= sim:a-b", "=SIM:A-B"),
        ("=SIM:A -SIM:B", "=SIM:A - SIM:B"),
        ("=SIM:A−SIM:B", "=SIM:A - SIM:B"),
        ("=SIM:A+SIM:B*SIM:C", "=SIM:A + SIM:B * SIM:C"),
        ("=2-SIM:A", "=2 - SIM:A"),
        ("=(SIM:A)/2", "=(SIM:A) / 2"),
        ("=SIM:A / 2", "=SIM:A / 2"),
        ("=SIM:A/2", "=SIM:A/2"),
        ("=SIM:A * 007.50", "=SIM:A * 7.5"),
        ("=0.0 + SIM:A", "=0 + SIM:A"),
        ("=1.5:A + 1.5", "=1.5:A + 1.5"),
    ],
)
def test_where_a_name_ends(text: str, canonical: str) -> None:
    assert parse_symbol(text) == canonical


@pytest.mark.parametrize(
    ("text", "at", "said"),
    [
        ("=", 2, "is missing at the end"),
        ("=   ", 5, "is missing at the end"),
        ("=SIM:A +", 9, "is missing at the end"),
        ("=()", 3, "is missing before )"),
        ("=SIM:A * / 2", 10, "is missing before /"),
        ("=-SIM:A", 2, "write 0 - VENUE:NAME for a sign"),
        ("=(SIM:A", 8, "the ( of character 2 is never closed"),
        ("=SIM:A)", 7, "closes nothing"),
        ("=SIM:A SIM:B", 8, "an operator (+ - * /) is missing before S; after a name - and / need a space"),
        ("=SIM:A- SIM:B", 9, "after a name - and / need a space"),
        ("=SIM:A-SIM:B", 11, "after a name - and / need a space"),
        ("=(SIM:A 2)", 9, "an operator (+ - * /) is missing before 2"),
        ("=SIM:A % 2", 8, "an operator (+ - * /) is missing before %"),
        ("=SIM:A + BTC-USD", 10, "BTC is neither a symbol nor a number"),
        ("=SIM:A + 1e5", 10, "1e5 is neither a symbol nor a number"),
        ("=SIM:A + 1234567890123456", 10, "at most 15 digits"),
        ("=SIM: + 1", 2, "a name is 1-32 of"),
        ("=" + "A" * 25 + ":B", 2, "a venue is 1-24 of"),
        ("=SIM:A + =SIM:B", 10, "a formula can't stand in a formula"),
        ("=SIM:A + §", 10, "no meaning (?)"),
        ("=SIM:A\n+ 1", 7, "an operator (+ - * /) is missing before ?"),
        ("=SIM:A + ٣", 10, "no meaning"),
        ("=" + "(" * 17 + "SIM:A" + ")" * 17, 18, f"more than {DEEPEST} deep"),
    ],
)
def test_what_is_wrong_and_where(text: str, at: int, said: str) -> None:
    with pytest.raises(BadSymbol) as refusal:
        parse_symbol(text)
    assert f"at character {at}: " in str(refusal.value) and said in str(refusal.value)
    assert all(" " <= letter <= "~" or letter == "…" for letter in str(refusal.value))


def test_its_bounds() -> None:
    assert parse_symbol("=" + "(" * DEEPEST + "SIM:A" + ")" * DEEPEST)
    eight = "=" + " + ".join(f"SIM:A{n}" for n in range(MOST_LEGS))
    assert parse_symbol(eight) == eight
    with pytest.raises(BadSymbol, match="at most 8 symbols, not 9"):
        parse_symbol(eight + " + SIM:A8")
    with pytest.raises(BadSymbol, match="no symbol in it"):
        parse_symbol("=1 + 2")
    with pytest.raises(BadSymbol, match="at most 200 characters, not 201"):
        parse_symbol("=SIM:A" + " " * 195)
    tight = "=SIM:A" + "+1" * 97
    with pytest.raises(BadSymbol, match="with its spaces"):
        parse_symbol(tight)


@given(st.text("=SIM:AB-/+*() 1.2−×", max_size=60).map("=".__add__) | st.text().map("=".__add__))
def test_any_text_is_taken_and_stays_or_is_refused_in_plain_words(text: str) -> None:
    try:
        canonical = parse_symbol(text)
    except BadSymbol as error:
        assert len(str(error)) < 250
        assert shown(text) in str(error) or "characters" in str(error) or "symbols" in str(error)
    else:
        assert parse_symbol(canonical) == canonical and canonical.isascii() and "  " not in canonical


# --------------------------------------------------------------------------- bid and ask
A, B, C = "SIM:A", "SIM:B", "SIM:C"


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        (f"={A} - {B}", (10 - 6, 11 - 5)),
        (f"={A} + {B}", (15, 17)),
        (f"={A} * {B}", (50, 66)),
        (f"={A} / {B}", (10 / 6, 11 / 5)),
        (f"=2 * {A} - 1", (19, 21)),
        (f"=(0 - 1) * {A}", (-11, -10)),
        (f"=0 - {A} / {B}", (-11 / 5, -10 / 6)),
        (f"={A} / (0 - {B})", (-11 / 5, -10 / 6)),
        (f"=(0 - {A}) / (0 - {B})", (10 / 6, 11 / 5)),
        (f"={A} + {A}", (20, 22)),
        (f"={A} - {A}", None),  # would be bought and sold at once
        (f"=({A} - {B}) / {A}", None),
        (f"=({B} - {C}) * {A}", None),  # of B - C the sign isn't sure
        (f"={A} / ({B} - {C})", None),
        (f"={A} / 0", None),
        (f"={A} * 0", (0, 0)),
    ],
)
def test_bid_and_ask_where_they_are_sure(text: str, ends: tuple[float, float] | None) -> None:
    found = ends_of(parse_formula(text), {A: (10.0, 11.0), B: (5.0, 6.0), C: (5.5, 5.6)})
    assert found == (ends if ends is None else pytest.approx(ends))


def test_crossed_legs_have_no_bid_and_ask() -> None:
    assert ends_of(parse_formula(f"={A} + 1"), {A: (11.0, 10.0)}) is None


@given(written(), st.lists(st.tuples(PRICES, PRICES, st.floats(0, 1)), min_size=7, max_size=7))
def test_every_value_between_lies_between_bid_and_ask(formula: tuple, draws: list) -> None:
    known = formula_of(formula[1])
    spreads = {symbol: (min(a, b), max(a, b)) for symbol, (a, b, _) in zip(SYMBOLS, draws, strict=True)}
    inside = {
        symbol: min(max(low + (high - low) * part, low), high)
        for (symbol, (low, high)), (*_, part) in zip(spreads.items(), draws, strict=True)
    }
    ends, value = ends_of(known, spreads), value_of(known, inside)
    if ends is not None and value is not None:
        slack = 1e-9 * max(abs(ends[0]), abs(ends[1]), 1e-300)
        assert ends[0] - slack <= value <= ends[1] + slack


# --------------------------------------------------------------------------- reckoning
def test_what_is_no_number_has_no_value() -> None:
    assert value_of(parse_formula(f"={A} / ({A} - {A})"), {A: 1.0}) is None
    huge = "=" + " * ".join([A] * 8)
    assert value_of(parse_formula(huge), {A: 1e300}) is None
    assert value_of(parse_formula(f"={A} - {B}"), {A: 1.0, B: 3.0}) == -2.0
