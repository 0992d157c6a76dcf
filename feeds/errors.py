"""Floor 0. The errors of the house, each with a text for the person who has to act on it."""


class BadSymbol(ValueError):
    """A text that is no symbol; the message says what is right."""


class FeedError(Exception):
    """A venue could not be reached, or answered with something other than data.

    `reason` is one plain line for the venue's status; `retry_after` is the seconds the venue asked us
    to stay away (None: our own back-off decides); `terminal` means that trying again cannot help.
    """

    def __init__(self, reason: str, retry_after: float | None = None, terminal: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after
        self.terminal = terminal
