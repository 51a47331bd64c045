"""What came into an ignored cluster later is seen on its page, and another need among it goes back to the queue."""

from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import select

from bot.models import QuestionLog
from bot.review.filing import Filer
from bot.review.models import ClusterWording, QuestionCluster
from handlers.commands.desk import Desk
from tests.console import Console, check_axe, press, sign_in_page
from tests.test_console_questions import ask
from tests.test_review import clusters_of, log

WEATHER, RAIN, HEAT = "今日の天気はどうですか", "週末は雨が降りますか", "気温は何度まで上がりますか"
PLACE = "/console/questions/1"


def ignore_weather(web: Flask, desk: Desk) -> Console:
    """The weather is ignored; two questions more are filed into it then."""
    console = Console(web, desk, "operator")
    ask(web, WEATHER)
    console.text("/console/questions")  # files it
    assert console.post(f"{PLACE}/decide", {"kind": "ignored"}, PLACE).status_code == 303
    for question in (RAIN, HEAT):
        ask(web, question)
    assert RAIN not in console.text("/console/questions")
    assert set(clusters_of(desk).values()) == {1}
    return console


def test_another_need_that_was_hidden_goes_back_and_stays_back(page: Page, web: Flask, desk: Desk) -> None:
    ignore_weather(web, desk)
    sign_in_page(page, web, desk, "operator")
    check_axe(page, PLACE)
    shown = page.get_by_role("region", name="決めたあとに入った言い方")
    assert [tick.inner_text().strip() for tick in shown.locator("label").all()] == [f"{HEAT}（1）", f"{RAIN}（1）"]
    shown.get_by_label(RAIN).check()
    press(page, "b")
    page.get_by_role("heading", name=RAIN).wait_for()
    check_axe(page)
    ask(web, RAIN)
    ask(web, f"すみません、{RAIN}?")
    assert RAIN in Console(web, desk, "viewer").text("/console/questions")  # by the process that knew it elsewhere
    log(desk, [RAIN, WEATHER])
    Filer(desk.sessions, desk.conversation.live).file_waiting()  # by another
    with desk.sessions() as session:
        left = session.execute(select(QuestionCluster.label, QuestionCluster.state, QuestionCluster.count))
        assert left.all() == [(WEATHER, "ignored", 3), (RAIN, "open", 4)]
        rows = session.execute(select(QuestionLog.question, QuestionLog.cluster_id)).all()
        assert {(WEATHER, 1), (HEAT, 1), (RAIN, 2)} <= {tuple(row) for row in rows}
        assert (RAIN, 1) not in {tuple(row) for row in rows}
        assert len(session.scalars(select(ClusterWording.core)).all()) == 3


def test_only_operators_bring_back_and_never_all(web: Flask, desk: Desk) -> None:
    console = ignore_weather(web, desk)
    viewer = Console(web, desk, "viewer")
    assert HEAT in viewer.text(PLACE).split("決めたあとに入った言い方")[1]
    assert viewer.post(f"{PLACE}/part", {"part": "2"}).status_code == 403
    for chosen, told in (
        (["1", "2", "3"], "決定を取り消して"),
        ([], "選んでください"),
        (["x", "99"], "選んでください"),
    ):
        refused = console.post(f"{PLACE}/part", {"part": chosen}, PLACE)
        assert refused.status_code == 422
        assert told in refused.get_data(as_text=True)
    assert set(clusters_of(desk).values()) == {1}
