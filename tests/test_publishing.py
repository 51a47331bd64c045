"""Checks before publishing, differences, acts of releases, and documents compared with the draft."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from bot.draft_check.checks import Review, review_draft
from bot.draft_check.publish import publish_checked
from bot.draft_check.trial import DraftSnapshots
from bot.question_log import log_questions, log_row
from handlers.commands.desk import Desk
from knowledge import KnowledgeError
from knowledge.document import Document
from knowledge.draft import read_draft
from knowledge.merging.comparing import apply_steps, compare_with_draft
from knowledge.merging.steps import ADDED, CHANGED, LEFT_ALONE, UNCHANGED, VANISHED
from knowledge.models import EntryRow, OfficeRow
from knowledge.publishing.difference import compare_documents, count_edits
from knowledge.publishing.questions import list_questions, save_question
from knowledge.publishing.rules import find_problems
from knowledge.releases import RETURNED, list_acts, live_number, point_to_release, publish_release, read_release
from tests.conftest import NOW


@pytest.fixture
def session(desk: Desk) -> Iterator[Session]:
    with desk.sessions() as opened:
        yield opened


def review(desk: Desk) -> Review:
    drafts = DraftSnapshots(desk.sessions, desk.settings.data_dir / "index")
    found = review_draft(desk.sessions, desk.conversation, drafts, lambda *_: None)
    assert Review.from_json(found.to_json()) == found
    return found


def entry_row(session: Session, title: str) -> EntryRow:
    row = session.query(EntryRow).filter_by(title=title).first()
    assert row is not None
    return row


def test_a_failing_test_question_refuses_by_name_and_the_override_is_recorded(desk: Desk, session: Session) -> None:
    folder = desk.settings.data_dir / "index"
    save_question(session, "駅前の自転車がじゃま", entry_row(session, "防災訓練").id, "hanako", NOW)
    save_question(session, "ラーメン食べたい", None, "hanako", NOW)
    session.commit()
    with pytest.raises(KnowledgeError, match="テスト質問「駅前の自転車がじゃま」: 「防災訓練」が先に出ず"):
        publish_checked(session, desk.conversation, folder, NOW, "春の更新")
    assert live_number(session) == 1
    assert publish_checked(session, desk.conversation, folder, NOW, "春の更新", "急ぎのため", "kanri") == 2
    act = list_acts(session)[0]
    assert (act.who, act.why, act.override, act.number, act.before) == ("kanri", "春の更新", "急ぎのため", 2, 1)
    assert "駅前の自転車がじゃま" in act.problems[0]
    question = list_questions(session)[0]
    save_question(session, question.question, entry_row(session, "放置自転車追放啓発活動").id, "h", NOW, question.id)
    assert publish_checked(session, desk.conversation, folder, NOW, "直した", "要らない理由") == 3
    assert (list_acts(session)[0].override, list_acts(session)[0].problems) == ("", [])


def test_what_must_not_be_answered_is_checked_and_renaming_keeps_a_question(desk: Desk, session: Session) -> None:
    row = entry_row(session, "防災訓練")
    save_question(session, "防災訓練はいつ", row.id, "hanako", NOW)
    bad = save_question(session, "放置自転車をなくしたい", None, "hanako", NOW)
    row.title = "地域防災訓練"
    session.commit()
    (error,) = review(desk).errors
    assert error.test == bad.id
    assert "答えてはいけないのに「放置自転車追放啓発活動」" in error.text
    session.delete(row)
    session.commit()
    assert any("が下書きにありません" in problem.text for problem in review(desk).errors)


def test_the_draft_is_looked_through(desk: Desk, session: Session) -> None:
    bicycles, drill = entry_row(session, "放置自転車追放啓発活動"), entry_row(session, "防災訓練")
    for row in (bicycles, drill):
        row.valid_from, row.valid_to = NOW.date(), NOW.date().replace(year=2028)
    drill.examples = [*drill.examples, "駅前の放置自転車をどけてほしい"]
    bicycles.examples = [*bicycles.examples, "駅前の放置自転車をどけて、ほしい。"]
    drill.office = None
    bicycles.valid_to = NOW.date().replace(year=2020)
    session.query(OfficeRow).first().phone = "1234"  # type: ignore[union-attr]
    session.commit()
    found = review(desk)
    texts = "\n".join(problem.text for problem in found.problems)
    for said in ("終わりの日が始まりの日より前", "「防災訓練」に担当がありません", "電話「1234」", "ほぼ同じもの"):
        assert said in texts.replace(f"{drill.plan.title} / {drill.section} / ", "")
    assert [problem.level for problem in found.errors] == ["error"]
    bicycles.valid_to = NOW.date().replace(year=2028)
    session.commit()
    assert "「防災訓練」の「駅前の放置自転車をどけてほしい」では、「放置自転車追放啓発活動」が先に出ます" in "\n".join(
        problem.text for problem in review(desk).problems
    )


def test_what_if_shows_the_real_questions_whose_answer_changes_and_writes_nothing(desk: Desk, session: Session) -> None:
    asked = ["駅前の自転車がじゃま", "区役所は何時まで", "駅前の自転車がじゃま"]
    for text in asked:
        log_questions(session, [log_row(NOW, "web", "", text, desk.conversation.answer(text), 1.0)])
    office = entry_row(session, "放置自転車追放啓発活動").office
    assert office is not None
    office.counter = "㊿番"
    session.commit()
    found = review(desk)
    assert (found.asked, [row.question for row in found.altered]) == (2, ["駅前の自転車がじゃま"])
    assert "④番" in found.altered[0].before
    assert "㊿番" in found.altered[0].after
    from bot.models import QuestionLog

    assert session.query(QuestionLog).count() == len(asked)


def test_going_back_is_an_act_and_leaves_the_draft(desk: Desk, session: Session) -> None:
    entry_row(session, "防災訓練").title = "地域防災訓練"
    session.flush()
    publish_release(session, NOW, "改名", "akira")
    entry_row(session, "地域防災訓練").explanation = "まだ書きかけ"
    session.flush()
    draft = read_draft(session)
    point_to_release(session, 1, NOW, "akira", "まちがい")
    assert (live_number(session), read_draft(session)) == (1, draft)
    act = list_acts(session)[0]
    assert (act.action, act.number, act.before, act.who, act.why, act.changed) == (
        RETURNED,
        1,
        2,
        "akira",
        "まちがい",
        1,
    )


def test_differences_are_by_field_and_a_renamed_entry_is_one(session: Session) -> None:
    before = read_release(session, 1)
    first, second, *rest = before.entries
    assert first.office is not None
    moved = replace(first.office, counter="⑳番")
    entries = [replace(first, title="新しい題"), *(replace(e, office=moved if e.office == first.office else e.office)
               for e in rest)]  # fmt: skip
    entries[0] = replace(entries[0], office=moved)
    offices = [moved if o == first.office else o for o in before.offices]
    edits = compare_documents(before, Document(before.plans, offices, entries, thesaurus=before.thesaurus), {})
    told = {(e.what, e.action): [d.field for d in e.differences] for e in edits}
    assert told["office", CHANGED] == ["counter"]
    assert told["entry", CHANGED] == ["title"]
    assert [e.label.endswith(second.title) for e in edits if e.action == VANISHED] == [True]
    assert count_edits(edits) == (0, 2, 1)


def test_only_the_accepted_rows_are_written(session: Session) -> None:
    document = read_draft(session)
    first, second, third, *rest = document.entries
    edited = [replace(first, explanation="新しい説明"), replace(second, url="https://example.jp/"), *rest]
    draft = read_draft(session)
    steps = compare_with_draft(session, replace(document, entries=edited), by_hand=True)
    assert read_draft(session) == draft, "comparing writes nothing"
    asked = [step for step in steps if step.asks]
    assert [step.action for step in asked] == [CHANGED, CHANGED, VANISHED]
    apply_steps(session, steps, {asked[0].key})
    assert read_draft(session).entries == [edited[0], second, third, *rest]


def test_a_space_or_a_wide_digit_more_in_its_title_makes_no_other_plan(session: Session) -> None:
    document = read_draft(session)
    [plan] = [plan for plan in document.plans if plan.title.startswith("令和5年度")]
    spaced = replace(plan, title=plan.title.replace("令和5年度", "令和５年度　"))
    entries = [replace(entry, plan=spaced) for entry in document.entries if entry.plan == plan]
    published = Document([spaced], document.offices, entries)
    assert {step.action for step in compare_with_draft(session, published)} <= {UNCHANGED, LEFT_ALONE}
    by_hand = compare_with_draft(session, replace(document, plans=[spaced], entries=entries), by_hand=True)
    assert ADDED in {step.action for step in by_hand if step.what == "plan"}, "staff may call a plan what they like"


def test_the_shipped_knowledge_has_no_error(session: Session) -> None:
    assert [p.text for p in find_problems(read_draft(session), NOW.date()) if p.level == "error"] == []


def test_acts_and_questions_are_in_a_backup(desk: Desk, session: Session, tmp_path: Path) -> None:
    from bot.backup import restore_backup, save_backup
    from knowledge.jobs import Job, add_job

    save_question(session, "防災訓練はいつ", None, "hanako", NOW)
    add_job(session, "import", "計画.csv", "hanako", NOW, b"\x00\xff")
    session.commit()
    save_backup(desk.engine, tmp_path / "all.zip")
    session.query(Job).delete()
    session.commit()
    restore_backup(desk.engine, tmp_path / "all.zip")
    session.expire_all()
    assert session.query(Job).one().content == b"\x00\xff"
    assert [q.question for q in list_questions(session)] == ["防災訓練はいつ"]
    assert [act.number for act in list_acts(session)] == [1]
