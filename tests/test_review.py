"""Questions are grouped by what they ask, decided once, and stay decided."""

import shutil
import threading
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select

from bot.draft_check.effect import preview_wording
from bot.models import QuestionLog
from bot.question_log import log_row
from bot.record.following import follow_log
from bot.review.decisions import Choice, decide_cluster, undo_decision
from bot.review.filing import Filer, make_reader
from bot.review.merging import find_cluster
from bot.review.models import ClusterWording, QuestionCluster, ReviewDecision
from bot.review.queue import list_clusters
from handlers.commands.desk import Desk
from knowledge import KnowledgeError
from knowledge.models import EntryRow
from knowledge.releases import publish_release
from nlp.indexing.stored import kept_indexes
from nlp.vectors import vectors_of
from tests.bench_clusters import Filed, come_back, pair_f1
from tests.questions.made import make_questions

NOW = datetime(2026, 11, 24, 10, 0)


def log(desk: Desk, questions: list[str]) -> None:
    rows = [log_row(NOW, "web", "", q, desk.conversation.answer(q), 1.0) | {"review": "waiting"} for q in questions]
    with desk.sessions() as session:
        session.execute(insert(QuestionLog), rows)
        session.commit()


def clusters_of(desk: Desk) -> dict[str, int | None]:
    with desk.sessions() as session:
        rows = session.execute(select(QuestionLog.question, QuestionLog.cluster_id)).all()
        return {row.question: row.cluster_id for row in rows}


@pytest.fixture
def filer(desk: Desk) -> Filer:
    return Filer(desk.sessions, desk.conversation.live)


def test_a_thousand_questions_fall_into_their_needs(desk: Desk, filer: Filer) -> None:
    made = make_questions()
    log(desk, [question for question, _ in made])
    assert filer.file_waiting() == 1000
    filed = clusters_of(desk)
    f1, _, _ = pair_f1([(filed[q], need) for q, need in made if q in filed])
    assert f1 >= 0.9


def test_undecided_clusters_that_turn_out_to_be_one_are_merged_and_decided_ones_stay(desk: Desk, filer: Filer) -> None:
    asked = [question for question, _ in make_questions(of="needs_d")]
    log(desk, asked[:300])
    filer.file_waiting()
    with desk.sessions() as session:
        decided = session.scalars(select(QuestionCluster).order_by(QuestionCluster.count.desc()).limit(3)).all()
        for cluster, kind in zip(decided, ("ignored", "later", "ignored"), strict=True):
            made = decide_cluster(session, cluster.id, Choice(kind), "operator", NOW)
        undo_decision(session, made.id, "operator", NOW)
        session.commit()
        states = {cluster.id: cluster.state for cluster in decided}
        query = select(ClusterWording.id, ClusterWording.cluster_id)
        wordings = dict(session.execute(query.where(ClusterWording.cluster_id.in_(states))).all())
    assert set(states.values()) == {"ignored", "later", "open"}
    log(desk, asked[300:650])
    filer.file_waiting()
    log(desk, asked[650:])
    Filer(desk.sessions, desk.conversation.live).file_waiting()  # another process
    log(desk, asked[:100])
    filer.file_waiting()  # the first, which does not know what the other merged
    with desk.sessions() as session:
        clusters = {cluster.id: cluster for cluster in session.scalars(select(QuestionCluster))}
        gone = [cluster for cluster in clusters.values() if cluster.state == "merged"]
        assert gone
        for cluster in gone:
            assert (cluster.count, cluster.label) == (0, "")
            assert find_cluster(session, cluster.id) is not None
            assert find_cluster(session, cluster.id) not in gone
        counted = session.execute(select(QuestionLog.cluster_id, func.count()).group_by(QuestionLog.cluster_id))
        assert dict(counted.all()) == {n: cluster.count for n, cluster in clusters.items() if cluster.count}
        assert {n: clusters[n].state for n in states} == states
        assert all(session.get_one(ClusterWording, n).cluster_id == of for n, of in wordings.items())
        assert session.scalars(select(ClusterWording.core).group_by("core").having(func.count() > 1)).all() == []


@pytest.mark.parametrize(("needs", "least", "hidden"), [("needs_e", 0.88, 0.06), ("needs_f", 0.88, 0.06)])
def test_needs_in_the_words_of_others_fall_apart_too_and_ignored_ones_stay_away(
    desk: Desk, needs: str, least: float, hidden: float
) -> None:
    snapshot = desk.conversation.live.get()
    made = make_questions(600, of=needs)
    filed = Filed(make_reader(snapshot)).file(question for question, _ in made)
    f1, _, _ = pair_f1([(cluster, need) for cluster, (_, need) in zip(filed, made, strict=True)])
    back, lost = come_back(make_reader(snapshot), made)
    assert f1 >= least
    assert back <= 0.12
    assert lost <= hidden


def test_words_that_are_used_alike_are_akin() -> None:
    known, vectors = vectors_of(["犬", "箪笥", "ソファー", "ほげほげら"])
    assert known == ["犬", "箪笥", "ソファー"]
    assert (vectors**2).sum(axis=1) == pytest.approx(1)
    assert vectors[1] @ vectors[2] > 0.3 > vectors[1] @ vectors[0]


def test_spellings_of_one_question_are_one_cluster(desk: Desk, filer: Filer) -> None:
    said = [
        "水道が止まった",
        "すいどうが止まった",
        "水道止まってもた",
        "水道が止まりました！！",
        "すみません、水道が止まったんですけど",
    ]
    log(desk, [*said, "パスポートの更新はどこ"])
    filer.file_waiting()
    filed = clusters_of(desk)
    assert len({filed[q] for q in said}) == 1
    assert filed["パスポートの更新はどこ"] != filed[said[0]]


def test_what_was_ignored_does_not_come_back(desk: Desk, filer: Filer) -> None:
    log(desk, ["今日の天気はどうですか"])
    filer.file_waiting()
    with desk.sessions() as session:
        cluster = session.scalars(select(QuestionCluster)).one()
        decide_cluster(session, cluster.id, Choice("ignored"), "operator", NOW)
        session.commit()
    again = Filer(desk.sessions, desk.conversation.live)  # another process
    log(desk, ["今日の天気はどう?", "きょうの天気はどうですか", "すみません、今日の天気を教えてください"])
    again.file_waiting()
    with desk.sessions() as session:
        assert session.scalars(select(QuestionCluster.state)).all() == ["ignored"]
        assert session.scalars(select(QuestionCluster.count)).all() == [4]


def test_what_any_bot_is_asked_falls_apart_without_a_common_word(desk: Desk) -> None:
    weather = ["今日の天気はどうですか", "明日は暑くなりそう?", "洗濯物は乾くかな", "気温は何度まで上がりますか"]
    food = ["おいしいラーメン屋を教えて", "近くでランチできる店"]
    others = ["ペンギンの飼い方", "面白いこと言うて", "あなたはロボットですか", "阪神勝った?", "国保の保険料を払えない"]
    filed = Filed(make_reader(desk.conversation.live.get())).file([*weather, *food, *others])
    assert len(set(filed[:4])) == len(set(filed[4:6])) == 1
    assert len(set(filed)) == 2 + len(others)


def test_no_page_waits_until_all_wordings_are_read_again_for_a_new_release(
    desk: Desk, filer: Filer, monkeypatch: pytest.MonkeyPatch
) -> None:
    log(desk, [question for question, _ in make_questions(100)])
    filer.file_waiting()
    behind = threading.Event()
    monkeypatch.setattr(filer, "file_waiting", behind.set)
    filer.file_soon()
    assert not behind.is_set()
    with desk.sessions() as session:
        publish_release(session, NOW, "")
        session.commit()
    desk.conversation.live._looked = 0.0
    filer.file_soon()
    assert behind.wait(5)


def test_a_wording_answers_after_publishing_and_can_be_taken_back(desk: Desk, filer: Filer) -> None:
    question = "ちゃりんこがようけ停まってて歩かれへんのやけど"
    log(desk, [question])
    filer.file_waiting()
    with desk.sessions() as session:
        cluster = session.scalars(select(QuestionCluster)).one()
        entry = session.scalars(select(EntryRow).where(EntryRow.title == "放置自転車追放啓発活動")).first()
        assert entry
        made = decide_cluster(session, cluster.id, Choice("example", entry.id, (question,)), "operator", NOW)
        session.commit()
        assert question in entry.examples
        undo_decision(session, made.id, "operator", NOW)
        session.commit()
        assert question not in entry.examples
        assert cluster.state == "open"
        with pytest.raises(KnowledgeError, match="取り消されています"):
            undo_decision(session, made.id, "operator", NOW)
        assert session.scalars(select(ReviewDecision.undone_by)).all() == ["operator"]


def test_another_authority_becomes_an_answer_that_names_it(desk: Desk, filer: Filer) -> None:
    question = "運転免許証の住所を変えたい"
    log(desk, [question])
    filer.file_waiting()
    with desk.sessions() as session:
        cluster = session.scalars(select(QuestionCluster)).one()
        with pytest.raises(KnowledgeError, match="電話番号か"):
            decide_cluster(session, cluster.id, Choice("elsewhere", authority="鶴見警察署"), "operator", NOW)
        chosen = Choice("elsewhere", title="運転免許証の住所変更", authority="鶴見警察署", phone="06-0000-0000")
        decide_cluster(session, cluster.id, chosen, "operator", NOW)
        publish_release(session, NOW, "")
        session.commit()
    desk.conversation.live._looked = 0.0
    reply = desk.conversation.answer(question)
    assert reply.decision.office
    assert reply.decision.office.name == "鶴見警察署"


def test_texts_with_masked_data_never_become_examples(desk: Desk, filer: Filer) -> None:
    log(desk, ["山田太郎です。ペンギンを飼いたい"])
    filer.file_waiting()
    with desk.sessions() as session:
        cluster = session.scalars(select(QuestionCluster)).one()
        assert "山田" not in session.scalars(select(ClusterWording.text)).one()
        entry = session.scalars(select(EntryRow)).first()
        assert entry
        with pytest.raises(KnowledgeError, match="個人情報"):
            decide_cluster(session, cluster.id, Choice("example", entry.id, (cluster.label,)), "operator", NOW)


def ask_in_turn(desk: Desk, user: str, *asked: tuple[int, str]) -> None:
    rows = [
        log_row(NOW + timedelta(minutes=minute), "line", user, q, desk.conversation.answer(q), 1.0) | {"review": ""}
        for minute, q in asked
    ]
    with desk.sessions() as session:
        session.execute(insert(QuestionLog), rows)
        session.commit()


def test_questions_that_are_asked_again_in_other_words_wait_for_review(desk: Desk, filer: Filer) -> None:
    ask_in_turn(desk, "a", (0, "放置自転車をどけて"), (2, "駅前の放置自転車をどけてほしい"), (3, "ありがとう"))
    ask_in_turn(desk, "b", (0, "防災訓練はいつ"), (1, "保育所に入りたい"))  # another matter
    ask_in_turn(desk, "c", (0, "防災訓練はいつ"), (30, "防災訓練はいつですか"))  # another time
    ask_in_turn(desk, "", (0, "防災訓練はいつ"), (1, "防災訓練はいつですか"))  # nobody knows who
    filer.file_waiting()
    with desk.sessions() as session:
        assert session.scalars(select(QuestionLog.question).where(QuestionLog.rephrased)).all() == []
    follow_log(desk.sessions, desk.now() + timedelta(minutes=1))
    filer.file_waiting()
    filer.file_waiting()
    with desk.sessions() as session:
        marked = session.scalars(select(QuestionLog).where(QuestionLog.rephrased)).all()
        assert [row.question for row in marked] == ["放置自転車をどけて"]
        (waiting,), _ = list_clusters(session, "open", 1, NOW + timedelta(days=1))
        assert (waiting.rephrased, waiting.week, waiting.unanswered) == (1, 1, 0)
    ask_in_turn(desk, "a", (5, "放置自転車を撤去してほしい"))  # behind the batch that was looked through
    follow_log(desk.sessions, desk.now() + timedelta(minutes=1))
    filer.file_waiting()
    with desk.sessions() as session:
        assert len(session.scalars(select(QuestionLog).where(QuestionLog.rephrased)).all()) == 2


def test_a_wording_shows_what_it_would_change_and_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    question = "ケッタマシンがじゃまくさい"
    log(desk, [question, "ケッタマシンどけて", "今日の天気"])
    newest, folder = kept_indexes(desk.settings.data_dir / "index")[-1], tmp_path / "kept"
    shutil.copytree(newest, folder / newest.name)
    entry = desk.conversation.answer(question).decision.matches[0].entry
    before = desk.conversation.answer(question).text
    effect = preview_wording(desk.sessions, desk.conversation, folder, entry.id, [question], [question])
    assert [one.question for one in effect.own] == [question]
    assert entry.title in effect.own[0].after
    assert (effect.owned, effect.asked) == (1, 1)  # the need's own is not among the others, the weather shares no word
    assert {one.question for one in effect.others} <= {"ケッタマシンどけて"}
    assert desk.conversation.answer(question).text == before
    tried = {path.name for path in kept_indexes(folder / "trial")}
    assert newest.name in tried  # what is alike was not analysed again
    with pytest.raises(KnowledgeError, match="公開版にありません"):
        preview_wording(desk.sessions, desk.conversation, folder, "none", [question], [])
