"""Signed payloads into the running application; what LINE is sent, and what is logged."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any

from sqlalchemy import select

from bot.channels.line import cut, render_line, utf16_units
from bot.models import InboxEvent, QuestionLog
from handlers.commands.desk import Desk
from handlers.settings import Settings
from handlers.web import make_web
from knowledge.database import HEAD_REVISION, schema_revision
from tests.conftest import Line


def event(number: int, text: str) -> dict[str, Any]:
    return {
        "type": "message",
        "mode": "active",
        "webhookEventId": f"event-{number}",
        "timestamp": 1,
        "deliveryContext": {"isRedelivery": False},
        "replyToken": f"token-{number}",
        "source": {"type": "user", "userId": "U1"},
        "message": {"type": "text", "id": "1", "text": text},
    }


def post(client: Any, events: list[Any], secret: str = "channel-secret") -> int:
    body = json.dumps({"destination": "x", "events": events}).encode()
    signature = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
    return int(client.post("/webhook/line", data=body, headers={"x-line-signature": signature}).status_code)


def test_a_question_is_answered_once_with_a_card_that_dials(desk: Desk, settings: Settings, line: Line) -> None:
    web, worker = make_web(settings, desk.sessions, desk.conversation)
    worker.start()
    client = web.test_client()
    bad: list[Any] = [{"type": "message"}, None, {"type": "new", "mode": "odd"}]
    assert post(client, [*bad, event(1, "放置自転車追放啓発活動")]) == 200
    assert post(client, [event(1, "放置自転車追放啓発活動")]) == 200
    assert line.arrived.wait(10)
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with desk.sessions() as session:
            rows = session.scalars(select(InboxEvent)).all()
            if all(row.state == "done" for row in rows):
                break
        time.sleep(0.05)
    worker.stop()
    assert [call["replyToken"] for call in line.calls] == ["token-1"]
    bubble = line.calls[0]["messages"][0]["contents"]
    assert bubble["footer"]["contents"][0]["action"]["uri"] == "tel:0669159173"
    assert "4階 ④番窓口" in json.dumps(bubble, ensure_ascii=False)
    with desk.sessions() as session:
        row = session.scalars(select(QuestionLog)).one()
        assert (row.channel, row.intent, row.answered, row.release) == ("line", "initiative", True, 1)
        assert row.user != "U1"
        assert session.scalars(select(InboxEvent)).one().text == ""


def test_signatures(desk: Desk, settings: Settings) -> None:
    client = make_web(settings, desk.sessions, desk.conversation)[0].test_client()
    assert post(client, []) == 200
    assert post(client, [event(1, "x")], "wrong") == 400
    assert client.post("/webhook/line", data=b"\xff").status_code == 400


def test_a_line_without_credentials_is_503_and_the_chat_works(desk: Desk, settings: Settings) -> None:
    bare = Settings(settings.data_dir, settings.database_url, settings.ward_profile, "secret")
    client = make_web(bare, desk.sessions, desk.conversation)[0].test_client()
    assert post(client, []) == 503
    page = client.post("/", data={"q": "<b>防災訓練</b>"}).get_data(as_text=True)
    assert "&lt;b&gt;防災訓練" in page
    assert "<b>防災訓練" not in page
    answer = client.post("/api/ask", json={"question": "防災訓練"}).get_json()
    assert answer["office"]["phone"] == "06-6915-9173"
    assert client.post("/api/ask", json=[]).status_code == 400
    assert client.get("/readyz").status_code == 200


def test_limits(desk: Desk) -> None:
    assert utf16_units("😀") == 2
    assert utf16_units(cut("😀" * 100, 20)) <= 20
    for question in ("防災訓練", "こんにちは", "死にたい", "住民票", "何時まで開いてますか"):
        messages = render_line(desk.conversation.answer(question))
        assert 1 <= len(messages) <= 5
        for message in messages:
            assert len(message.get("altText", "")) <= 1500
            assert utf16_units(message.get("text", "x")) <= 5000
            for item in message.get("quickReply", {}).get("items", []):
                assert len(item["action"]["label"]) <= 20


def test_the_schema_is_at_its_head(desk: Desk) -> None:
    with desk.sessions() as session:
        assert schema_revision(session.get_bind()) == HEAD_REVISION  # type: ignore[arg-type]
