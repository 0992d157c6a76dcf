"""Floor 3. The tables of the bar store. They are written and read by `feeds/rows.py`, in plain SQL."""

from django.db import models


class StoredBar(models.Model):
    """A closed bar; `time` is its opening time in ms UTC, `trades` NULL where history didn't count them."""

    symbol = models.CharField(max_length=64)
    interval = models.CharField(max_length=4)
    time = models.BigIntegerField()
    open = models.FloatField()
    high = models.FloatField()
    low = models.FloatField()
    close = models.FloatField()
    volume = models.FloatField()
    trades = models.BigIntegerField(null=True)
    source = models.CharField(max_length=8)

    class Meta:
        db_table = "feeds_bar"
        verbose_name = "bar"
        ordering = ("symbol", "interval", "-time")
        constraints = (
            models.UniqueConstraint(
                fields=("symbol", "interval", "time"), name="feeds_bar_symbol_interval_time"
            ),
        )
        indexes = (  # what the hourly pruning looks for
            models.Index(fields=("time",), condition=models.Q(interval="1s"), name="feeds_bar_seconds"),
        )

    def __str__(self) -> str:
        return f"{self.symbol} {self.interval} {self.time}"


class AskedHistory(models.Model):
    """A stretch of a symbol's history, in ms UTC, that its venue has told: what isn't stored of it was quiet.
    Stretches of one symbol and interval neither overlap nor touch."""

    symbol = models.CharField(max_length=64)
    interval = models.CharField(max_length=4)
    since = models.BigIntegerField()
    until = models.BigIntegerField()

    class Meta:
        db_table = "feeds_asked"
        constraints = (
            models.UniqueConstraint(
                fields=("symbol", "interval", "since"), name="feeds_asked_symbol_interval_since"
            ),
        )

    def __str__(self) -> str:
        return f"{self.symbol} {self.interval} {self.since} to {self.until}"


class RecentSymbol(models.Model):
    """When an `owner`, a user or a browser, used a symbol last, in ms UTC."""

    owner = models.CharField(max_length=64)
    symbol = models.CharField(max_length=200)
    used = models.BigIntegerField(db_index=True)

    class Meta:
        db_table = "feeds_recent"
        constraints = (models.UniqueConstraint(fields=("owner", "symbol"), name="feeds_recent_owner_symbol"),)

    def __str__(self) -> str:
        return f"{self.owner}: {self.symbol}"


class StoredInstrument(models.Model):
    """An instrument of a venue's last catalogue; `status` delisted when a later one no longer had it.

    `words` is what a search looks through: upper case, a space before each word. `seen` is when its
    venue's catalogue last held it, in ms UTC. `renamed` is the symbol under which a delisted one goes on.
    """

    symbol = models.CharField(max_length=64, unique=True)
    venue = models.CharField(max_length=24, db_index=True)
    name = models.CharField(max_length=32)
    base = models.CharField(max_length=32)
    quote = models.CharField(max_length=32)
    kind = models.CharField(max_length=8)
    tick_size = models.FloatField(null=True)
    status = models.CharField(max_length=32)
    title = models.CharField(max_length=200)
    native = models.CharField(max_length=64)
    identity = models.CharField(max_length=64, default="")
    renamed = models.CharField(max_length=64, default="")
    words = models.TextField(editable=False)
    seen = models.BigIntegerField()

    class Meta:
        db_table = "feeds_instrument"
        verbose_name = "instrument"
        ordering = ("symbol",)
        indexes = (  # what the same asset on other venues is found by
            models.Index(fields=("base", "quote"), name="feeds_instrument_base_quote"),
        )

    def __str__(self) -> str:
        return self.symbol
