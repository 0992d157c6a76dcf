"""The yardstick's socket."""

from typing import Any

from channels.generic.websocket import AsyncJsonWebsocketConsumer


def group_of(symbol: str) -> str:
    """Return the group of a symbol: legal in every channel layer."""
    return f"price_{symbol.replace(':', '.')}"


class PriceConsumer(AsyncJsonWebsocketConsumer):
    """One browser's socket, in the group of each of its symbols."""

    symbols: list[str]

    async def connect(self) -> None:
        self.symbols = []
        await self.accept()

    async def disconnect(self, code: int) -> None:
        for symbol in self.symbols:
            await self.channel_layer.group_discard(group_of(symbol), self.channel_name)

    async def receive_json(self, content: dict[str, Any], **_: Any) -> None:
        """Join the groups asked for."""
        for symbol in content["symbols"]:
            self.symbols.append(symbol)
            await self.channel_layer.group_add(group_of(symbol), self.channel_name)
        await self.send_json({"type": "subscribed", "symbols": self.symbols})

    async def price(self, event: dict[str, Any]) -> None:
        """Send one tick to the browser."""
        await self.send_json({"type": "price", "quote": event["quote"]})
