"""Commands on what the database holds: backup, restore, the question log, accounts."""

import sys
from datetime import datetime
from pathlib import Path

import click

from bot.backup import restore_backup, save_backup
from bot.inbox.ending import list_dead, retry_dead
from bot.record.export import export_questions
from bot.retention import remove_outdated
from handlers.commands.desk import Desk
from handlers.commands.group import Commands
from handlers.settings import read_settings, retention_of
from knowledge import KnowledgeError
from knowledge.accounts import ROLES, add_account


@click.command(help="データベースの中身をすべて一つのファイルに保存します。")
@click.argument("file", type=click.Path(path_type=Path))
def backup(file: Path) -> None:
    click.echo(f"{file.name} に {save_backup(Desk(read_settings()).engine, file)} 行を保存しました。")


@click.command(help="保存したファイルの中身に戻します（いまの中身は置きかわります）。")
@click.argument("file", type=click.Path(path_type=Path))
def restore(file: Path) -> None:
    click.echo(f"{file.name} から {restore_backup(Desk(read_settings(), empty=True).engine, file)} 行を戻しました。")


@click.group(cls=Commands, help="質問の記録")
def questions() -> None:
    pass


@questions.command("export", help="質問の記録を書き出します（.csv, .xlsx）。")
@click.argument("file", type=click.Path(path_type=Path))
def export_command(file: Path) -> None:
    desk = Desk(read_settings())
    count = export_questions(desk.sessions, file, desk.now().date())
    click.echo(f"{file.name} に {count} 件を書き出しました。")


@questions.command(
    "purge", help="保存期間の過ぎた質問の文・記録・受信を消します（serve の間は毎日ひとりでに行われます）。"
)
def purge_command() -> None:
    desk = Desk(read_settings())
    removed = remove_outdated(desk.sessions, retention_of(desk.settings), desk.now())
    click.echo(f"文 {removed.texts} 件、記録 {removed.rows} 件、受信 {removed.events} 件を消しました。")


@click.group(cls=Commands, help="職員用の画面のアカウント")
def users() -> None:
    pass


@users.command("add", help="アカウントを追加します。パスワードは画面から入力します。")
@click.argument("name")
@click.option("--role", required=True, type=click.Choice(ROLES))
@click.option("--password-stdin", is_flag=True, help="パスワードを標準入力の1行目から読む")
def add_user(name: str, role: str, password_stdin: bool) -> None:
    if password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = click.prompt("パスワード", hide_input=True, confirmation_prompt="もう一度")
    desk = Desk(read_settings())
    with desk.sessions() as session:
        add_account(session, name, role, password, desk.now())
        session.commit()
    click.echo(f"{name}（{role}）を追加しました。")


@click.group(cls=Commands, help="受け付けたメッセージのうち、返信できなかったもの")
def inbox() -> None:
    pass


@inbox.command("list", help="返信できなかったものと、その理由を出します。")
def list_inbox() -> None:
    desk = Desk(read_settings())
    with desk.sessions() as session:
        for event in list_dead(session):
            received = datetime.fromtimestamp(event.received_at / 1000, desk.now().tzinfo)
            click.echo(f"{event.id}\t{received:%Y-%m-%d %H:%M:%S}\t{event.channel}\t{event.outcome}\t{event.text}")


@inbox.command("retry", help="もう一度返信を試みます。番号がなければ全部です。")
@click.argument("number", type=click.IntRange(1, 2**31 - 1), required=False)
def retry_inbox(number: int | None) -> None:
    desk = Desk(read_settings())
    with desk.sessions() as session:
        count = retry_dead(session, number)
        session.commit()
    if number is not None and not count:
        raise KnowledgeError(f"番号 {number} の返信できなかったメッセージはありません。inbox list で確かめてください。")
    click.echo(f"{count} 件をもう一度試みます。")
