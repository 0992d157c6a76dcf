"""The registry of venues: one line each, real ones first, the simulated one last. Beside it, ccxt's."""

from feeds.venues.alpaca import Alpaca
from feeds.venues.base import Venue
from feeds.venues.binance import Binance
from feeds.venues.binance_us import BinanceUs
from feeds.venues.bitfinex import Bitfinex
from feeds.venues.bitstamp import Bitstamp
from feeds.venues.bybit import Bybit
from feeds.venues.ccxt import venue_of_exchange
from feeds.venues.coinbase import Coinbase
from feeds.venues.coinbase_adv import CoinbaseAdvanced
from feeds.venues.desk import Desk
from feeds.venues.ecb import Ecb
from feeds.venues.finnhub import Finnhub
from feeds.venues.gemini import Gemini
from feeds.venues.kraken import Kraken
from feeds.venues.oanda import Oanda
from feeds.venues.okx import Okx
from feeds.venues.sim import Sim
from feeds.venues.tradier import Tradier
from feeds.venues.twelvedata import TwelveData
from feeds.venues.yahoo import Yahoo

REGISTRY: dict[str, type[Venue]] = {
    "COINBASE": Coinbase,
    "KRAKEN": Kraken,
    "BINANCE": Binance,
    "BINANCE_US": BinanceUs,
    "BITSTAMP": Bitstamp,
    "OKX": Okx,
    "BYBIT": Bybit,
    "GEMINI": Gemini,
    "COINBASE_ADV": CoinbaseAdvanced,
    "BITFINEX": Bitfinex,
    "YAHOO": Yahoo,
    "ECB": Ecb,
    "FINNHUB": Finnhub,
    "ALPACA": Alpaca,
    "TWELVEDATA": TwelveData,
    "OANDA": Oanda,
    "TRADIER": Tradier,
    "DESK": Desk,
    "SIM": Sim,
}


def venue_class(name: str) -> type[Venue]:
    """Return the class of a venue: of the registry, or of one of ccxt's exchanges (`CCXT.KUCOIN`). Raises
    KeyError for a name that no venue has."""
    return REGISTRY[name] if name in REGISTRY else venue_of_exchange(name)


def is_venue(name: str) -> bool:
    """Tell whether a venue has this name, or one of ccxt's exchanges might."""
    try:
        venue_class(name)
    except KeyError:
        return False
    return True
