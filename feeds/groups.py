"""Floor 0. The names of the channel layer's groups, so chosen that several servers share them evenly.

channels_redis puts a group on one of its servers by a hash of its name, with what the pub/sub layer puts
before it. Names that differ in a digit only would all lie on the same one of two servers, so each gets a
tail that puts it where it belongs. (The core layer hashes the name alone: there, too, they spread.)
"""

import zlib
from itertools import count

LAYER_PREFIX = "ticker"  # of everything that the channel layer names
SLOTS = 4096  # the hash is taken modulo this, and each server has an equal part
MOST_SERVERS = 16


def in_redis(group: str) -> str:
    """Return the name that the pub/sub layer gives a group in Redis."""
    return f"{LAYER_PREFIX}__group__{group}"


def placed(name: str, part: int, parts: int) -> str:
    """Return the name with the first tail that puts it into that one of `parts` equal parts of the slots."""
    for number in count():
        tailed = f"{name}.{number:x}"
        if zlib.crc32(in_redis(tailed).encode()) % SLOTS * parts // SLOTS == part:
            break
    return tailed


def on_first(name: str) -> str:
    """Return the name with a tail that puts it on the first server, of however many (up to 16) there are."""
    return placed(name, 0, MOST_SERVERS)
