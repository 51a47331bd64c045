"""What every page of the console works with, and how it stands in the navigation."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from flask import Blueprint
from sqlalchemy.orm import Session

from bot.commits import GroupCommit
from bot.conversation import Conversation
from bot.ward import Ward
from handlers.settings import Settings
from knowledge.database import Sessions

Permission = Literal["view", "operate", "draft", "publish", "manage"]


@dataclass(frozen=True, slots=True)
class Parts:
    """Handed to every maker of a blueprint. `chores`: what a maker wants done every few seconds, behind the pages;
    `steady_chores`: what also goes on while residents write, each for the seconds of computing that it is told."""

    settings: Settings
    sessions: Sessions
    conversation: Conversation
    commits: GroupCommit
    chores: list[Callable[[], object]] = field(default_factory=list)
    steady_chores: list[Callable[[float], object]] = field(default_factory=list)

    @property
    def ward(self) -> Ward:
        return self.conversation.ward

    def now(self) -> datetime:
        """The one clock, in the ward's time zone."""
        return self.conversation.clock()


@dataclass(frozen=True, slots=True)
class Link:
    """One entry of the navigation, shown to those who have the permission."""

    label: str
    endpoint: str
    permission: Permission


@dataclass(frozen=True, slots=True)
class Task:
    """A line of the home page: how much of what waits (None while it is being counted), whether it presses, and where
    it is dealt with."""

    label: str
    count: int | None
    href: str
    presses: bool = False
    about: str = ""


# Gives the lines of one part of the console; a line whose count is 0 is not shown.
ListTasks = Callable[[Session], list[Task]]


@dataclass(frozen=True, slots=True)
class Section:
    """One blueprint with its entries in the navigation."""

    make: Callable[[Parts], Blueprint]
    links: tuple[Link, ...] = ()
