"""The ways on which alarms leave: a signed webhook, a mail server."""

import hashlib
import hmac
import http.client
import json
import smtplib
import ssl
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

from bot.alarms.sending import Message, Way
from handlers.settings import Settings

_WITHIN = 10.0  # seconds
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


def make_ways(settings: Settings) -> list[Way]:
    """The ways that are set; none where alarms are only shown in the console."""
    ways: list[Way] = []
    if settings.alarm_webhook_url:
        ways.append(Webhook(settings.alarm_webhook_url, settings.alarm_webhook_secret))
    if settings.smtp_url:
        ways.append(Mail(settings.smtp_url, settings.alarm_mail_to, settings.alarm_mail_from))
    return ways


def body_of(message: Message) -> bytes:
    """The JSON of a webhook. `timestamp` (seconds since 1970) is this try's, and signed with the rest."""
    return json.dumps(
        {
            "id": message.key,
            "kind": message.kind,
            "ward": message.ward,
            "at": message.at.isoformat(),
            "timestamp": int(message.now.timestamp()),
            "text": f"[{message.ward} 案内係] {message.text}",
            "facts": dict(message.facts),
        },
        ensure_ascii=False,
    ).encode()


def sign(secret: str, body: bytes) -> str:
    """HMAC-SHA256 over the raw body, in hexadecimal."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


class Webhook:
    """Posts JSON to one address, signed with a shared secret."""

    name = "webhook"

    def __init__(self, url: str, secret: str) -> None:
        parts = urlsplit(url)
        self._secret, self._parts = secret, parts
        self._path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self.target = f"Webhook（{parts.hostname}）"

    def send(self, message: Message) -> str:
        body = body_of(message)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "X-Alarm-Id": message.key,
            "X-Alarm-Timestamp": str(int(message.now.timestamp())),
            "X-Alarm-Signature": f"sha256={sign(self._secret, body)}",
        }
        host, port = self._parts.hostname or "", self._parts.port
        secure = self._parts.scheme == "https"
        connection = (
            http.client.HTTPSConnection(host, port, timeout=_WITHIN, context=ssl.create_default_context())
            if secure
            else http.client.HTTPConnection(host, port, timeout=_WITHIN)
        )
        try:
            connection.request("POST", self._path, body, headers)
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException) as error:
            return f"つながりませんでした（{type(error).__name__}）"
        finally:
            connection.close()
        return "" if 200 <= status < 300 else f"相手が受け付けませんでした（HTTP {status}）"


class Mail:
    """Sends plain mails by one server: `smtps://` encrypts from the start, `smtp://` where the server can."""

    name = "mail"

    def __init__(self, url: str, to: str, sender: str) -> None:
        self._parts = urlsplit(url)
        self._to = [address.strip() for address in to.split(",") if address.strip()]
        self._sender = sender or self._to[0]
        self.target = f"メール（{len(self._to)} 件のあて先）"

    def send(self, message: Message) -> str:
        mail = EmailMessage()
        mail["Subject"] = f"[{message.ward} 案内係] {message.subject}"
        mail["From"], mail["To"] = self._sender, ", ".join(self._to)
        mail["Date"] = format_datetime(message.now)
        mail["Message-ID"] = f"<{message.key}.{int(message.at.timestamp())}@{self._sender.rpartition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(f"{message.text}\n")
        try:
            return self._deliver(mail)
        except (OSError, smtplib.SMTPException, ValueError) as error:
            code = getattr(error, "smtp_code", "")
            return f"メールサーバーに渡せませんでした（{' '.join(filter(None, (type(error).__name__, str(code))))}）"

    def _deliver(self, mail: EmailMessage) -> str:
        host, secure = self._parts.hostname or "", self._parts.scheme == "smtps"
        context = ssl.create_default_context()
        port = self._parts.port or (465 if secure else 587)
        with (
            smtplib.SMTP_SSL(host, port, timeout=_WITHIN, context=context)
            if secure
            else smtplib.SMTP(host, port, timeout=_WITHIN)
        ) as server:
            server.ehlo()
            if not secure and server.has_extn("starttls"):
                server.starttls(context=context)
                server.ehlo()
                secure = True
            if self._parts.username:
                if not secure and host not in _LOOPBACK:
                    return "サーバーが暗号化（STARTTLS）できないので、パスワードを送りませんでした"
                server.login(unquote(self._parts.username), unquote(self._parts.password or ""))
            server.send_message(mail)
        return ""
