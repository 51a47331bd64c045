"""Settings: the only reader of the environment."""

import os
import re
import secrets
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from bot.retention import Retention


class SettingsError(Exception):
    """A value of the environment that cannot be used; its text says which and how to mend it."""


_PROJECT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Settings:
    """Values of one process; empty strings stand for what is not set."""

    data_dir: Path
    database_url: str
    ward_profile: Path
    secret_key: str
    line_channel_secret: str = ""
    line_channel_access_token: str = ""
    line_api_base: str = "https://api.line.me"
    slack_signing_secret: str = ""
    slack_bot_token: str = ""
    slack_api_base: str = "https://slack.com/api"
    host: str = "127.0.0.1"
    port: int = 8000
    keep_texts_days: int = 90
    keep_figures_days: int = 1095
    keep_inbox_days: int = 30
    log_level: str = "INFO"
    ask_rate_limit: str = ""
    console_idle_minutes: int = 60
    trusted_proxies: int = 0
    redis_url: str = ""
    alarm_webhook_url: str = ""
    alarm_webhook_secret: str = ""
    smtp_url: str = ""
    alarm_mail_to: str = ""
    alarm_mail_from: str = ""
    digest_hour: int = 8
    dense_model_dir: Path | None = None

    def missing_for_line(self) -> list[str]:
        """The variables without which LINE does not work."""
        values = {
            "LINE_CHANNEL_SECRET": self.line_channel_secret,
            "LINE_CHANNEL_ACCESS_TOKEN": self.line_channel_access_token,
        }
        return [name for name, value in values.items() if not value]

    def missing_for_slack(self) -> list[str]:
        """The variables without which Slack does not work."""
        values = {"SLACK_SIGNING_SECRET": self.slack_signing_secret, "SLACK_BOT_TOKEN": self.slack_bot_token}
        return [name for name, value in values.items() if not value]

    def refuse_half_alarms(self) -> None:
        """Raises SettingsError where alarms are to be sent and something for it is missing: nobody would notice."""
        pairs = (
            ("ALARM_WEBHOOK_URL", self.alarm_webhook_url, "ALARM_WEBHOOK_SECRET", self.alarm_webhook_secret),
            ("SMTP_URL", self.smtp_url, "ALARM_MAIL_TO", self.alarm_mail_to),
        )
        for one, value, other, its_value in pairs:
            if bool(value) != bool(its_value):
                raise SettingsError(f"{one} と {other} は、両方を設定するか、両方を空にしてください。")
        if not all("@" in address for address in self.alarm_mail_to.split(",")) and self.alarm_mail_to:
            raise SettingsError("ALARM_MAIL_TO は、メールアドレスを「,」で区切って書いてください。")


def _address(name: str, text: str, *schemes: str) -> str:
    try:
        parts = urlsplit(text)
        usable = not text or (parts.scheme in schemes and parts.hostname and parts.port != 0)
    except ValueError:
        usable = False
    if not usable:
        raise SettingsError(f"{name} は {schemes[0]}://サーバー:ポート のように書いてください。")
    return text


def _database(name: str, url: str) -> str:
    if not re.match(r"(?:sqlite|postgres|postgresql)(?:\+\w+)?:", url):
        raise SettingsError(
            f"{name} は sqlite:///ファイル か postgresql://サーバー/データベース のように書いてください。"
        )
    return url


def _rate_limit(name: str, text: str) -> str:
    if text:
        from limits import parse_many  # not above: who only asks does not wait for it

        try:
            parse_many(text)
        except ValueError as error:
            raise SettingsError(f"{name} は「30 per minute」のように書いてください。") from error
    return text


def _kept_secret(data_dir: Path) -> str:
    """A key made at the first start and kept, so that pseudonyms stay the same over restarts."""
    path = data_dir / "secret_key"
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        # Whole or not at all, and of two processes that begin at once the first one's.
        with tempfile.NamedTemporaryFile("w", dir=data_dir, encoding="ascii") as made:  # mode 0600
            made.write(secrets.token_hex(32))
            made.flush()
            with suppress(FileExistsError):
                os.link(made.name, path)
    key = path.read_text(encoding="ascii").strip()
    if not key:
        raise SettingsError(f"{path.name} が空です。消して起動し直すか、控えた鍵を SECRET_KEY に入れてください。")
    return key


def _whole_number(name: str, text: str, least: int, most: int) -> int:
    if not text.isdecimal() or not least <= int(text) <= most:
        raise SettingsError(f"{name} の「{text}」は {least} から {most} の数字にしてください。")
    return int(text)


def retention_of(settings: Settings) -> "Retention":
    """How many days what residents wrote is kept."""
    from bot.retention import Retention  # not above: who only asks does not wait for it

    return Retention(settings.keep_texts_days, settings.keep_figures_days, settings.keep_inbox_days)


def read_settings() -> Settings:
    """The settings of the environment, with defaults that need nothing else."""
    env = os.environ
    data_dir = Path(env.get("DATA_DIR") or _PROJECT / "data")
    settings = Settings(
        data_dir=data_dir,
        database_url=_database(
            "DATABASE_URL", env.get("DATABASE_URL") or f"sqlite:///{data_dir / 'answerdesk.sqlite3'}"
        ),
        ward_profile=Path(env.get("WARD_PROFILE") or _PROJECT / "ward.toml"),
        secret_key=env.get("SECRET_KEY") or _kept_secret(data_dir),
        line_channel_secret=env.get("LINE_CHANNEL_SECRET", ""),
        line_channel_access_token=env.get("LINE_CHANNEL_ACCESS_TOKEN", ""),
        line_api_base=env.get("LINE_API_BASE") or "https://api.line.me",
        slack_signing_secret=env.get("SLACK_SIGNING_SECRET", ""),
        slack_bot_token=env.get("SLACK_BOT_TOKEN", ""),
        slack_api_base=env.get("SLACK_API_BASE") or "https://slack.com/api",
        host=env.get("HOST") or "127.0.0.1",
        port=_whole_number("PORT", env.get("PORT") or "8000", 1, 65535),
        keep_texts_days=_whole_number("KEEP_TEXTS_DAYS", env.get("KEEP_TEXTS_DAYS") or "90", 1, 36500),
        keep_figures_days=_whole_number("KEEP_FIGURES_DAYS", env.get("KEEP_FIGURES_DAYS") or "1095", 1, 36500),
        keep_inbox_days=_whole_number("KEEP_INBOX_DAYS", env.get("KEEP_INBOX_DAYS") or "30", 1, 36500),
        log_level=env.get("LOG_LEVEL") or "INFO",
        ask_rate_limit=_rate_limit("ASK_RATE_LIMIT", env.get("ASK_RATE_LIMIT", "")),
        console_idle_minutes=_whole_number("CONSOLE_IDLE_MINUTES", env.get("CONSOLE_IDLE_MINUTES") or "60", 1, 1440),
        trusted_proxies=_whole_number("TRUSTED_PROXIES", env.get("TRUSTED_PROXIES") or "0", 0, 10),
        redis_url=_address("REDIS_URL", env.get("REDIS_URL", ""), "redis", "rediss"),
        alarm_webhook_url=_address("ALARM_WEBHOOK_URL", env.get("ALARM_WEBHOOK_URL", ""), "https", "http"),
        alarm_webhook_secret=env.get("ALARM_WEBHOOK_SECRET", ""),
        smtp_url=_address("SMTP_URL", env.get("SMTP_URL", ""), "smtps", "smtp"),
        alarm_mail_to=env.get("ALARM_MAIL_TO", ""),
        alarm_mail_from=env.get("ALARM_MAIL_FROM", ""),
        dense_model_dir=Path(env.get("DENSE_MODEL_DIR", "")) if env.get("DENSE_MODEL_DIR") else None,
        digest_hour=_whole_number("DIGEST_HOUR", env.get("DIGEST_HOUR") or "8", 0, 23),
    )
    settings.refuse_half_alarms()
    return settings
