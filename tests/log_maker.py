"""A log of any size, in seconds: `python -m tests.log_maker ROWS [DAYS]` fills the database of the settings."""

import random
import sys
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update

from bot.models import QuestionLog
from bot.question_log import log_row
from bot.record.following import follow_log
from handlers.commands.desk import Desk
from handlers.settings import read_settings
from knowledge.database import table_of
from knowledge.releases import live_number, publish_release
from nlp.normalise import normalise
from nlp.tokenise import analyse
from tests.questions.made import make_questions

RELEASES = 7
_AT_ONCE = 5_000  # rows in one insert
_SPEEDS = (0.8, 1.2, 1.9, 2.5, 4.0, 9.0, 40.0)


def _kinds(desk: Desk, count: int) -> list[dict[str, Any]]:
    """Rows as they are logged, of many wordings, some answered and some not."""
    entries = desk.conversation.live.get().entries
    asked = [question for question, _ in make_questions(1_000)]
    asked += [text for entry in entries for text in (entry.title, *entry.examples)]
    asked += [
        "区役所は何時まで",
        "④番は何の課",
        "ありがとう",
        "職員と話したい",
        "火事です",
        "駅前の自転車がじゃま",
    ] * 20
    now = datetime(2026, 1, 1)
    return [
        log_row(now, "web", "", text, desk.conversation.answer(text), 1.0)
        for text in random.Random(1).sample(asked, min(count, len(asked)))
    ]


def make_log(desk: Desk, count: int, days: int, until: datetime | None = None, wordings: int = 300) -> None:
    """Adds questions, evenly over the days before `until` (now): from many people, on several channels and releases,
    some of them judged. None waits for review."""
    until = (until or desk.now()).replace(tzinfo=None)
    kinds, chance = _kinds(desk, wordings), random.Random(2)
    with desk.sessions() as session:
        while (live_number(session) or 0) < RELEASES:
            publish_release(session, desk.now(), "")
        session.commit()
        for start in range(0, count, _AT_ONCE):
            rows = []
            for number in range(start, min(start + _AT_ONCE, count)):
                row = chance.choice(kinds)
                said = chance.random()
                asked_at = until - timedelta(days=days) * ((count - number) / count)
                rows.append(
                    row | {
                        "asked_at": asked_at,
                        "channel": "line" if chance.random() < 0.7 else "web",
                        "user": f"{chance.randrange(50_000):016x}",
                        "release": 1 + RELEASES * number // count, "milliseconds": chance.choice(_SPEEDS),
                        "answer_key": f"{int(asked_at.timestamp()):08x}{chance.getrandbits(64):016x}",
                        "message_id": f"{int(asked_at.timestamp() * 1_000)}{chance.getrandbits(16):05}",
                        "feedback": "good" if said < 0.04 else "wrong" if said < 0.06 else "", "review": "",
                    }
                )  # fmt: skip
            session.connection().execute(insert(table_of(QuestionLog)), rows)
            session.commit()


def make_queue(desk: Desk, needs: int) -> None:
    """Questions of the newest hundred thousand wait for review: of so many needs, most of them asked often."""
    chance = random.Random(3)
    words = sorted({word for question, _ in make_questions(1_000) for word in analyse(normalise(question)).words})
    asked = [f"{chance.choice(words)}と{chance.choice(words)}の{chance.choice(words)}" for _ in range(needs)]
    with desk.sessions() as session:
        numbers = session.scalars(
            select(QuestionLog.id)
            .where(QuestionLog.answered.is_(False))
            .order_by(QuestionLog.id.desc())
            .limit(10 * needs)
        ).all()
        rows = [{"id": n, "review": "waiting", "question": chance.choice(asked)} for n in numbers]
        session.execute(update(QuestionLog), rows)
        session.commit()


if __name__ == "__main__":
    made = Desk(read_settings())
    make_log(made, int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1_095, wordings=3_000)
    follow_log(made.sessions, made.now())
