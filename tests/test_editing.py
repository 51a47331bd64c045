"""The draft changed by hand: what forms take, who was first, many at once, back again, next year."""

from dataclasses import replace
from datetime import date

import pytest

from handlers.commands.desk import Desk
from knowledge import KnowledgeError
from knowledge.document import NEEDS_REWRITE, Document
from knowledge.draft import read_draft
from knowledge.editing.fields import FieldError, fields_of, read_counter, read_day, read_floor, read_lines, read_phone
from knowledge.editing.listing import Filter, count_states, list_entries
from knowledge.editing.next_year import NextPeriod, begin_next_year, list_carried, propose_next, shift_years
from knowledge.editing.saving import (
    ConflictError,
    FieldsError,
    add_row,
    edit_many,
    find_row,
    form_of,
    remove_row,
    save_row,
    undo_change,
)
from knowledge.history import list_history, sign_changes
from knowledge.merging.comparing import merge_into_draft
from knowledge.models import EntryRow, OfficeRow, PlanRow

TODAY = date(2024, 2, 10)


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("６９１５－９１６２", "06-6915-9162"), ("06(6915)9162", "06-6915-9162"), ("0669159162", "06-6915-9162"),
        ("0120-279-338", "0120-279-338"), ("090-1234-5678", "090-1234-5678"), ("#9110", "#9110"), ("", ""),
        ("06-6915-916", None), ("0790-1234-5678", None), ("でんわ", None), ("06 6915 91622", None),
    ],
)  # fmt: skip
def test_a_phone_is_what_is_dialled(given: str, read: str | None) -> None:
    if read is not None:
        assert read_phone(given, "06") == read
        return
    with pytest.raises(FieldError):
        read_phone(given, "06")


def test_floors_counters_days_and_lines() -> None:
    assert [read_floor(t) for t in ("４Ｆ", "4", "B1", "地下1階", "1階・2階")] == [
        "4階", "4階", "地下1階", "地下1階", "1階・2階",
    ]  # fmt: skip
    assert [read_counter(t) for t in ("4", "１０番", "④番", "4番窓口", "③・④番", "")] == [
        "④番", "⑩番", "④番", "④番", "③・④番", "",
    ]  # fmt: skip
    assert (read_day("2024/4/1"), read_day("")) == (date(2024, 4, 1), None)
    assert read_lines("あ\r\n\n い \nあ") == ["あ", "い"]
    for read, text in ((read_floor, "屋上"), (read_counter, "奥の方"), (read_day, "2024-02-30"), (read_day, "あした")):
        with pytest.raises(FieldError):
            read(text)
    with pytest.raises(FieldError):
        read_lines("あ" * 301)


def test_what_a_form_holds_is_read_again_as_it_was(desk: Desk) -> None:
    with desk.sessions() as session:
        before = read_draft(session)
        for table, kind in (("entry", EntryRow), ("office", OfficeRow), ("plan", PlanRow)):
            for row in session.query(kind):
                for field in fields_of(table, "06"):
                    assert field.value(form_of(row)[field.name]) == getattr(row, field.name)  # type: ignore[arg-type]
                save_row(session, table, row.id, row.version, form_of(row), "06")  # type: ignore[arg-type]
        assert read_draft(session) == before
        assert {row.version for row in session.query(EntryRow)} == {1}


def test_a_refused_form_names_its_fields_and_writes_nothing(desk: Desk) -> None:
    with desk.sessions() as session:
        before = read_draft(session)
        with pytest.raises(FieldsError) as caught:
            save_row(session, "office", 1, 1, {"name": "", "phone": "1", "counter": "奥"}, "06")
        assert set(caught.value.problems) == {"name", "phone", "counter"}
        assert "電話: 「1」" in str(caught.value)
        with pytest.raises(FieldsError) as caught:
            save_row(session, "entry", 1, 1, {"valid_from": "2024-04-01", "valid_to": "2024-03-31", "note": "x"})
        assert set(caught.value.problems) == {"valid_to"}
        first, second = session.query(EntryRow).filter_by(plan_id=3).limit(2)
        with pytest.raises(FieldsError) as caught:
            save_row(session, "entry", second.id, 1, {"title": first.title, "section": first.section})
        assert set(caught.value.problems) == {"title"}
        with pytest.raises(FieldsError) as caught:
            add_row(session, "entry", {"title": "題だけ"})
        assert set(caught.value.problems) == {"plan_id"}
        with pytest.raises(FieldsError):
            save_row(session, "entry", 1, 1, {"office_id": "999"})
        with pytest.raises(FieldsError):
            add_row(session, "word", {"word": "ごみ", "official": "物"})
        session.commit()
        assert read_draft(session) == before


def test_an_old_oddity_blocks_no_other_correction(desk: Desk) -> None:
    with desk.sessions() as session:
        office = session.get(OfficeRow, 1)
        assert office is not None
        office.counter = "奥の部屋"
        session.commit()
        given = {**form_of(office), "phone": "6915-0000"}
        saved = save_row(session, "office", 1, office.version, given, "06")
        assert (saved.counter, saved.phone) == ("奥の部屋", "06-6915-0000")  # type: ignore[union-attr]


def test_the_second_of_two_editors_is_shown_both_versions(desk: Desk) -> None:
    with desk.sessions() as session:
        form = form_of(find_row(session, "entry", 1))
        sign_changes(session, "hanako", "")
        save_row(session, "entry", 1, 1, {**form, "note": "花子のメモ", "owner": "花子の係"})
        session.commit()
        sign_changes(session, "taro", "")
        mine = {**form, "note": "太郎のメモ", "page": "12"}
        with pytest.raises(ConflictError) as caught:
            save_row(session, "entry", 1, 1, mine)
        conflict = caught.value
        assert (conflict.who, conflict.version) == ("hanako", 2)
        assert {(c.field.name, c.before, c.theirs, c.mine, c.choice) for c in conflict.clashes} == {
            ("note", "", "花子のメモ", "太郎のメモ", ""),
            ("owner", "", "花子の係", "", "theirs"),
            ("page", "", "", "12", "mine"),
        }
        chosen = {**mine, "owner": "花子の係", "note": "花子のメモ\n太郎のメモ"}
        row = save_row(session, "entry", 1, conflict.version, chosen)
        assert (row.note, row.owner, row.page) == ("花子のメモ\n太郎のメモ", "花子の係", "12")  # type: ignore[union-attr]
        # What says the same as is there already is no conflict.
        save_row(session, "entry", 1, 1, chosen)
        with pytest.raises(KnowledgeError):
            remove_row(session, "entry", 1, 1)


def test_many_entries_are_changed_at_once_or_none(desk: Desk) -> None:
    with desk.sessions() as session:
        given = {"office_id": "", "review_on": "2027-04-01"}
        assert edit_many(session, [1, 2, 3], given) == 3
        assert edit_many(session, [1, 2, 3], given) == 0
        assert list_entries(session, Filter(state="office"), TODAY)[1] == 3
        session.commit()
        session.get(EntryRow, 3).valid_from = date(2024, 1, 1)  # type: ignore[union-attr]
        session.commit()
        with pytest.raises(KnowledgeError, match="の日"):
            edit_many(session, [1, 2, 3], {"valid_to": "2023-12-31"})
        session.rollback()
        assert session.query(EntryRow).filter(EntryRow.valid_to.is_not(None)).count() == 0


def test_what_was_deleted_comes_back_whole_and_its_number_is_never_given_again(desk: Desk) -> None:
    with desk.sessions() as session:
        last = session.query(EntryRow).order_by(EntryRow.id.desc()).first()
        assert last is not None
        before, number, office = form_of(last), last.id, last.office_id
        with pytest.raises(KnowledgeError, match="件あります"):
            remove_row(session, "office", office or 0, 1)
        remove_row(session, "entry", number, last.version)
        assert add_row(session, "entry", {"plan_id": "1", "title": "別の取組"}).id == number + 1
        removed = list_history(session, "entry", number)[0]
        assert form_of(undo_change(session, removed.id)) == before
        with pytest.raises(KnowledgeError, match="もう戻されて"):
            undo_change(session, removed.id)


def test_one_change_is_undone_and_the_later_ones_stay(desk: Desk) -> None:
    with desk.sessions() as session:
        title = form_of(find_row(session, "entry", 1))["title"]
        save_row(session, "entry", 1, 1, {"title": "まちがい", "review_on": "2027-04-01"})
        save_row(session, "entry", 1, 2, {"note": "あとから"})
        wrong = list_history(session, "entry", 1)[1]
        row = undo_change(session, wrong.id)
        assert (row.title, row.review_on, row.note) == (title, None, "あとから")  # type: ignore[union-attr]
        assert len(list_history(session, "entry", 1)) == 4


@pytest.mark.parametrize(
    "typed",
    [
        ("防災", "ぼうさい", "ボウサイ", "ﾎﾞｳｻｲ"),
        ("子ども", "こども", "コドモ", "子供", "ｺﾄﾞﾓ"),
        ("見守り", "みまもり", "ミマモリ"),
        ("サポート", "さぽーと", "ｻﾎﾟｰﾄ"),
        ("4階", "４階"),
    ],
)
def test_the_list_finds_the_same_however_it_is_spelt(desk: Desk, typed: tuple[str, ...]) -> None:
    with desk.sessions() as session:
        office = session.query(OfficeRow).first()
        plan = session.query(PlanRow).first()
        assert office is not None
        assert plan is not None
        titles = ("こども防災さぽーと", "子供をミマモリ", "ボウサイのサポート", "見守り 4階", "ひとりの火曜")
        for n, title in enumerate(titles):
            add_row(session, "entry", {"title": f"{title}{n}", "plan_id": str(plan.id), "office_id": str(office.id)})
        found = {
            words: [entry.title for entry in list_entries(session, Filter(words=words), TODAY, most=100)[0]]
            for words in typed
        }
    first, *others = found.values()
    assert first
    assert others == [first] * len(others), found
    assert "ひとりの火曜4" not in first


def test_the_list_finds_by_words_states_and_places(desk: Desk) -> None:
    with desk.sessions() as session:
        every, count = list_entries(session, Filter(), TODAY, most=10)
        assert (len(every), count) == (10, 44)
        bicycles, _ = list_entries(session, Filter(words="放置 図書館"), TODAY)
        assert bicycles == []
        bicycles, _ = list_entries(session, Filter(words="自転車の放置"), TODAY)
        assert "放置自転車追放啓発活動" in [entry.title for entry in bicycles]
        plan = session.query(PlanRow).filter_by(title="令和5年度鶴見区運営方針").one()
        soon, count = list_entries(session, Filter(plan=plan.id, state="soon"), TODAY, most=100)
        assert count == session.query(EntryRow).filter_by(plan_id=plan.id).count() == len(soon)
        assert list_entries(session, Filter(plan=plan.id, state="expired"), date(2024, 4, 1))[1] == count
        counts = count_states(session, TODAY)
        assert (counts["soon"], counts["expired"], counts["rewrite"]) == (count, 0, 0)


def test_years_in_titles() -> None:
    assert shift_years("令和5年度鶴見区運営方針", 1) == "令和6年度鶴見区運営方針"
    assert shift_years("ビジョン(令和5年度～令和9年度)", 5) == "ビジョン(令和10年度～令和14年度)"
    assert shift_years("令和元年度の方針 2019年版", 1) == "令和2年度の方針 2020年版"
    assert shift_years("第3期計画 4階", 1) == "第3期計画 4階"


def test_next_year_carries_over_and_retires(desk: Desk) -> None:
    with desk.sessions() as session:
        old = session.query(PlanRow).filter_by(title="令和5年度鶴見区運営方針").one()
        carried = list_carried(session, old)
        own = session.get(EntryRow, carried[1].id)
        assert own is not None
        own.valid_from, own.explanation = date(2023, 6, 1), "令和5年度に始めます。"
        session.flush()
        assert list_carried(session, old)[1].dated == ("令和5年度",)
        period = propose_next(old, TODAY)
        assert period == NextPeriod("令和6年度鶴見区運営方針", date(2024, 4, 1), date(2025, 3, 31))
        late = NextPeriod("令和8年度鶴見区運営方針", date(2026, 4, 1), date(2027, 3, 31))
        assert propose_next(old, date(2026, 11, 25)) == late  # not a year that is over as well
        with pytest.raises(FieldsError):
            begin_next_year(session, old.id, old.version, NextPeriod(old.title, *[date(2024, 4, 1)] * 2), [])
        new, count = begin_next_year(session, old.id, old.version, period, [c.id for c in carried[1:]])
        assert count == len(carried) - 1
        rows = session.query(EntryRow).filter_by(plan_id=new.id).order_by(EntryRow.position).all()
        assert {row.state for row in rows} == {NEEDS_REWRITE}
        assert [row.title for row in rows] == [c.title for c in carried[1:]]
        assert (rows[0].examples, rows[0].vocabulary, rows[0].office_id) == (
            own.examples, own.vocabulary, own.office_id,
        )  # fmt: skip
        assert rows[0].valid_from == date(2024, 6, 1)
        assert (own.valid_to, old.valid_to) == (date(2024, 3, 31), date(2024, 3, 31))
        assert count_states(session, TODAY)["rewrite"] == count
        ended = [entry for entry in read_draft(session).entries if entry.plan.title == old.title]
        assert all(entry.expired(date(2024, 4, 1)) and not entry.expired(date(2024, 3, 31)) for entry in ended)
        with pytest.raises(KnowledgeError):
            begin_next_year(session, old.id, old.version + 1, period, [])
        # Next year's document overwrites what this year's said, and keeps what staff wrote.
        entry = next(e for e in read_draft(session).entries if e.plan.title == new.title)
        published = replace(entry, targets=("新しい目標",), explanation="", examples=(), vocabulary=(), note="")
        merge_into_draft(session, Document([entry.plan], [], [replace(published, office=None)]))
        session.refresh(rows[0])
        assert (rows[0].targets, rows[0].examples) == (["新しい目標"], own.examples)
