"""A load while processes are killed: what must hold of it afterwards."""

import os
import random
import signal
import threading
from collections import Counter
from collections.abc import Callable, Sequence

from sqlalchemy import func, select

from bot.models import InboxEvent, QuestionLog
from knowledge.database import make_engine, make_sessions
from tests.line_load import Served, send
from tests.line_player import Player
from tests.servers import WorkerProcess

_KILL_EVERY = 2.0  # seconds
_SENT_AGAIN = 0.2  # share of webhooks that are delivered twice
_PATIENCE = 60.0  # seconds for which a webhook that is refused is sent again


def send_under_fire(
    served: Served,
    player: Player,
    database: str,
    count: int,
    rate: float,
    workers: Sequence[WorkerProcess] = (),
    in_the_middle: Sequence[Callable[[], None]] = (),
) -> str:
    """Sends `count` webhooks, `rate` a second, while every 2 s a web or worker process is killed and `in_the_middle`
    happens; asserts that what was acknowledged was answered once. Returns what happened, in a line."""
    over, chance, killed = threading.Event(), random.Random(3), Counter[str]()

    def kill() -> None:
        while not over.wait(_KILL_EVERY):
            for worker in workers:
                if worker.process.poll() is not None:  # it found no database: a service manager starts it again
                    worker.restart()
            at = chance.randrange(len(workers) + 1)
            if at < len(workers):
                workers[at].kill()
                workers[at].restart()
                killed["worker"] += 1
            elif children := served.children():
                os.kill(chance.choice(children), signal.SIGKILL)
                killed["web"] += 1

    def disturb() -> None:
        for number, happen in enumerate(in_the_middle, 1):
            if over.wait(count / rate / (len(in_the_middle) + 1) if number else 0):
                return
            happen()

    threads = [threading.Thread(target=target) for target in (kill, disturb)]
    for thread in threads:
        thread.start()
    sending = send(served.base, range(count), 16, rate, _SENT_AGAIN, _PATIENCE)
    threads[1].join()
    over.set()
    threads[0].join()
    accepted = player.wait_for(sending.sent, 75)
    _, again, other = player.seen()
    lost = sending.sent.keys() - accepted.keys()
    assert not lost, f"{len(lost)} of {len(sending.sent)} acknowledged and never answered, {sorted(lost)[:5]}"
    assert other.keys() <= {"/v2/bot/chat/loading/start"}, "something was pushed"
    assert killed.total() >= 1
    sessions = make_sessions(make_engine(database))
    with sessions() as session:
        rows = select(QuestionLog.message_id, func.count()).group_by(QuestionLog.message_id)
        assert [found for found in session.execute(rows) if found[1] > 1] == []
        dead = session.scalar(select(func.count()).where(InboxEvent.state == "dead"))
    waited = sorted(accepted[token] - at for token, at in sending.sent.items())
    return (
        f"{len(sending.sent)} of {count} acknowledged, all answered once; killed {dict(killed)}; refused "
        f"{dict(sending.refused)}; tried again with a used token {again.total()}; kept for operators {dead}; "
        f"longest wait {waited[-1]:.1f} s"
    )
