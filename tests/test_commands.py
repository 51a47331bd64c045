"""The operator's other commands, as they are typed."""

import csv
import json
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path

import pytest

from handlers.commands.desk import Desk
from handlers.settings import read_settings
from knowledge.database import begin_writing
from knowledge.models import EntryRow
from knowledge.publishing.questions import save_question
from knowledge.releases import live_number
from nlp.indexing.build import build_arrays
from tests.command_line import FAQ, answers, run
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("data_dir")


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
    with zipfile.ZipFile(saved, "w") as packed:
        packed.writestr("format.json", "[]")
    assert "バックアップではありません" in run("restore", saved, status=1).stderr
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


def test_the_secret_key_is_made_once_and_never_empty(data_dir: Path) -> None:
    key = data_dir / "data" / "secret_key"
    run("init")
    made = key.read_text(encoding="ascii")
    assert (len(made), key.stat().st_mode & 0o777) == (64, 0o600)
    run("ask", "防災訓練")
    assert key.read_text(encoding="ascii") == made
    key.write_text("", encoding="ascii")  # the machine stood still while it was written
    assert "secret_key が空です" in run("ask", "防災訓練", status=1).stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [("DATABASE_URL", "mysql://server/desk"), ("REDIS_URL", "garbage"), ("ASK_RATE_LIMIT", "often"), ("PORT", "0")],
)
def test_a_setting_that_cannot_be_used_is_refused_in_one_line(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    assert name in run("ask", "防災訓練", status=1).stderr


def test_a_number_beyond_all_is_wrong_usage(data_dir: Path) -> None:
    run("rollback", "9" * 23, status=2)
    run("inbox", "retry", "9" * 23, status=2)
