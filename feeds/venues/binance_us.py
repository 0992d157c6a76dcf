"""Binance.US: the words of Binance with hosts, timings and currencies of its own. Facts from its documents
(binance-us-api-docs: web-socket-streams.md, rest-api.md) and from recordings."""

from feeds.budget import Budget
from feeds.venues.base import pair
from feeds.venues.binance import Binance


class BinanceUs(Binance):
    """The spot market in the United States. Its books are thin: trades may be minutes apart."""

    name = "BINANCE_US"
    title = "Binance.US"
    ws_url = "wss://stream.binance.us:9443/stream"
    rest_url = "https://api.binance.us"
    also_at = ("stream.binance.us", "api.binance.us")
    silence = 190.0  # not even its busiest market is sure to change each minute; its pings come each 3 min
    requests = (Budget(1200, 60.0),)  # of weight
    quotes = ("USDT", "USDC", "USD", "BTC", "ETH", "DAI")
    listing = {}
    featured = (
        pair("BINANCE_US", "BTC", "USDT", "crypto", 0.01, "BTCUSDT", "Bitcoin"),
        pair("BINANCE_US", "ETH", "USDT", "crypto", 0.01, "ETHUSDT", "Ether"),
        pair("BINANCE_US", "BTC", "USD", "crypto", 0.01, "BTCUSD", "Bitcoin in dollars"),
    )
