"""Floor 4. Bars and instruments in Django's admin, to look at: the feed worker is who writes them."""

from datetime import UTC, datetime

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from feeds.models import StoredBar, StoredInstrument


def utc(time: int) -> str:
    """Return a time in ms as people read it."""
    return f"{datetime.fromtimestamp(time / 1000, UTC):%Y-%m-%d %H:%M:%S}"


class ReadOnly(admin.ModelAdmin):
    """Shows rows; adds, changes and deletes none."""

    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(StoredBar)
class StoredBarAdmin(ReadOnly):
    list_display = (
        "symbol",
        "interval",
        "opens",
        "open",
        "high",
        "low",
        "close",
        "volume",
        "trades",
        "source",
    )
    list_filter = ("interval", "source")
    search_fields = ("=symbol",)

    @admin.display(description="opens (UTC)", ordering="time")
    def opens(self, row: StoredBar) -> str:
        return utc(row.time)


@admin.register(StoredInstrument)
class StoredInstrumentAdmin(ReadOnly):
    list_display = ("symbol", "title", "kind", "tick_size", "status", "native", "last_seen")
    list_filter = ("venue", "kind", "status")
    search_fields = ("words",)

    @admin.display(description="seen (UTC)", ordering="seen")
    def last_seen(self, row: StoredInstrument) -> str:
        return utc(row.seen)
