"""Floor 2. What the simulated market trades: three kinds of things, priced and sized as real ones are."""

from msgspec import Struct

from feeds.market import Instrument, Kind


class Market(Struct, frozen=True):
    """One simulated thing: its price about which it wanders, and how it is counted."""

    symbol: str
    title: str
    kind: Kind
    price: float
    decimals: int  # of a price; the tick is the last of them
    lot: int  # sizes are whole multiples of lot / 10**places
    places: int
    mean_lots: int  # in one trade
    volatility: float  # of a day, as a part of the price
    spread: int  # ticks

    def in_money(self, ticks: int) -> float:
        return ticks / 10**self.decimals

    def in_units(self, lots: int) -> float:
        return lots * self.lot / 10**self.places

    def instrument(self) -> Instrument:
        name = self.symbol.partition(":")[2]
        base, _, quote = name.partition("-")
        return Instrument(
            symbol=self.symbol,
            base=base,
            quote=quote or "USD",
            kind=self.kind,
            tick_size=1 / 10**self.decimals,
            title=self.title,
            native=name,
        )


MARKETS = (
    Market("SIM:BTC-USD", "Simulated Bitcoin", "crypto", 84_000.0, 2, 1, 5, 5_000, 0.025, 1),
    Market("SIM:ETH-USD", "Simulated Ether", "crypto", 3_100.0, 2, 1, 4, 8_000, 0.032, 1),
    Market("SIM:SOL-USD", "Simulated Solana", "crypto", 152.0, 2, 1, 3, 9_000, 0.04, 1),
    Market("SIM:XRP-USD", "Simulated XRP", "crypto", 2.31, 4, 1, 1, 9_000, 0.04, 2),
    Market("SIM:DOGE-USD", "Simulated Dogecoin", "crypto", 0.182, 5, 1, 0, 3_000, 0.045, 2),
    Market("SIM:AAPL", "Simulated Apple", "share", 228.0, 2, 1, 0, 90, 0.014, 1),
    Market("SIM:MSFT", "Simulated Microsoft", "share", 431.0, 2, 1, 0, 60, 0.013, 2),
    Market("SIM:NVDA", "Simulated NVIDIA", "share", 142.0, 2, 1, 0, 180, 0.026, 1),
    Market("SIM:TSLA", "Simulated Tesla", "share", 312.0, 2, 1, 0, 110, 0.034, 2),
    Market("SIM:AMZN", "Simulated Amazon", "share", 206.0, 2, 1, 0, 80, 0.018, 1),
    Market("SIM:EUR-USD", "Simulated euro", "fx", 1.084, 5, 1000, 0, 250, 0.005, 3),
    Market("SIM:GBP-USD", "Simulated sterling", "fx", 1.273, 5, 1000, 0, 180, 0.006, 5),
    Market("SIM:USD-JPY", "Simulated yen", "fx", 151.2, 3, 1000, 0, 250, 0.006, 4),
    Market("SIM:USD-CHF", "Simulated franc", "fx", 0.883, 5, 1000, 0, 120, 0.005, 6),
)
