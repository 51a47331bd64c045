"""What an event of the inbox goes through, and the clock that it goes by."""

import time
from typing import Any

from sqlalchemy import bindparam

from bot.models import InboxEvent
from knowledge.database import table_of

# How long a claim holds without being renewed: a dead worker's events are taken over within this and one look.
LEASE = 4_000  # milliseconds
# A reply token lives about a minute; what could only be answered later is not tried.
TOKEN_LIFE = 55_000  # milliseconds
# Outcome of an open event whose reply was perhaps accepted: the network failed, or a worker died.
UNSURE = "unsure"
TOO_LATE = "時間内に返信できませんでした"
INBOX = table_of(InboxEvent)
# What a row keeps no more: of an event that is over, and of a claim that is.
PURGED: dict[str, Any] = {"state": "done", "text": "", "user_id": "", "reply_token": ""}
FREED: dict[str, Any] = {"worker": "", "claimed_until": 0}
NOW: Any = bindparam("now")
# For looks at what is open: with the bare column SQLite would take the index of all that ever came in the channel.
OF_CHANNEL: Any = INBOX.c.channel.concat("")


def now_ms() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000
