"""From a question without an answer to a better answer, in the console."""

from datetime import datetime, timedelta

from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import select

from bot.models import QuestionLog
from bot.review.merging import merge_clusters
from bot.review.models import ClusterWording, QuestionCluster
from handlers.commands.desk import Desk
from knowledge.models import EntryRow
from knowledge.releases import publish_release
from nlp.normalise import LONGEST_QUESTION
from tests.console import Console, check_axe, press, sign_in_page

QUESTION = "ケッタマシンがじゃまくさい"


def ask(web: Flask, question: str) -> str:
    return str(web.test_client().post("/answer", data={"q": question}).get_data(as_text=True))


def test_from_the_queue_to_an_answer_in_three_keys(page: Page, web: Flask, desk: Desk) -> None:
    assert "では分かりません" in ask(web, QUESTION)
    sign_in_page(page, web, desk, "operator")
    page.goto("/console/questions")
    check_axe(page)
    press(page, "1")
    page.get_by_role("heading", name=QUESTION).wait_for()
    check_axe(page)
    press(page, "1")
    page.get_by_text("想定質問として下書きに加えました").wait_for()
    with desk.sessions() as session:
        entry = next(e for e in session.scalars(select(EntryRow)) if QUESTION in e.examples)
        publish_release(session, datetime(2026, 11, 24), "")
        session.commit()
        title = entry.title
    desk.conversation.live._looked = 0.0
    assert title in ask(web, QUESTION)
    press(page, "u")
    page.get_by_text("決定を取り消し").wait_for()
    with desk.sessions() as session:
        assert QUESTION not in session.get_one(EntryRow, entry.id).examples


def several_wordings(web: Flask, desk: Desk) -> None:
    """A cluster of three wordings: one of another matter, one that was masked."""
    ask(web, QUESTION)
    Console(web, desk, "viewer").text("/console/questions")  # files it
    with desk.sessions() as session:
        others = ("駅前のケッタマシン\nじゃまやわ", "ペンギンの飼い方", "〔名前〕ですがケッタマシンが")
        session.add_all([ClusterWording(cluster_id=1, core=text, text=text, count=1) for text in others])
        session.commit()


def test_only_wordings_that_stay_ticked_become_examples(page: Page, web: Flask, desk: Desk) -> None:
    several_wordings(web, desk)
    sign_in_page(page, web, desk, "operator")
    check_axe(page, "/console/questions/1")
    ticks = page.locator("input[type=checkbox][name=wording]")
    assert [tick.is_checked() for tick in ticks.all()] == [True, True], "without the one that was masked"
    page.get_by_label("ペンギンの飼い方").uncheck()
    page.get_by_text("変わる質問を見る").first.click()
    page.get_by_text("を想定質問に加えたとき").wait_for()
    assert "ペンギン" not in page.locator("main > p").first.inner_text()
    press(page, "1")
    page.get_by_text("想定質問として下書きに加えました").wait_for()
    with desk.sessions() as session:
        examples = {text for entry in session.scalars(select(EntryRow)) for text in entry.examples}
    assert {QUESTION, "駅前のケッタマシン じゃまやわ"} <= examples
    assert "ペンギンの飼い方" not in examples
    press(page, "u")
    page.get_by_text("決定を取り消し").wait_for()
    with desk.sessions() as session:
        examples = {text for entry in session.scalars(select(EntryRow)) for text in entry.examples}
    assert not {QUESTION, "駅前のケッタマシン じゃまやわ"} & examples
    place = "/console/questions/1"
    refused = Console(web, desk, "operator").post(f"{place}/decide", {"entry": "1", "wording": ["", " "]}, place)
    assert refused.status_code == 422
    assert "一つ書くか、選んでください" in refused.get_data(as_text=True)
    assert 'name="wording" value="ペンギンの飼い方" checked' not in refused.get_data(as_text=True)


def test_a_new_entry_begins_with_the_wordings_that_stay_ticked(page: Page, web: Flask, desk: Desk) -> None:
    several_wordings(web, desk)
    with desk.sessions() as session:
        texts = [f"ケッタマシンの置き場所について{number}番目に聞きたいこと" for number in range(40)]
        session.add_all([ClusterWording(cluster_id=1, core=text, text=text, count=2) for text in texts])
        session.commit()
    sign_in_page(page, web, desk, "editor")
    page.goto("/console/questions/1")
    page.get_by_label("ペンギンの飼い方").uncheck()
    press(page, "w")
    lines = page.locator("#examples").input_value().splitlines()
    assert sorted(lines) == sorted([QUESTION, *texts, "駅前のケッタマシン じゃまやわ"])
    assert page.locator("#title").input_value() == QUESTION
    check_axe(page)
    assert Console(web, desk, "operator").post("/console/knowledge/entry/begin", {"title": "x"}).status_code == 403


def test_later_is_decided_by_keys_alone(page: Page, web: Flask, desk: Desk) -> None:
    ask(web, QUESTION)
    sign_in_page(page, web, desk, "operator")
    page.goto("/console/questions")
    press(page, "1")
    page.get_by_role("heading", name=QUESTION).wait_for()
    press(page, "l", leads_on=False)
    page.keyboard.type("山下")  # written where the focus is
    page.keyboard.press("Enter")
    page.get_by_text("「あとで決める」に決めました").wait_for()
    with desk.sessions() as session:
        assert [(c.state, c.assigned) for c in session.scalars(select(QuestionCluster))] == [("later", "山下")]


def test_what_a_choice_changes_is_seen_on_the_way(page: Page, web: Flask, desk: Desk) -> None:
    ask(web, QUESTION)
    sign_in_page(page, web, desk, "operator")
    page.goto("/console/questions")
    press(page, "1")
    page.get_by_role("button", name="変わる質問を見る").or_(page.get_by_text("変わる質問を見る")).first.click()
    page.get_by_text("1 件のうち 1 件の答えが変わります").wait_for()
    check_axe(page)
    press(page, "1")  # the third step
    page.get_by_text("想定質問として下書きに加えました").wait_for()
    place = "/console/questions/1/preview"
    assert Console(web, desk, "operator").post(place, {"entry": "x", "wording": "a"}).status_code == 422
    assert Console(web, desk, "viewer").post(place, {"entry": "1", "wording": "a"}).status_code == 403


def test_the_queue_shows_decisions_and_their_reasons(web: Flask, desk: Desk) -> None:
    ask(web, "ペンギンの飼い方を知りたい")
    console = Console(web, desk, "operator")
    assert "ペンギンの飼い方" in console.text("/console/questions")
    with desk.sessions() as session:
        number = session.scalars(select(QuestionCluster.id)).one()
    place = f"/console/questions/{number}"
    refused = console.post(f"{place}/decide", {"kind": "elsewhere", "title": "ペンギン", "authority": "海遊館"}, place)
    assert refused.status_code == 422
    assert "電話番号かページ" in refused.get_data(as_text=True)
    assert console.post(f"{place}/decide", {"kind": "ignored"}, place).status_code == 303
    ask(web, "ペンギンの飼い方は?")
    assert "ペンギン" not in console.text("/console/questions")
    assert "ペンギン" in console.text("/console/questions?state=ignored")
    assert Console(web, desk, "viewer").post(f"{place}/decide", {"kind": "later"}, place).status_code == 403
    assert "取り消す" not in Console(web, desk, "viewer").text(place)


def test_the_address_of_a_merged_cluster_leads_on_and_decides_nothing_unseen(
    page: Page, web: Flask, desk: Desk
) -> None:
    ask(web, "ペンギンの飼い方")
    ask(web, "南極の鳥を家で育てる")
    Console(web, desk, "viewer").text("/console/questions")  # files them
    sign_in_page(page, web, desk, "operator")
    page.goto("/console/questions/2")
    with desk.sessions() as session:
        into, gone = session.get_one(QuestionCluster, 1), session.get_one(QuestionCluster, 2)
        merge_clusters(session, gone, into)
        session.commit()
    tried = Console(web, desk, "operator").post("/console/questions/2/preview", {"entry": "1", "wording": "南極の鳥"})
    assert (tried.status_code, tried.location) == (303, "/console/questions/1")
    press(page, "x")  # of what is no longer there
    page.get_by_role("heading", name="ペンギンの飼い方").wait_for()
    page.get_by_text("一つになりました。確かめてから決めてください").wait_for()
    check_axe(page)
    page.goto("/console/questions/2")
    assert page.url.endswith("/console/questions/1")
    assert page.locator("li", has_text="南極の鳥").count()
    assert "南極" not in Console(web, desk, "viewer").text("/console/questions")
    with desk.sessions() as session:
        left = {cluster.id: (cluster.state, cluster.count) for cluster in session.scalars(select(QuestionCluster))}
        assert left == {1: ("open", 2), 2: ("merged", 0)}


def test_a_question_without_words_is_told_from_one_whose_text_is_gone(web: Flask, desk: Desk) -> None:
    ask(web, "")
    ask(web, "ペンギンの飼い方")
    with desk.sessions() as session:
        row = session.scalars(select(QuestionLog).where(QuestionLog.question != "")).one()
        number, row.asked_at, row.question = row.id, row.asked_at - timedelta(days=91), ""
        session.commit()
    console = Console(web, desk, "viewer")
    log = console.text("/console/questions/log")
    assert (log.count("（何も書かれていません）"), log.count("（文は保存期間が過ぎました）")) == (1, 1)
    assert "（文は保存期間が過ぎました）" in console.text(f"/console/questions/log/{number}")
    assert "（何も書かれていません）" in console.text(f"/console/questions/log/{3 - number}")


def test_a_long_message_is_whole_on_its_own_page_alone(page: Page, web: Flask, desk: Desk) -> None:
    long = "ペンギンの飼い方を" + "もっとくわしく" * 700 + "知りたい"
    ask(web, long)
    kept = long[:LONGEST_QUESTION]
    sign_in_page(page, web, desk, "editor")
    for place in ("/console/questions", "/console/questions/1", "/console/questions/log", "/console/statistics"):
        check_axe(page, place)
        shown = page.locator("main").inner_text()
        assert f"{kept[:119]}…" in shown
        assert kept[:121] not in shown, place
    check_axe(page, "/console/questions/log/1")
    assert page.get_by_role("region", name="質問の全文").inner_text() == kept
    assert page.locator("main").inner_text().count(kept[:121]) == 1


def test_the_log_is_searched_and_explains_itself(page: Page, web: Flask, desk: Desk) -> None:
    ask(web, "防災訓練はいつ")
    ask(web, "ペンギンの飼い方を知りたい")
    console = Console(web, desk, "viewer")
    found = console.text("/console/questions/log?words=訓練&answered=yes&since=2026-11-24&until=2026-11-24&channel=web")
    assert "防災訓練はいつ" in found
    assert "ペンギン" not in found
    assert "当てはまる質問はありません" in console.text("/console/questions/log?until=2026-11-23")
    with desk.sessions() as session:
        number = session.scalars(select(QuestionLog.id).where(QuestionLog.question == "防災訓練はいつ")).one()
    assert "訓練" in console.text(f"/console/questions/log/{number}").split("言葉ごとの理由")[1]
    sign_in_page(page, web, desk, "viewer")
    check_axe(page, "/console/questions/log")
    check_axe(page, f"/console/questions/log/{number}")
