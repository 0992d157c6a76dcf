"""European Central Bank: the euro's reference rates, one a working day. Facts from its page "Euro foreign
exchange reference rates" and from recorded files."""

from datetime import date, datetime, timedelta
from functools import lru_cache
from xml.parsers.expat import ExpatError, ParserCreate  # what xml.etree reads with, but it can refuse a DTD

from msgspec import Struct

from feeds.budget import Budget
from feeds.errors import FeedError
from feeds.market import Bar, Freshness, Instrument, Quote
from feeds.symbols import name_of, parse_symbol
from feeds.venues.base import Event, Request, Venue, pair, quoted
from feeds.venues.reading import Fields, bar, in_order
from feeds.venues.values import price

FOLDER = "/stats/eurofxref"
LARGEST = 1024 * 1024  # bytes of a file that are read; 90 days have 80,000
DAY = 86_400_000
PUBLISHED = timedelta(hours=16)  # about when, by the clocks of Frankfurt


class Rate(Struct, frozen=True):
    """One currency's rate of one day, as it is written: units of it for one euro."""

    day: str
    currency: str
    rate: str


class Ecb(Venue):
    """Some thirty currencies, fixed once a day: for reference, not for trading."""

    name = "ECB"
    title = "European Central Bank"
    time_zone = "Europe/Berlin"
    mode = "poll"
    rest_url = "https://www.ecb.europa.eu"
    headers = {"User-Agent": "Ticker/1", "Accept": "application/xml"}
    requests = (Budget(1, 1.0),)
    poll_every = 900.0  # a new rate comes once a day, about 16:00 in Frankfurt
    bar_rows = {"1d": 90}
    featured = (
        pair("ECB", "EUR", "USD", "fx", 0.0001, "USD", "Euro in dollars"),
        pair("ECB", "EUR", "GBP", "fx", 0.00001, "GBP", "Euro in sterling"),
        pair("ECB", "EUR", "JPY", "fx", 0.01, "JPY", "Euro in yen"),
        pair("ECB", "EUR", "CHF", "fx", 0.0001, "CHF", "Euro in francs"),
        pair("ECB", "EUR", "SEK", "fx", 0.0001, "SEK", "Euro in Swedish kronor"),
    )

    # ------------------------------------------------------------------ names
    def native(self, symbol: str) -> str:
        return name_of(symbol).removeprefix("EUR-")

    def symbol(self, native: str) -> str:
        return symbol_of(native)

    # ------------------------------------------------------------------- REST
    def instruments(self) -> Request:
        return Request(f"{FOLDER}/eurofxref-daily.xml")

    def read_instruments(self, body: bytes) -> list[Instrument]:
        rates = rates_of(body)
        if not rates:
            raise FeedError("the ECB's file holds no rates")
        known = {each.symbol: each for each in self.featured}
        return [known.get(symbol_of(rate.currency)) or listed(rate) for rate in rates]

    def poll(self, native: str) -> Request:
        return Request(f"{FOLDER}/eurofxref-daily.xml")

    def read_poll(self, body: bytes, symbol: str, received: int) -> list[Event]:
        found = [rate for rate in rates_of(body) if rate.currency == self.native(symbol)]
        if not found:
            raise FeedError(f"the ECB fixes no rate for {name_of(symbol)}", terminal=True)
        newest = max(found, key=lambda rate: rate.day)
        fields = Fields("rate", newest.currency)
        time = fields.need("time", fixed_at, newest.day)
        quote = Quote(
            symbol=symbol,
            received=received,
            time=None if time is None else min(time, received),  # some days it is there a little early
            last=fields.need("rate", price, newest.rate),
            state=freshness(time, received),
        )
        return fields.events(quote)

    def bars(self, native: str, interval: str, start: int, end: int) -> Request | None:
        return Request(f"{FOLDER}/eurofxref-hist-90d.xml") if interval in self.bar_rows else None

    def read_bars(self, body: bytes, symbol: str, interval: str, now: int) -> list[Bar]:
        """Return a flat bar a day: there is one rate, no volume, and no row for a day without a fixing."""
        native = self.native(symbol)
        bars = []
        for rate in rates_of(body):
            if rate.currency == native and (seconds := opening(rate.day)) is not None:
                bars.append(bar(symbol, interval, seconds, (rate.rate,) * 4, 0.0, now))
        return in_order(bars)


@lru_cache(maxsize=256)
def symbol_of(native: str) -> str:
    return parse_symbol(f"ECB:EUR-{native}")


def listed(rate: Rate) -> Instrument:
    decimals = len(rate.rate.partition(".")[2])
    return pair("ECB", "EUR", rate.currency, "fx", 10.0**-decimals, rate.currency, f"Euro in {rate.currency}")


def rates_of(body: bytes) -> list[Rate]:
    """Return the rates of a file in its order, the newest day first. Raises FeedError for any other text.

    A document type is refused: with one a small text may stand for a large one, or for another file.
    """
    if len(body) > LARGEST:
        raise FeedError(f"the ECB's answer has {len(body)} bytes: too large")
    rates: list[Rate] = []
    day = ""

    def begin(name: str, attributes: dict[str, str]) -> None:
        nonlocal day
        day = attributes.get("time", day)
        currency, rate = attributes.get("currency", ""), attributes.get("rate", "")
        if name == "Cube" and len(currency) == 3 and currency.isascii() and currency.isupper():
            rates.append(Rate(day, currency, rate))

    def refuse(*_: object) -> None:
        raise FeedError("the ECB's file has a document type, which is not read")

    parser = ParserCreate()
    parser.StartElementHandler = begin
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(body, True)
    except (ExpatError, ValueError, LookupError) as error:
        raise FeedError(f"the ECB answered with no XML: {quoted(body)[:80]} ({error})") from None
    return rates


def opening(day: str) -> int | None:
    """Return the second at which a day begins, None for a text that is none."""
    try:
        return (date.fromisoformat(day) - date(1970, 1, 1)).days * 86_400
    except ValueError:
        return None


def fixed_at(day: str) -> int:
    """Return when a day's rates were published, in ms UTC. Raises ValueError for a text that is no day."""
    moment = datetime.fromisoformat(f"{date.fromisoformat(day)}T00:00:00+00:00") + PUBLISHED
    return int((moment - timedelta(hours=2 if in_summer(moment.date()) else 1)).timestamp()) * 1000


def in_summer(day: date) -> bool:
    """Tell whether Frankfurt's clocks are on summer time in the afternoon of a day."""
    return last_sunday(day.year, 3) <= day < last_sunday(day.year, 10)


def last_sunday(year: int, month: int) -> date:
    end = date(year, month, 31)
    return end - timedelta(days=(end.weekday() + 1) % 7)


def freshness(time: int | None, received: int) -> Freshness:
    """Return delayed for a rate of the last day, closed for an older one: no market made it since."""
    return "delayed" if time is not None and received - time <= DAY else "closed"
