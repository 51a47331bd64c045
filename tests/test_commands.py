"""The operator's commands, as they are typed."""

import csv
import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook

from handlers.commands.cli import cli
from handlers.commands.desk import Desk
from handlers.settings import read_settings
from knowledge.database import begin_writing
from knowledge.draft import read_draft
from knowledge.history import list_history
from knowledge.models import EntryRow, OfficeRow, PlanRow, WordRow
from knowledge.publishing.questions import save_question
from knowledge.releases import live_number
from nlp.indexing.build import build_arrays
from tests.conftest import NOW

PROJECT = Path(__file__).resolve().parent.parent
FAQ = """番号,分類,質問,回答,担当,階,窓口,電話,有効期限
7,ごみ,粗大ごみの申込みはどこですか,粗大ごみ受付センターへ電話してください。,環境係,1階,③番,1234-5678,2030-03-31
8,〃,犬の登録をしたい,=届出書を出してください,環境係,,,,
9,〃,図書館の本を返す場所,返却ポストへ。,,,,,令和2年4月1日
10,〃,,質問のない行,,,,,
"""


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept_index: Path) -> Path:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "index").symlink_to(kept_index)
    for name in ("DATABASE_URL", "SECRET_KEY", "WARD_PROFILE", "PORT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    return tmp_path


def run(*words: object, status: int = 0, stdin: str | None = None) -> Result:
    result = CliRunner().invoke(cli, [str(word) for word in words], input=stdin)
    assert result.exit_code == status, result.output
    assert "Traceback" not in result.output
    if status == 1:
        assert len(result.stderr.strip().splitlines()) == 1
    return result


def answers(*words: object, stdin: str | None = None) -> list[dict[str, object]]:
    return [json.loads(line) for line in run("ask", "--json", *words, stdin=stdin).stdout.splitlines()]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_an_faq_table_answers_by_its_rows(data_dir: Path, encoding: str) -> None:
    table = data_dir / "faq.csv"
    table.write_text(FAQ, encoding=encoding)
    run("init", "--empty")
    assert "除外 1" in run("import", table, "--publish").stdout
    first, second, third = answers("--file", "-", stdin="粗大ごみの申込みはどこ\n犬の登録\n\n")
    best = first["matches"][0]  # type: ignore[index]
    assert (best["source_id"], best["section"], best["valid_to"]) == ("7", "ごみ", "2030-03-31")
    assert best["office"] == {"name": "環境係", "floor": "1階", "counter": "③番", "phone": "06-1234-5678"}
    assert second["matches"][0]["office"]["phone"] == "06-1234-5678"  # type: ignore[index]
    assert (third["question"], third["intent"], third["answered"]) == ("", "unknown", False)
    (old,) = answers("図書館の本を返す場所")
    assert old["matches"][0]["expired"] is True  # type: ignore[index]
    assert "追加 0、変更 0、なくなった 0、同じ 3" in run("import", table).stdout


def test_publish_asks_the_test_questions_and_the_acts_are_listed() -> None:
    run("init")
    with Desk(read_settings()).sessions() as session:
        row = session.query(EntryRow).filter_by(title="防災訓練").one()
        save_question(session, "駅前の自転車がじゃま", row.id, "hanako", NOW)
        session.commit()
    assert "駅前の自転車がじゃま" in run("publish", status=1).stderr
    run("publish", "--reason", "急ぎ", "--override-reason", "台風のため")
    run("rollback", "1", "--reason", "やめた")
    back, published, first = run("releases", "--acts").stdout.splitlines()
    assert (back.split("\t")[0], back.split("\t")[-2]) == ("1", "やめた")
    assert (published.split("\t")[0], published.split("\t")[-1]) == ("2", "台風のため")
    assert "はじめの知識ベース" in first


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "json"])
def test_what_is_exported_comes_back_unchanged(data_dir: Path, suffix: str) -> None:
    file = data_dir / f"knowledge.{suffix}"
    run("export", file)
    assert "追加 0、変更 0、なくなった 0、同じ 44" in run("import", file).stdout


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "json"])
def test_what_staff_keep_beside_an_entry_goes_out_and_comes_in(data_dir: Path, suffix: str) -> None:
    run("init")
    kept = {"owner": "=防災係", "source": "方針.pdf", "page": "12", "note": "一行目\n二行目", "state": "要見直し"}
    with Desk(read_settings()).sessions() as session:
        for name, value in kept.items():
            setattr(session.query(EntryRow).first(), name, value)
        session.query(EntryRow).first().review_on = date(2027, 4, 1)  # type: ignore[union-attr]
        session.query(OfficeRow).first().hours = ["平日 9時から12時まで", "第4日曜"]  # type: ignore[union-attr]
        session.add(WordRow(word="ほかす", official="廃棄"))
        session.commit()
        draft = read_draft(session)
    run("publish")
    file, saved = data_dir / f"knowledge.{suffix}", data_dir / "all.zip"
    run("export", file)
    assert "追加 0、変更 0、なくなった 0、同じ 44" in run("import", file).stdout
    run("backup", saved)
    run("init", "--empty")
    with Desk(read_settings()).sessions() as session:
        for kind in (EntryRow, OfficeRow, PlanRow, WordRow):
            for row in session.query(kind):
                session.delete(row)
            session.flush()
        session.commit()
    run("import", file)
    with Desk(read_settings()).sessions() as session:
        brought = read_draft(session)
        assert brought.entries == draft.entries
        assert brought.thesaurus == draft.thesaurus
    run("restore", saved)
    with Desk(read_settings()).sessions() as session:
        assert read_draft(session) == draft


@pytest.mark.parametrize("suffix", ["csv", "json"])
def test_an_older_file_says_nothing_of_what_it_has_no_place_for(data_dir: Path, suffix: str) -> None:
    file = data_dir / f"knowledge.{suffix}"
    run("export", file)
    if suffix == "csv":
        rows = list(csv.reader(file.open(encoding="utf-8-sig", newline="")))
        newer = {rows[0].index(name) for name in ("原課", "受付時間", "見直し日", "想定質問", "メモ")}
        with file.open("w", encoding="utf-8", newline="") as opened:
            csv.writer(opened).writerows([c for n, c in enumerate(row) if n not in newer] for row in rows)
    else:
        raw = json.loads(file.read_text(encoding="utf-8"))
        for row in raw["entries"]:
            for name in ("owner", "source", "page", "review_on", "state", "note"):
                del row[name]
        for row in raw["offices"]:
            del row["hours"]
        del raw["thesaurus"]
        file.write_text(json.dumps(raw), encoding="utf-8")
    with Desk(read_settings()).sessions() as session:
        entry, office = session.query(EntryRow).first(), session.query(OfficeRow).first()
        assert entry is not None
        assert office is not None
        entry.owner, entry.review_on, entry.note, office.hours = "防災係", date(2027, 4, 1), "メモ", ["平日だけ"]
        session.commit()
        draft = read_draft(session)
    assert "変更 0" in run("import", file).stdout
    with Desk(read_settings()).sessions() as session:
        assert read_draft(session) == draft


def test_a_sheet_holds_no_formula_and_an_emptied_cell_empties_the_field(data_dir: Path) -> None:
    table = data_dir / "faq.csv"
    table.write_text(FAQ, encoding="utf-8")
    run("init", "--empty")
    run("import", table, "--publish")
    sheet_file = data_dir / "out.xlsx"
    run("export", sheet_file)
    book = load_workbook(sheet_file)
    sheet = book["取組"]
    column = {cell.value: cell.column for cell in sheet[1]}
    cell = sheet.cell(3, column["説明・回答"])
    assert cell.value == "'=届出書を出してください"
    sheet.cell(2, column["窓口"]).value = None
    sheet.cell(3, column["窓口"]).value = None
    book.save(sheet_file)
    assert "変更: 環境係" in run("import", sheet_file).stdout
    with Desk(read_settings()).sessions() as session:
        draft = read_draft(session)
        assert draft.offices[0].counter == ""
        assert draft.entries[1].explanation == "=届出書を出してください"


def test_a_newer_document_does_not_undo_what_staff_corrected(data_dir: Path) -> None:
    table = data_dir / "faq.csv"
    table.write_text(FAQ, encoding="utf-8")
    run("init", "--empty")
    run("import", table)
    with Desk(read_settings()).sessions() as session:
        office = session.query(OfficeRow).one()
        office.phone = "06-9999-9999"
        session.query(EntryRow).first().examples = ["粗大ゴミほかしたい"]  # type: ignore[union-attr]
        session.commit()
    table.write_text(FAQ.replace("1234-5678", "1234-0000").replace("③番", "⑤番"), encoding="utf-8")
    text = run("import", table).stdout
    assert "職員の書いたものを残しました: 環境係" in text
    with Desk(read_settings()).sessions() as session:
        office = session.query(OfficeRow).one()
        assert (office.phone, office.counter) == ("06-9999-9999", "⑤番")
        assert session.query(EntryRow).first().examples == ["粗大ゴミほかしたい"]  # type: ignore[union-attr]
    table.write_text("\n".join(FAQ.splitlines()[:3]), encoding="utf-8")
    assert "なくなった 1" in run("import", table).stdout
    assert "削除" in run("import", table, "--remove-vanished").stdout
    with Desk(read_settings()).sessions() as session:
        changes = list_history(session)
        assert (changes[0].action, changes[0].label.split(" / ")[-1]) == ("削除", "図書館の本を返す場所")
        assert {(c.who, c.why) for c in changes if c.action != "変更"} == {("コマンド", "faq.csv の読み込み")}
        assert {"⑤番"} == {c.after["counter"] for c in changes if c.kind == "office" and c.after and c.why} - {"③番"}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b""),
        ("a.csv", b"PK\x03\x04rest"),
        ("a.csv", b"\x81\xff\x00"),
        ("a.xlsx", b"no workbook"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0" + b"\0" * 600),
        ("a.json", b"{"),
        ("a.txt", b"\x00\x01"),
        ("a.exe", b"MZ"),
    ],
)
def test_a_bad_file_is_one_line_and_changes_nothing(data_dir: Path, name: str, content: bytes) -> None:
    (data_dir / name).write_bytes(content)
    assert name in run("import", data_dir / name, status=1).stderr
    assert name in run("import", data_dir / name, "--dry-run", "--json", status=1).stderr


def test_wrong_use_is_2_and_refusal_is_1(data_dir: Path) -> None:
    run("ask", status=2)
    run("ask", "a", "--file", "-", status=2)
    run("import", data_dir / "missing.csv", status=1)
    run("rollback", "99", status=1)
    run("export", data_dir / "x.pdf", status=1)
    run("inbox", "retry", "7", status=1)
    assert run("inbox", "list").stdout == ""
    run("restore", data_dir / "missing.zip", status=1)
    (data_dir / "twice.csv").write_text("id,question,answer\n1,a,b\n1,c,d\n", encoding="utf-8")
    assert "番号「1」" in run("import", data_dir / "twice.csv", status=1).stderr
    (data_dir / "day.csv").write_text("id,question,answer,valid_to\n1,a,b,あした\n", encoding="utf-8")
    assert "2行目" in run("import", data_dir / "day.csv", status=1).stderr
    (data_dir / "state.csv").write_text("計画,取組・質問,優先,状態\na,b,0,あとで\n", encoding="utf-8")
    assert "「あとで」" in run("import", data_dir / "state.csv", status=1).stderr


def test_a_backup_brings_everything_back(data_dir: Path) -> None:
    saved = data_dir / "all.zip"
    run("users", "add", "hanako", "--role", "editor", "--password-stdin", stdin="a long enough password\n")
    run("publish", "--reason", "二回目")
    run("backup", saved)
    run("rollback", "1")
    run("restore", saved)
    lines = run("releases").stdout.splitlines()
    assert len(lines) == 2
    assert "公開中\t二回目" in lines[0]
    run("publish")
    run("users", "add", "hanako", "--role", "admin", "--password-stdin", stdin="another long password\n", status=1)
    run("users", "add", "taro", "--role", "admin", "--password-stdin", stdin="short\n", status=1)
    run("users", "add", "taro", "--role", "king", status=2)
    saved.write_bytes(saved.read_bytes()[:100])
    run("restore", saved, status=1)
    assert len(run("releases").stdout.splitlines()) == 3


def test_the_question_log_is_exported(data_dir: Path) -> None:
    from handlers.web import make_web

    desk = Desk(read_settings())
    client = make_web(desk.settings, desk.sessions, desk.conversation)[0].test_client()
    client.post("/api/ask", json={"question": "=放置自転車"})
    file = data_dir / "log.csv"
    run("questions", "export", file)
    with file.open(encoding="utf-8-sig", newline="") as opened:
        header, row = csv.reader(opened)
    assert dict(zip(header, row, strict=True))["質問"] == "'=放置自転車"
    run("questions", "export", data_dir / "log.pdf", status=1)


def test_the_explanation_sums_to_the_score() -> None:
    (answer,) = answers("自転車がじゃまで通られへん", "--explain")
    for match in answer["matches"]:  # type: ignore[attr-defined]
        assert sum(part["value"] for part in match["explanation"]) == pytest.approx(match["score"], abs=1e-4)
    assert answer["matches"] == [  # type: ignore[comparison-overlap]
        {**m, "explanation": e["explanation"]}
        for m, e in zip(
            answers("自転車がじゃまで通られへん", "--top", "9")[0]["matches"], answer["matches"], strict=False
        )  # type: ignore[call-overload]
    ]


def test_two_concerns_are_both_answered() -> None:
    (answer,) = answers("防災訓練と、放置自転車のこと")
    assert [m["title"] for m in answer["matches"][:2]] == ["防災訓練", "放置自転車追放啓発活動"]  # type: ignore[index]
    assert "【防災訓練】" in str(answer["text"])
    assert "【放置自転車追放啓発活動】" in str(answer["text"])


def test_evaluate_gives_the_figures_of_the_scorer(shared: Path, data_dir: Path) -> None:
    given = shared / "eval" / "questions_dev.jsonl"
    lines = [json.loads(line)["q"] for line in given.read_text(encoding="utf-8").splitlines()]
    asked, answered = data_dir / "q.txt", data_dir / "a.jsonl"
    asked.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    answered.write_text(run("ask", "--json", "--file", asked).stdout, encoding="utf-8")
    scorer = [sys.executable, str(shared / "eval" / "score.py"), str(given), str(answered)]
    expected = json.loads(subprocess.run(scorer, check=True, capture_output=True, text=True).stdout)
    figures = json.loads(run("evaluate", given, "--catalog", shared / "eval" / "catalog.tsv", "--json").stdout)
    assert {name: figures[name] for name in expected} == expected


def test_evaluate_needs_no_file_of_others(data_dir: Path) -> None:
    questions = data_dir / "q.jsonl"
    rows = [
        {
            "q": "放置自転車をなくす啓発",
            "accept": [["令和5年度鶴見区運営方針", "放置自転車追放啓発活動"]],
            "style": "plain",
        },
        {"q": "ラーメン食べたい", "expect": "no_initiative", "kind": "offtopic"},
        {"q": "家が燃えてる", "expect": "emergency", "service": "110"},
    ]
    questions.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    figures = json.loads(run("evaluate", questions, "--json").stdout)
    assert (figures["= plain"], figures["= outside answered"], figures["emergency"]) == (1.0, 0.0, 0.0)
    assert figures["emergency.found"] == 1.0
    questions.write_text("{}", encoding="utf-8")
    run("evaluate", questions, status=1)


def test_what_is_published_is_indexed_before_it_answers_and_without_holding_the_database(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = data_dir / "faq.csv"
    table.write_text(FAQ.replace("犬の登録", "ぽんぽこの登録"), encoding="utf-8")
    run("init")
    live, seen = Desk(read_settings()).conversation.live, []

    def build(*arguments: object) -> object:
        with Desk(read_settings()).sessions() as session:
            begin_writing(session)  # others can write while the index is built
            seen.append(live_number(session))
        return build_arrays(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr("nlp.indexing.stored.build_arrays", build)
    run("import", table, "--publish")
    assert seen == [1]
    assert live.get().release == 2
    assert live.get().find("ぽんぽこの登録", date(2026, 11, 25), 1)[0].entry.title == "ぽんぽこの登録をしたい"
    run("rollback", "1")
    assert seen == [1]
