"""Where a Slack answer goes, as the inbox keeps it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SlackAddress:
    """`thread`: the message under which the answer stands; empty in a direct message that is no thread. `since`: when
    the user acted, on Slack's clock ("1712345678.000100"). `event`: its id, which the answer carries, so that it can be
    found again."""

    channel: str
    thread: str
    since: str
    event: str

    def text(self) -> str:
        """As the inbox keeps it; `read_address` reads it."""
        return "/".join((self.channel, self.thread, self.since, self.event))


def read_address(text: str) -> SlackAddress:
    """Reads `SlackAddress.text()`; a text of another kind leads to no channel, which Slack then says."""
    channel, thread, since, event = (*text.split("/", 3), "", "", "")[:4]
    return SlackAddress(channel, thread, since, event)
