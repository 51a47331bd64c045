"""The operator's commands for tests: run as they are typed, over a data folder of their own."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from handlers.commands.cli import cli

FAQ = """番号,分類,質問,回答,担当,階,窓口,電話,有効期限
7,ごみ,粗大ごみの申込みはどこですか,粗大ごみ受付センターへ電話してください。,環境係,1階,③番,1234-5678,2030-03-31
8,〃,犬の登録をしたい,=届出書を出してください,環境係,,,,
9,〃,図書館の本を返す場所,返却ポストへ。,,,,,令和2年4月1日
10,〃,,質問のない行,,,,,
"""


@pytest.fixture
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
