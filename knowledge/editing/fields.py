"""The fields of the draft as forms hold them: text in, a value out, or what is wrong with it and how to mend it."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from knowledge.cells import read_address
from knowledge.document import NEEDS_REWRITE, STATES
from nlp.normalise import arabic_number

_LONGEST_LINE = 300  # characters of one example question or word
_MOST_LINES = 500
_MOST_TOPICS = 20
_CIRCLED = {str(n): chr(0x245F + n) for n in range(1, 21)} | {str(n): chr(0x3250 + n - 20) for n in range(21, 36)}
_FLOOR = re.compile(r"(?:地下)?[0-9]{1,2}階(?:[・、~～-](?:地下)?[0-9]{1,2}階)*")
_COUNTER = re.compile(r"(?:[①-⑳㉑-㉟㊱-㊿]|[0-9A-Z]{1,4})(?:[・、~～-](?:[①-⑳㉑-㉟㊱-㊿]|[0-9A-Z]{1,4}))*番?")
_SHORT_NUMBERS = re.compile(r"11[089]|171|177|18[89]|#[0-9]{4}")
_PHONE = re.compile(r"0[0-9]{1,4}-[0-9]{1,4}-[0-9]{3,4}")


class FieldError(ValueError):
    """What is wrong with the text of one field and how to mend it."""


def _half_width(text: str) -> str:
    plain = unicodedata.normalize("NFKC", re.sub("[‐‑‒–—―−ー─]", "-", text))
    return re.sub(r"\s+", "", plain)


def read_phone(text: str, area_code: str) -> str:
    """A number as it is dialled, with area code and hyphens: 6915-9162 → 06-6915-9162."""
    plain = re.sub(r"^-|-$", "", re.sub(r"[()-]+", "-", _half_width(text)))
    if not plain or _SHORT_NUMBERS.fullmatch(plain):
        return plain
    digits = plain.replace("-", "")
    if "-" not in plain and area_code and digits.startswith(area_code) and len(digits) == 10:
        local = digits[len(area_code) :]
        plain = f"{area_code}-{local[:-4]}-{local[-4:]}"
    elif not plain.startswith("0") and area_code and re.fullmatch(r"[0-9]{1,4}-[0-9]{4}", plain):
        plain = f"{area_code}-{plain}"
    if not _PHONE.fullmatch(plain):
        raise FieldError(f"「{text}」は {area_code or '06'}-6915-9162 のように、市外局番からハイフンで区切ってください")
    count = len(plain.replace("-", ""))
    wanted = 11 if re.match(r"0[5-9]0-|0800-", plain) else 10
    if count != wanted:
        raise FieldError(f"「{text}」は数字が {count} けたです。{wanted} けたにしてください")
    return plain


def read_floor(text: str) -> str:
    """A floor as it is printed: ４Ｆ, 4 and 4階 → 4階; B1 → 地下1階."""
    plain = _half_width(text).upper()
    if match := re.fullmatch(r"(B|地下)?([0-9]{1,2})[F階]?", plain):
        return f"{'地下' if match[1] else ''}{match[2]}階"
    if plain and not _FLOOR.fullmatch(plain):
        raise FieldError(f"「{text}」は 4階 や 地下1階 のように書いてください")
    return plain


def read_counter(text: str) -> str:
    """A counter as it is printed, without the 窓口 that follows it: 4, 4番, ④番窓口 → ④番."""
    shown = re.sub(r"\s+", "", text).removesuffix("窓口")
    number = arabic_number(shown.removesuffix("番"))
    if number is not None:
        return f"{_CIRCLED.get(str(number), str(number))}番"
    if shown and not _COUNTER.fullmatch(shown):
        raise FieldError(f"「{text}」は ④番 や 4 のように書いてください")
    return shown


def read_day(text: str) -> date | None:
    """A day: 2027-03-31 or 2027/3/31."""
    plain = _half_width(text)
    if not plain:
        return None
    match = re.fullmatch(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?", plain)
    try:
        if match:
            return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        pass
    raise FieldError(f"「{text}」は 2027-03-31 のように、ある日付で書いてください")


def read_moment(text: str) -> datetime | None:
    """A day and time without a zone: 2027-03-31T18:00 or 2027-03-31 18:00."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain:
        return None
    try:
        return datetime.fromisoformat(plain).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        raise FieldError(f"「{text}」は 2027-03-31 18:00 のように、日付と時刻で書いてください") from None


def read_lines(text: str) -> list[str]:
    """One thing a line, each once."""
    lines = list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
    if len(lines) > _MOST_LINES:
        raise FieldError(f"{len(lines)} 行あります。{_MOST_LINES} 行までにしてください")
    for line in lines:
        if len(line) > _LONGEST_LINE:
            raise FieldError(f"「{line[:20]}…」が {len(line)} 文字です。1行は {_LONGEST_LINE} 文字までにしてください")
    return lines


def read_topics(text: str) -> list[str]:
    """Words, one a line or between commas, each once."""
    topics = read_lines("\n".join(re.split("[、,，]", text)))
    if len(topics) > _MOST_TOPICS:
        raise FieldError(f"{len(topics)} あります。{_MOST_TOPICS} までにしてください")
    return topics


def _read_address(text: str) -> str:
    try:
        return read_address(text)
    except ValueError as error:
        raise FieldError(str(error)) from error


def _read_text(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _read_line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _read_state(text: str) -> str:
    if text not in STATES:
        raise FieldError(f"「{text}」は選べません。空か「{NEEDS_REWRITE}」にしてください")
    return text


def _read_number(text: str) -> int | None:
    plain = _half_width(text)
    if plain and not re.fullmatch(r"-?[0-9]{1,6}", plain):
        raise FieldError(f"「{text}」は数字にしてください")
    return int(plain) if plain else None


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form. `name`: the row's attribute; `longest` in characters; `lines`: one thing a line."""

    name: str
    label: str
    read: Callable[[str], Any]
    longest: int = 200
    required: bool = False
    lines: bool = False
    hint: str = ""

    def value(self, text: str) -> Any:
        """The value that a text stands for. Raises FieldError."""
        if len(text) > self.longest:
            raise FieldError(f"{len(text)} 文字あります。{self.longest} 文字までにしてください")
        value = self.read(text)
        if self.required and value in ("", None, []):
            raise FieldError("入れてください")
        return value


def show(value: Any) -> str:
    """A value as a form holds it; what `Field.value` reads again."""
    if isinstance(value, (list, tuple)):
        return "\n".join(value)
    return "" if value is None else value.isoformat() if isinstance(value, date) else str(value)


def fields_of(table: str, area_code: str) -> Sequence[Field]:
    """The fields of a plan, office, entry or word, in the order of its page."""
    if table == "office":
        return (
            Field("name", "名前", _read_line, 100, required=True),
            Field("floor", "階", read_floor, 20, hint="例: 4階"),
            Field("counter", "窓口", read_counter, 20, hint="例: ④番（4 と書けば ④番 になります）"),
            Field("phone", "電話", lambda text: read_phone(text, area_code), 30, hint=f"例: {area_code}-6915-9162"),
            Field(
                "hours", "受付時間", read_lines, 1000, lines=True, hint="区役所の開庁時間と違うときだけ。1行に1つずつ"
            ),
        )
    if table == "plan":
        return (
            Field("title", "計画の名前", _read_line, required=True),
            Field("valid_from", "始まりの日", read_day),
            Field("valid_to", "終わりの日", read_day, hint="この日まで有効です"),
            Field("source", "出典", _read_line, 300),
            Field(
                "precedence", "優先", lambda t: _read_number(t) or 0, 7, hint="同じ題の取組は、数の大きい計画が先です"
            ),
        )
    if table == "notice":
        return (
            Field("title", "題", _read_line, 60, required=True, hint="例: 鶴見区で断水しています"),
            Field("text", "本文", _read_text, 600, required=True, hint="600 文字まで"),
            Field("topics", "話題の言葉", read_topics, 400, required=True, lines=True,
                  hint="この言葉の質問に、お知らせを添えます。1行に1つずつ（例: 断水）"),
            Field("starts_at", "始まり", read_moment, required=True),
            Field("ends_at", "終わり", read_moment, required=True, hint="この時刻にひとりでに終わります"),
        )  # fmt: skip
    if table == "word":
        return (
            Field("word", "住民の言葉", _read_line, 50, required=True),
            Field("official", "正式な言葉", _read_official, 50, required=True),
        )
    return (
        Field("plan_id", "計画", _read_number, required=True),
        Field("section", "柱・テーマ", _read_line, hint="いまある柱から選ぶか、新しい名前を書きます"),
        Field("title", "取組・質問", _read_line, 300, required=True),
        Field("variant", "区別", _read_line, hint="同じ題が同じ節にあるときだけ"),
        Field("source_id", "番号", lambda text: _read_line(text) or None, 100, hint="もとの表の番号"),
        Field("office_id", "担当", _read_number),
        Field("explanation", "説明・回答", _read_text, 10_000),
        Field("targets", "目標", read_lines, 10_000, lines=True, hint="1行に1つずつ"),
        Field("examples", "想定質問", read_lines, 50_000, lines=True, hint="住民がたずねる言い方を、1行に1つずつ"),
        Field(
            "vocabulary",
            "住民の言葉（言いかえ）",
            read_lines,
            20_000,
            lines=True,
            hint="住民の言い方を、1行に1つずつ",
        ),
        Field("url", "URL", _read_address, 1000),
        Field("valid_from", "始まりの日", read_day, hint="計画と違うときだけ"),
        Field("valid_to", "終わりの日", read_day, hint="計画と違うときだけ"),
        Field("owner", "担当の係・原課", _read_line),
        Field("source", "出典文書", _read_line, 300),
        Field("page", "ページ", _read_line, 50),
        Field("review_on", "見直し日", read_day),
        Field("state", "状態", _read_state, 20),
        Field("note", "メモ", _read_text, 5000, hint="職員だけが見ます"),
    )


def _read_official(text: str) -> str:
    plain = _read_line(text)
    if len(plain) == 1:
        raise FieldError("1文字だけでは、関係のない取組にも当たります。2文字以上にしてください")
    return plain
