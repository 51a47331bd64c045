"""The ward's profile: all that differs from one ward to the next, read from one file."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from intents.opening_hours import Hours
from knowledge import KnowledgeError
from knowledge.document import Office


@dataclass(frozen=True, slots=True)
class EmergencyService:
    """`text` answers an emergency, `phone` is dialled for it; `perhaps` is said beside another answer to a message that
    may have been one. What is never an emergency (#9110) has the last only."""

    perhaps: str
    text: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Ward:
    """`elsewhere`: what speaks of another place's matters; `emergency`: by the service; `one_person_may_do_both`: who
    drafts may publish."""

    name: str
    short_name: str
    area_code: str
    timezone: str
    address: str
    elsewhere: re.Pattern[str]
    general: Office
    hours: Hours
    emergency: dict[str, EmergencyService]
    one_person_may_do_both: bool = False


def _month_day(text: str) -> tuple[int, int]:
    month, day = text.split("-")
    return int(month), int(day)


def _of_elsewhere(names: Sequence[str], short_name: str) -> re.Pattern[str]:
    """Other places as those whose matters are asked about, not as those that somebody came from; one of them may have
    a ward of the same name."""
    if not isinstance(names, list):
        raise ValueError('elsewhere は ["地名", …] のように書いてください。')
    places = "|".join(map(re.escape, names)) or "(?!)"
    own = re.escape(short_name)
    return re.compile(
        f"(?:{places})[市都府区]?(?:{own})?の(?!親(?!子)|[父母娘孫友兄姉弟妹]|息子|人(?!権|口)|方(?!針|法)|実家|おば|おじ)(?!.*{own})"
        f"|^(?:{places})[市都府区]?(?:{own})?(?:で|って|$|役所)(?!.*{own})"
    )


def _yes_or_no(table: dict[str, Any], name: str) -> bool:
    value = table.get(name, False)
    if not isinstance(value, bool):
        raise ValueError(f"{name} は true か false にしてください。")
    return value


def read_ward(path: Path) -> Ward:
    """Reads a profile; KnowledgeError names what is missing."""
    try:
        raw: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        h = raw["hours"]
        hours = Hours(
            h["opens"], h["closes"], h["late_weekday"], h["late_closes"], h["open_sunday"], h["limited_to"],
            _month_day(h["closed_from"]), _month_day(h["closed_to"]),
        )  # fmt: skip
        emergency = {name: EmergencyService(**row) for name, row in raw["emergency"].items()}
        return Ward(
            raw["name"],
            raw["short_name"],
            raw["area_code"],
            raw["timezone"],
            raw["address"],
            _of_elsewhere(raw["elsewhere"], raw["short_name"]),
            Office(**raw["general_contact"]),
            hours,
            emergency,
            _yes_or_no(raw.get("console", {}), "one_person_may_do_both"),
        )
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise KnowledgeError(f"区のプロフィール {path.name} が読めません: {error}") from error
