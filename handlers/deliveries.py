"""What the webhooks of all channels share: how much one may bring, and that it is stored before the 200."""

from collections.abc import Callable, Sequence

import structlog
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Request, Response

from bot.commits import GroupCommit
from bot.events import Inbound
from bot.inbox.storing import store_deliveries
from knowledge.database import error_kind

log = structlog.get_logger()
LARGEST_BODY = 1_000_000  # bytes
_STORE_WITHIN = 1.5  # seconds; LINE waits for 2, Slack for 3


class Delivery(Request):
    """A channel's request; a larger body is refused."""

    max_content_length = LARGEST_BODY


def take_events(events: Sequence[Inbound], commits: GroupCommit, wake: Callable[[], None]) -> Response:
    """200 once the events are stored and the workers know; 503 where they cannot be: the channel then sends them again,
    and a 200 would lose them."""
    try:
        if events:
            commits.run(store_deliveries, events, _STORE_WITHIN)
    except (SQLAlchemyError, TimeoutError) as error:
        log.error("inbox_cannot_store", error=error_kind(error))
        return Response("cannot store now", status=503)
    wake()
    return Response()
