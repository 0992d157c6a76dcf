"""Yahoo Finance: streamed, and polled beside it from the chart that its own pages draw. It is not documented;
the facts are from recorded answers and from what yfinance's documents say of limits.

The streamer tells prices only, a sample a second, and for shares neither high, low nor bars, all of which the
chart has."""

from urllib.parse import quote as percent

from feeds.budget import Budget
from feeds.errors import FeedError
from feeds.market import INTERVALS, Bar, Freshness, Instrument, Kind, Quote, replace
from feeds.symbols import name_of, parse_symbol
from feeds.venues.base import Event, Notice, Request, Venue, pair, quoted
from feeds.venues.reading import Fields, bar, dustless, in_order, price_time, undusted
from feeds.venues.values import price, size
from feeds.venues.yahoo_chart import Columns, Meta, chart_of
from feeds.venues.yahoo_stream import order, payload_of, pricing, read_pricing

CODES = """
    AED ARS AUD BRL CAD CHF CLP CNH CNY COP CZK DKK EGP EUR GBP HKD HUF IDR ILS INR JPY KRW KWD MXN MYR
    NGN NOK NZD PEN PHP PKR PLN QAR RON RUB SAR SEK SGD THB TRY TWD UAH USD VND XAG XAU XPD XPT ZAR
"""
CURRENCIES = frozenset(CODES.split())
SOURCE = {"1m": ("1m", 60), "1h": ("15m", 900), "1d": ("1d", 86_400)}
"""Our interval → what is asked for, and its seconds. Its own hours begin when a market opens, at half past
nine or a quarter past; quarters of an hour fit into everyone's."""
DAYS_OF_MINUTES = 5 * 86_400  # one look at this much has 500 open minutes, over a weekend too
ROUND_THE_CLOCK = {"CRYPTOCURRENCY", "CURRENCY"}
SHIFT = 3 * 3600  # `gmtoffset` is today's: a summer's day read in winter begins an hour before midnight


def listed(name: str, quote: str, kind: Kind, tick: float, title: str) -> Instrument:
    """Return something that is traded in one currency; GBX is London's penny, which Yahoo writes GBp."""
    return Instrument(
        symbol=f"YAHOO:{name}", base=name, quote=quote, kind=kind, tick_size=tick, title=title, native=name
    )


class Yahoo(Venue):
    """Shares, indices, currencies and more, with a look beside the stream each quarter of a minute; shares'
    prices may be a quarter of an hour late."""

    name = "YAHOO"
    title = "Yahoo Finance"
    time_zone = "America/New_York"
    delay_minutes = 15
    ws_url = "wss://streamer.finance.yahoo.com/?version=2"
    rest_url = "https://query2.finance.yahoo.com"
    headers = {  # anything that doesn't look like a browser is answered 429
        "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/140.0.0.0 Safari/537.36",
        "Accept": "application/json",
    }
    silence = 3600.0  # the streamer has no heartbeat, and shares sleep; what is asked beside it knows better
    first_within = 30.0  # the last price comes at once, however old
    line_symbols = 100
    poll_beside = 15.0
    beside_proves = True
    quotes_make_bars = True
    chunk = 100  # the first hundred of a connection count, later ones are dropped without a word
    poll_every = 10.0  # its answers are cached for ten seconds
    requests = (Budget(20, 4.0),)  # it names no limit
    poll_tells_bars = True
    bar_rows = {"1m": 7 * 1440, "1h": 59 * 24, "1d": 3650}
    open_catalogue = True
    featured = (
        listed("AAPL", "USD", "share", 0.01, "Apple"),
        listed("MSFT", "USD", "share", 0.01, "Microsoft"),
        listed("NVDA", "USD", "share", 0.01, "NVIDIA"),
        listed("TSLA", "USD", "share", 0.01, "Tesla"),
        listed("^GSPC", "USD", "index", 0.01, "S&P 500"),
        listed("^DJI", "USD", "index", 0.01, "Dow Jones"),
        listed("SHEL.L", "GBX", "share", 0.5, "Shell"),
        pair("YAHOO", "EUR", "USD", "fx", 0.0001, "EURUSD=X", "Euro in dollars"),
        pair("YAHOO", "GBP", "USD", "fx", 0.0001, "GBPUSD=X", "Sterling in dollars"),
        pair("YAHOO", "USD", "JPY", "fx", 0.01, "JPY=X", "Dollar in yen"),
        pair("YAHOO", "BTC", "USD", "crypto", 0.01, "BTC-USD", "Bitcoin"),
    )

    # ------------------------------------------------------------------ names
    def native(self, symbol: str) -> str:
        name = name_of(self.canonical(symbol))
        base, _, quote = name.partition("-")
        if base not in CURRENCIES or quote not in CURRENCIES:
            return name
        return f"{quote}=X" if base == "USD" else f"{base}{quote}=X"  # USDJPY=X is taken, and stays silent

    def symbol(self, native: str) -> str:
        return self.canonical(parse_symbol(f"YAHOO:{native}"))

    def canonical(self, symbol: str) -> str:
        code, equals, _ = name_of(symbol).partition("=X")
        base, quote = (code[:3], code[3:]) if len(code) == 6 else ("USD", code)
        known = equals and base in CURRENCIES and quote in CURRENCIES and base != quote
        return f"YAHOO:{base}-{quote}" if known else symbol

    # ----------------------------------------------------------------- stream
    def subscribe(self, natives: list[str]) -> list[str]:
        return [order("subscribe", natives)]

    def unsubscribe(self, natives: list[str]) -> list[str]:
        return [order("unsubscribe", natives)]

    def read(self, raw: str | bytes, received: int) -> list[Event]:
        payload = payload_of(raw)
        if payload is None:
            return [Notice(kind="ignored", reason="a message without prices")]
        try:
            told = pricing(payload)
            native = told.get("id") or ""
            return read_pricing(told, self.names.get(native) or self.symbol(native), received)
        except ValueError as error:
            return [Notice(kind="bad", reason=quoted(f"bad pricing message: {error}"))]

    # ------------------------------------------------------------------- REST
    def poll(self, native: str) -> Request:
        return Request(path_of(native), {"range": "1d", "interval": "1m", "includePrePost": "false"})

    def read_poll(self, body: bytes, symbol: str, received: int) -> list[Event]:
        """Return the quote; `open` is the previous close, which a share's change is counted from."""
        meta = chart_of(body).meta
        fields = Fields("chart", name_of(symbol))
        before = meta.previous_close if meta.previous_close is not None else meta.chart_previous_close
        volume = fields.read("regularMarketVolume", size, meta.regular_market_volume)
        quote = Quote(
            symbol=symbol,
            received=received,
            time=fields.read("regularMarketTime", price_time, meta.regular_market_time),
            last=fields.need("regularMarketPrice", clean_price, meta.regular_market_price),
            open=fields.read("previousClose", clean_price, before),
            high=fields.read("regularMarketDayHigh", clean_price, meta.regular_market_day_high),
            low=fields.read("regularMarketDayLow", clean_price, meta.regular_market_day_low),
            volume=base_volume(meta, volume, meta.regular_market_price),
            state=freshness(meta, received),
        )
        return fields.events(quote)

    def bars(self, native: str, interval: str, start: int, end: int) -> Request | None:
        if interval not in SOURCE:
            return None
        first, last = start // 1000, -(-end // 1000)
        if interval == "1m":
            first = min(first, last - DAYS_OF_MINUTES)
        params = {"period1": str(first), "period2": str(last), "interval": SOURCE[interval][0]}
        return Request(path_of(native), params | {"includePrePost": "false"})

    def read_bars(self, body: bytes, symbol: str, interval: str, now: int) -> list[Bar]:
        result = chart_of(body)
        columns = result.indicators.quote[0] if result.indicators.quote else Columns()
        table = (columns.open, columns.high, columns.low, columns.close, columns.volume)
        bars: dict[int, Bar] = {}
        for row in zip(result.timestamp or [], *table, strict=False):
            time = opening(row[0], interval, result.meta.gmtoffset)
            prices = (clean(row[1]), clean(row[2]), clean(row[3]), clean(row[4]))
            volume = base_volume(result.meta, row[5], prices[3]) or 0.0
            made = bar(symbol, interval, time, prices, volume, now)
            if made is not None:
                bars[made.time] = folded(bars[made.time], made) if made.time in bars else made
        return in_order(bars.values())

    def explain(self, status: int, body: bytes) -> FeedError | None:
        if 300 <= status < 400:
            return FeedError("Yahoo sends us to its consent page instead of prices", retry_after=300.0)
        if status == 429:
            return FeedError(f"Yahoo: {quoted(body) or 'too many requests'}", retry_after=60.0)
        try:
            chart_of(body)
        except FeedError as error:
            return error
        return None


def path_of(native: str) -> str:
    return f"/v8/finance/chart/{percent(native, safe='=')}"


def clean(value: object) -> object:
    return undusted(value) if isinstance(value, float) else value


def clean_price(value: object) -> float | None:
    return price(clean(value))


def base_volume(meta: Meta, volume: object, at: object) -> float | None:
    """Return a volume in base units: a coin's is told in dollars, a currency's is 0 for "not counted"."""
    if not isinstance(volume, (int, float)) or meta.instrument_type == "CURRENCY":
        return None
    if meta.instrument_type == "CRYPTOCURRENCY":
        return dustless(volume / at, 8) if isinstance(at, (int, float)) and at > 0 else None
    return float(volume)


def freshness(meta: Meta, received: int) -> Freshness:
    """Return whether this is the price of now: closed outside the regular session, delayed by exchange."""
    if not in_session(meta, received / 1000):
        return "closed"
    if meta.exchange_data_delayed_by is not None:
        return "delayed" if meta.exchange_data_delayed_by > 0 else "live"
    return "live" if meta.instrument_type in ROUND_THE_CLOCK else "delayed"


def in_session(meta: Meta, seconds: float) -> bool:
    """Tell whether a time is in the regular session. What trades round the clock has one from 0:00 to
    23:59, so a minute of grace closes the gap."""
    regular = meta.current_trading_period.regular if meta.current_trading_period else None
    if regular is None or meta.instrument_type == "CRYPTOCURRENCY":
        return True
    return regular.start <= seconds < regular.end + 60


def opening(seconds: int | None, interval: str, offset: int) -> int | None:
    """Return the opening (s) of our bar that a row of theirs belongs to, None for the live price at the end.

    A day is stamped with the opening of its session: its date at the exchange is what counts.
    """
    if seconds is None:
        return None
    if interval == "1d":
        return (seconds + offset + SHIFT) // 86_400 * 86_400
    if seconds % SOURCE[interval][1]:
        return None
    length = INTERVALS[interval] // 1000
    return seconds - seconds % length


def folded(first: Bar, then: Bar) -> Bar:
    """Return two rows of one bar as one: quarters of an hour add up; a day's second row is its live state."""
    daily = first.interval == "1d"
    return replace(
        first,
        high=max(first.high, then.high),
        low=min(first.low, then.low),
        close=then.close,
        volume=max(first.volume, then.volume) if daily else first.volume + then.volume,
    )
