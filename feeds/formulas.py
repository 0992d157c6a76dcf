"""Floor 0. Formula symbols: `=COINBASE:BTC-USD - KRAKEN:BTC-USD`, read by a grammar and reckoned.

    formula  "=" sum
    sum      product { ("+" | "-") product }
    product  factor { ("*" | "/") factor }
    factor   "(" sum ")" | NUMBER | VENUE:NAME

`× ·` are taken for `*`, `÷ ∕` for `/`, `− –` for `-`; ASCII comes out, with one space round each operator and
none elsewhere; brackets stay as they are written. There is no sign before a value: write `0 - SIM:BTC-USD`.

**Where a name ends.** `-`, `/`, `=` and `^` are letters of names (`BTC-USD`, `EURUSD=X`, `BRK/B`). So a name
runs as far as such letters do, and a `-` or `/` after it is an operator only when a space or a bracket stands
before it: `SIM:A - SIM:B` is a difference, `SIM:A-B` is one name, `SIM:A- SIM:B` is refused. The typographic
signs, `+` and `*` are in no name and need no space; nor does anything after a number or a bracket.
"""

import re
from collections.abc import Mapping
from math import isfinite

from msgspec import Struct

from feeds.errors import BadSymbol
from feeds.names import parse_name, shown

LONGEST = 200
MOST_LEGS = 8
DEEPEST = 16  # brackets within brackets
SIGNS = str.maketrans("×·÷∕−–", "**//--")
WORD = re.compile(r"[A-Za-z0-9_.]+")
NAME = re.compile(r"[A-Za-z0-9._\-^=/]*")
NUMBER = re.compile(r"([0-9]{1,15})(?:\.([0-9]{1,15}))?")

Ends = tuple[float, float]
Slopes = frozenset[tuple[str, int]]  # (leg, 1 or -1): whether a leg that rises lifts the value or lowers it


class Number(Struct, frozen=True):
    value: float


class Leg(Struct, frozen=True):
    symbol: str


class Join(Struct, frozen=True):
    """Two values with `+ - *` or `/` between them."""

    sign: str
    left: "Node"
    right: "Node"


Node = Number | Leg | Join


class Formula(Struct, frozen=True):
    """A formula that was read: its canonical text, the symbols it is made of (each once), and its tree."""

    text: str
    legs: tuple[str, ...]
    root: Node


def parse_formula(text: str) -> Formula:
    """Return a formula. Raises BadSymbol, whose text says what is wrong and at which character (from 1)."""
    if len(text) > LONGEST:
        raise BadSymbol(f"a formula has at most {LONGEST} characters, not {len(text)}")
    reader = _Reader(text)
    root = reader.sum()
    reader.end()
    canonical = "=" + "".join(reader.out)
    if not reader.legs:
        raise BadSymbol(f"{shown(text)} has no symbol in it: write at least one VENUE:NAME")
    if len(reader.legs) > MOST_LEGS:
        raise BadSymbol(f"a formula has at most {MOST_LEGS} symbols, not {len(reader.legs)}")
    if len(canonical) > LONGEST:
        raise BadSymbol(f"a formula has at most {LONGEST} characters with its spaces, not {len(canonical)}")
    return Formula(canonical, tuple(dict.fromkeys(reader.legs)), root)


class _Reader:
    """Reads a formula from left to right; `out` and `legs` gather its canonical parts and its symbols."""

    def __init__(self, text: str) -> None:
        self.text, self.at, self.depth = text, 1, 0
        self.out: list[str] = []
        self.legs: list[str] = []

    def sum(self) -> Node:
        left = self.product()
        while self.peek() in ("+", "-"):
            left = Join(self.operator(), left, self.product())
        return left

    def product(self) -> Node:
        left = self.factor()
        while self.peek() in ("*", "/"):
            left = Join(self.operator(), left, self.factor())
        return left

    def factor(self) -> Node:
        sign = self.peek()
        if sign == "(":
            return self.bracket()
        if sign and sign in "+-*/)":
            hint = "; write 0 - VENUE:NAME for a sign" if sign in "+-" else ""
            raise self.wrong(f"a symbol, a number or ( is missing before {sign}{hint}")
        if not sign:
            raise self.wrong("a symbol, a number or ( is missing at the end")
        return self.word()

    def bracket(self) -> Node:
        if self.depth == DEEPEST:
            raise self.wrong(f"brackets stand in brackets more than {DEEPEST} deep")
        opened = self.at
        self.take("(")
        self.depth += 1
        inner = self.sum()
        if self.peek() != ")":
            self.end()
            raise self.wrong(f"the ( of character {opened + 1} is never closed")
        self.take(")")
        self.depth -= 1
        return inner

    def word(self) -> Node:
        found = WORD.match(self.text, self.at)
        if not found:
            said = "a formula can't stand in a formula" if self.peek() == "=" else "this sign has no meaning"
            raise self.wrong(f"{said} ({shown(self.text[self.at])})")
        word, stop = found[0], found.end()
        if self.text[stop : stop + 1] == ":":
            return self.leg(NAME.match(self.text, stop + 1))
        number = NUMBER.fullmatch(word)
        if not number:
            takes = "write VENUE:NAME, or a number of at most 15 digits, a point and 15 more"
            raise self.wrong(f"{shown(word)} is neither a symbol nor a number: {takes}")
        whole, part = number[1].lstrip("0") or "0", (number[2] or "").rstrip("0")
        plain = f"{whole}.{part}" if part else whole
        self.step(plain, stop)
        return Number(float(plain))

    def leg(self, name: re.Match[str] | None) -> Node:
        stop = name.end() if name else self.at
        try:
            symbol = parse_name(self.text[self.at : stop])
        except BadSymbol as error:
            raise self.wrong(str(error)) from None
        self.legs.append(symbol)
        self.step(symbol, stop)
        return Leg(symbol)

    def operator(self) -> str:
        sign = self.peek()
        self.step(f" {sign} ", self.at + 1)
        return sign

    def take(self, sign: str) -> None:
        self.step(sign, self.at + 1)

    def step(self, part: str, stop: int) -> None:
        self.out.append(part)
        self.at = stop

    def peek(self) -> str:
        """Return the next character that is no space, an operator as ASCII writes it, "" at the end."""
        while self.text[self.at : self.at + 1] == " ":
            self.at += 1
        return self.text[self.at : self.at + 1].translate(SIGNS)

    def end(self) -> None:
        """Raise unless the text, or the bracket it stands in, ends here."""
        sign = self.peek()
        if sign == ")" and not self.depth:
            raise self.wrong("this ) closes nothing")
        if sign and sign != ")":
            hint = "; after a name - and / need a space before them" if sign.isalnum() or sign == ":" else ""
            raise self.wrong(f"an operator (+ - * /) is missing before {shown(self.text[self.at])}{hint}")

    def wrong(self, said: str) -> BadSymbol:
        return BadSymbol(f"{shown(self.text)}: at character {self.at + 1}: {said}")


# --------------------------------------------------------------------------- reckoning
def value_of(formula: Formula, prices: Mapping[str, float]) -> float | None:
    """Return what a formula is worth with these prices of its legs; None where that is no finite number."""
    try:
        value = _value(formula.root, prices)
    except (ZeroDivisionError, OverflowError):
        return None
    return value if isfinite(value) else None


def _value(node: Node, prices: Mapping[str, float]) -> float:
    match node:
        case Number(value):
            return value
        case Leg(symbol):
            return prices[symbol]
        case Join(sign, left, right):
            return _joined(sign, _value(left, prices), _value(right, prices))


def _joined(sign: str, left: float, right: float) -> float:
    match sign:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case _:
            return left / right


def ends_of(formula: Formula, spreads: Mapping[str, Ends]) -> Ends | None:
    """Return bid and ask of a formula from those of its legs: the least and most it can be worth in between.

    None where a leg would have to be bought and sold at once (it lifts the value in one place and lowers it
    in another), where a factor's sign isn't sure, or where a divisor may be zero.
    """
    if any(bid > ask for bid, ask in spreads.values()):
        return None
    found = _ends(formula.root, spreads)
    if found is None:
        return None
    (low, high), slopes = found
    sure = not any((leg, -slope) in slopes for leg, slope in slopes)
    return (low, high) if sure and isfinite(low) and isfinite(high) else None


def _ends(node: Node, spreads: Mapping[str, Ends]) -> tuple[Ends, Slopes] | None:
    match node:
        case Number(value):
            return (value, value), frozenset()
        case Leg(symbol):
            return spreads[symbol], frozenset({(symbol, 1)})
        case Join(sign, left, right):
            first, second = _ends(left, spreads), _ends(right, spreads)
            if first is None or second is None:
                return None
            return _scaled(sign, *first, *second) if sign in "*/" else _shifted(sign, *first, *second)


def _shifted(sign: str, left: Ends, lifts: Slopes, right: Ends, others: Slopes) -> tuple[Ends, Slopes]:
    if sign == "+":
        return (left[0] + right[0], left[1] + right[1]), lifts | others
    return (left[0] - right[1], left[1] - right[0]), lifts | _turned(others, -1)


def _scaled(sign: str, left: Ends, lifts: Slopes, right: Ends, others: Slopes) -> tuple[Ends, Slopes] | None:
    if not (_side(left) and _side(right)) or (sign == "/" and 0.0 in right):
        return None
    corners = [_joined(sign, a, b) for a in left for b in right]
    turn = _side(left) if sign == "*" else -_side(left)
    return (min(corners), max(corners)), _turned(lifts, _side(right)) | _turned(others, turn)


def _side(ends: Ends) -> int:
    """Return 1 for values that are never below zero, -1 for never above, 0 where it isn't sure."""
    return 1 if ends[0] >= 0.0 else -1 if ends[1] <= 0.0 else 0


def _turned(slopes: Slopes, by: int) -> Slopes:
    return frozenset((leg, slope * by) for leg, slope in slopes)
