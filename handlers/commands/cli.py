"""The command line: answering and serving, and the roots of the other commands."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import click

from bot.channels.json_answer import render_json
from handlers.commands.desk import Desk
from handlers.commands.group import Root
from handlers.settings import Settings, read_settings


@click.group(cls=Root, help="鶴見区の案内係（区の取組と担当窓口を答えるボット）")
def cli() -> None:
    pass


@cli.command(help="データベースを作り、付属の知識ベースを公開します。")
@click.option("--empty", is_flag=True, help="知識ベースを読み込まない")
def init(empty: bool) -> None:
    desk = Desk(read_settings(), empty)
    if not empty:
        desk.load_shipped()
    click.echo("データベースの用意ができました。")


@cli.command(help="質問に答えます。記録は残しません。")
@click.argument("question", required=False)
@click.option("--json", "as_json", is_flag=True, help="1行に1つの JSON で出す")
@click.option("--top", default=3, show_default=True, type=click.IntRange(1, 100), help="候補の数")
@click.option("--explain", is_flag=True, help="候補ごとに、どの言葉がどれだけ効いたかを出す")
@click.option("--file", "file", type=click.Path(path_type=Path, allow_dash=True), help="1行に1問（- は標準入力）")
def ask(question: str | None, as_json: bool, top: int, explain: bool, file: Path | None) -> None:
    if (question is None) == (file is None):
        raise click.UsageError("質問か --file のどちらか一つを指定してください。")
    conversation = Desk(read_settings()).conversation

    def answer(line: str) -> None:
        reply = conversation.answer(line, top, explain)
        if as_json:
            click.echo(json.dumps(render_json(line, reply), ensure_ascii=False))
            return
        click.echo(reply.text)
        for match in reply.decision.matches if explain else ():
            counted = " ".join(f"{term}={value:.3f}" for term, value in match.explanation)
            click.echo(f"  {match.score:.3f} {match.entry.title}: {counted}")

    if file is None:
        answer(question or "")
        return
    # A byte that is no UTF-8 is a resident's broken message, not a reason to answer nobody.
    lines: IO[Any] = click.open_file(str(file), encoding="utf-8", errors="replace")
    with lines:
        for line in lines:
            answer(line.rstrip("\r\n"))


def serve_command(serve_web: Callable[[Settings, int, int], None], work: Callable[[Desk, int], None]) -> None:
    """Adds `serve` and `worker`, which the composition root supplies."""

    @cli.command(help="Web サーバーを動かします（返信の処理も中で動きます）。")
    @click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="プロセスの数")
    @click.option("--threads", default=8, show_default=True, type=click.IntRange(1, 256), help="各プロセスのスレッド")
    def serve(workers: int, threads: int) -> None:
        serve_web(read_settings(), workers, threads)

    @cli.command(help="返信の処理だけを動かします（複数台での運用で使います）。")
    @click.option("--threads", default=16, show_default=True, type=click.IntRange(1, 256), help="同時に処理する数")
    def worker(threads: int) -> None:
        work(Desk(read_settings()), threads)


def main() -> None:
    """Runs the command line."""
    sys.exit(cli(standalone_mode=True))
