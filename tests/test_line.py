"""Signed payloads into the running application; what LINE is sent, and what is stored and logged."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, text, update

from bot import wording
from bot.channels.line import cut, render_line, utf16_units
from bot.commits import GroupCommit
from bot.delivery import Worker
from bot.events import Reply
from bot.inbox.ending import list_dead, retry_dead
from bot.inbox.state import TOKEN_LIFE, now_ms
from bot.models import InboxEvent, QuestionLog
from handlers.commands.desk import Desk
from handlers.settings import Settings
from intents.decision import Decision
from knowledge.database import HEAD_REVISION, schema_revision
from knowledge.document import Entry, Office, Plan
from knowledge.snapshot import Match
from tests.line_server import DESCRIPTION, Line, over_limits, validator
from tests.served import ServedDesk


def event(number: int, words: str | None = "放置自転車追放啓発活動", user: str = "U1", **more: Any) -> dict[str, Any]:
    message = (
        {"type": "text", "id": f"m{number}", "text": words} if words is not None else {"type": "sticker", "id": "s"}
    )
    return {
        "type": "message", "mode": "active", "webhookEventId": f"event-{number}", "timestamp": number,
        "deliveryContext": {"isRedelivery": False}, "replyToken": f"token-{number}",
        "source": {"type": "user", "userId": user}, "message": message, **more,
    }  # fmt: skip


def signed(events: list[Any], secret: str = "channel-secret") -> tuple[bytes, dict[str, str]]:
    body = json.dumps({"destination": "x", "events": events}).encode()
    signature = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
    return body, {"x-line-signature": signature}


class Served(ServedDesk):
    """The application with its worker at work."""

    def post(self, *events: Any, secret: str = "channel-secret") -> int:
        body, headers = signed(list(events), secret)
        return self.client.post("/webhook/line", data=body, headers=headers).status_code


@pytest.fixture
def served(desk: Desk, settings: Settings) -> Iterator[Served]:
    application = Served(desk, settings)
    application.worker.start()
    yield application
    application.worker.stop()


def test_a_question_is_answered_once_with_a_card_that_dials(served: Served, line: Line) -> None:
    bad: list[Any] = [{"type": "message"}, None, 7, {"type": "new", "mode": "odd"}, {"type": "unsend"}]
    assert served.post(*bad, event(1)) == 200
    assert served.post(event(1, deliveryContext={"isRedelivery": True})) == 200
    (row,) = served.settled()
    assert (row.state, row.text, row.user_id, row.reply_token) == ("done", "", "", "")
    assert line.refused == []
    (sent,) = line.accepted
    bubble = sent["messages"][0]["contents"]
    assert bubble["footer"]["contents"][0]["action"]["uri"] == "tel:0669159173"
    assert "4階 ④番窓口" in json.dumps(bubble, ensure_ascii=False)
    with served.desk.sessions() as session:
        logged = session.scalars(select(QuestionLog)).one()
        assert (logged.channel, logged.intent, logged.answered, logged.release) == ("line", "initiative", True, 1)
        assert logged.user not in ("", "U1")


QUESTIONS = (
    "放置自転車追放啓発活動", "気にかける・つながる・支え合う地域づくり", "防災訓練と、放置自転車のこと", "こんにちは",
    "ありがとう", "使い方", "職員と話したい", "窓口の態度が悪い", "土曜日は開いてますか", "④番は何の課",
    "家が燃えてる", "知らない男が家に入ってきた", "子どもが親に殴られてる", "死にたい", "住民票がほしい", "",
    "😀" * 3000,     "<script>alert(1)</script>", "'; DROP TABLE entry; --", "\u202e\u0000\u200b", None,
)  # fmt: skip


def test_every_kind_of_reply_is_as_line_describes_it(served: Served, line: Line) -> None:
    assert served.post(*[event(n, words, f"U{n}") for n, words in enumerate(QUESTIONS, 1)]) == 200
    assert {row.state for row in served.settled()} == {"done"}
    assert line.refused == []
    assert len(line.accepted) == len(QUESTIONS)


def test_the_fullest_card_is_within_the_limits() -> None:
    long = "とても長い名前の" * 40 + "😀"
    office = Office(long, "本館2階", "⑩番", "06-6915-9173")
    plan = Plan(long, date(2023, 4, 1), date(2024, 3, 31), long, 1)
    best = Match(
        Entry(plan, long, long, office, explanation=long * 30, url="https://example.jp/" + "a" * 900), 0.9, True
    )
    twin = Match(Entry(replace(plan, title="別の計画"), long, long, replace(office, name="別の課")), 0.9, False)
    decision = Decision("initiative", True, (best, twin), office, also=twin)
    messages = render_line(Reply(decision, long * 100, tuple(f"{n}{long}" for n in range(20)), office.phone), "0" * 16)
    assert over_limits(messages) == []
    assert 1 <= len(messages) <= 5
    if not DESCRIPTION.exists():
        pytest.skip("LINE's description is not beside this clone")
    body = {"replyToken": "t", "messages": messages}
    assert [e.message for e in validator("ReplyMessageRequest").iter_errors(body)] == []


@pytest.mark.skipif(not DESCRIPTION.exists(), reason="LINE's description is not beside this clone")
@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "text"},
        {"type": "text", "text": "a", "colour": "red"},
        {"type": "flex", "altText": "a", "contents": {"type": "bubble", "body": {"type": "box", "contents": []}}},
        {"type": "flex", "altText": "a", "contents": {"type": "balloon"}},
        {"type": "nothing"},
    ],
)
def test_the_played_line_knows_a_wrong_message(wrong: dict[str, Any]) -> None:
    assert list(validator("ReplyMessageRequest").iter_errors({"replyToken": "t", "messages": [wrong]}))


def test_signatures_and_bodies(served: Served) -> None:
    assert served.post() == 200
    assert served.post(event(1), secret="wrong") == 400
    for body in (b"\xff", b"{", b"[" * 100_000, b""):
        assert served.client.post("/webhook/line", data=body).status_code == 400
    assert served.rows() == []


def test_half_characters_and_nul_anywhere_in_a_delivery_are_taken(served: Served, line: Line) -> None:
    odd = "\0\ud83d"
    assert (
        served.post(event(1, f"防災訓練{odd}", user=f"U{odd}", replyToken=f"t{odd}", webhookEventId=f"e{odd}")) == 200
    )
    assert served.post({"type": "unsend", "unsend": {"messageId": f"m{odd}"}}) == 200
    assert served.post({"type": "unfollow", "source": {"userId": f"U{odd}"}, "timestamp": 1}) == 200
    assert served.post({odd: [event(2)]}) == 200
    # A mention that ends within a pair of units.
    mention = {"mentionees": [{"index": 0, "length": 1, "type": "user", "isSelf": True}]}
    split = {"type": "text", "id": "m3", "text": "😀防災訓練", "mention": mention}
    assert served.post(event(3, message=split)) == 200
    rows = {row.event_id: row.outcome for row in served.settled()}
    assert rows["e\ufffd\ufffd"] == rows["event-3"] == "sent 200"


def test_without_credentials_line_is_503_and_the_rest_works(desk: Desk, settings: Settings) -> None:
    bare = Served(desk, Settings(settings.data_dir, settings.database_url, settings.ward_profile, "secret"))
    assert bare.post() == 503
    assert bare.client.get("/readyz").status_code == 503  # its worker was not started
    assert bare.client.post("/api/ask", json={"question": "防災訓練"}).get_json()["office"]["phone"] == "06-6915-9173"
    assert bare.client.post("/api/ask", json=[]).status_code == 400


def test_follow_standby_and_what_is_no_text(served: Served, line: Line) -> None:
    follow = event(1)
    del follow["message"]
    served.post(
        {**follow, "type": "follow"},
        {**event(2), "mode": "standby"},
        {**follow, "type": "unfollow", "webhookEventId": "event-3", "source": {"type": "user", "userId": "U9"}},
        event(4, None),
        event(5, "こんにちは", source=None),
    )
    assert {row.event_id for row in served.settled()} == {"event-1", "event-4", "event-5"}
    texts = {sent["replyToken"]: sent["messages"][0].get("text", "") for sent in line.accepted}
    assert "ふだんの言葉" in texts["token-1"]
    assert texts["token-1"].endswith(wording.SAFETY)
    assert "文字で書いてください" in texts["token-4"]
    assert len(line.accepted) == 3
    with served.desk.sessions() as session:
        assert len(session.scalars(select(QuestionLog)).all()) == 1


def test_a_message_taken_back_is_forgotten(served: Served) -> None:
    served.post(event(1))
    served.settled()
    served.post({"type": "unsend", "mode": "active", "webhookEventId": "u", "unsend": {"messageId": "m1"}})
    with served.desk.sessions() as session:
        assert session.scalars(select(QuestionLog)).all() == []


@pytest.mark.parametrize("faults", [[429], [500, 503], ["reset"], ["lost"], [401]])
def test_a_fault_of_line_is_answered_exactly_once(
    served: Served, line: Line, faults: list[int | str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.delivery._FIRST_RETRY", 50)
    monkeypatch.setattr("bot.sending._PROBE_EVERY", 0.05)
    line.faults = list(faults)
    served.post(event(1))
    (row,) = served.settled()
    assert row.outcome == ("sent before" if faults == ["lost"] else "sent 200")
    assert len(line.accepted) == 1
    with served.desk.sessions() as session:
        assert len(session.scalars(select(QuestionLog)).all()) == 1


def test_what_line_refuses_or_comes_too_late_is_kept_for_the_operators(served: Served, line: Line) -> None:
    line.faults = [400]
    served.post(event(1, "住民票"))
    served.settled()
    with served.desk.sessions() as session:
        session.execute(update(InboxEvent).values(state="waiting", attempts=0, received_at=now_ms() - TOKEN_LIFE - 1))
        session.commit()
    (row,) = served.settled()
    assert (row.state, row.text) == ("dead", "住民票")
    assert "時間内" in row.outcome
    with served.desk.sessions() as session:
        assert [dead.id for dead in list_dead(session)] == [row.id]
        assert retry_dead(session, row.id) == 1
        session.commit()
    assert served.settled()[0].state == "done"
    assert len(line.accepted) == 1


def test_a_dead_workers_claim_is_taken_over_and_a_user_is_served_in_order(served: Served, line: Line) -> None:
    served.worker.stop()
    served.post(event(2, "こんにちは"), event(1, "ありがとう"), event(3, "使い方", "U2"))
    with served.desk.sessions() as session:
        stale = {"state": "claimed", "worker": "dead", "claimed_until": now_ms() + 1_500, "attempts": 1}
        session.execute(update(InboxEvent).where(InboxEvent.event_id == "event-1").values(**stale))
        session.commit()
    again = Worker(
        served.desk.sessions,
        GroupCommit(served.desk.sessions),
        served.desk.conversation,
        served.worker._carriers.values(),
        "secret",
    )
    again.start()
    line.wait_for(3)
    again.stop()
    order = [sent["replyToken"] for sent in line.accepted]
    assert order == ["token-3", "token-1", "token-2"]


def test_a_store_that_does_not_work_is_a_503(served: Served) -> None:
    with served.desk.sessions() as session:
        session.execute(text("ALTER TABLE inbox_event RENAME TO elsewhere"))
        session.commit()
    assert served.post(event(1)) == 503


def test_cutting() -> None:
    assert utf16_units("😀") == 2
    assert utf16_units(cut("😀" * 100, 20)) <= 20


def test_the_schema_is_at_its_head(desk: Desk) -> None:
    assert schema_revision(desk.engine) == HEAD_REVISION
