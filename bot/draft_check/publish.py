"""Publishing the draft, unless its checks speak against it."""

from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from bot.conversation import Conversation
from bot.draft_check.checks import check_test_questions
from knowledge import KnowledgeError
from knowledge.draft import read_draft
from knowledge.history import COMMAND
from knowledge.publishing.questions import list_questions
from knowledge.publishing.rules import ERROR, Problem, find_problems
from knowledge.releases import check_draft, publish_release
from knowledge.snapshot import Snapshot


def blocking_problems(session: Session, conversation: Conversation, folder: Path) -> list[Problem]:
    """The errors of the draft as this session sees it; indexed only where there are test questions to ask it."""
    document = read_draft(session)
    check_draft(document)
    errors = [p for p in find_problems(document, conversation.clock().date()) if p.level == ERROR]
    if list_questions(session):
        snapshot = Snapshot(document, 0, folder, embedder=conversation.live.embedder)
        errors = check_test_questions(session, conversation, snapshot) + errors
    return errors


def refuse_problems(problems: list[Problem], override: str) -> None:
    """Raises KnowledgeError that names the problems, unless a reason to override them is given."""
    if problems and not override.strip():
        named = " ".join(problem.text for problem in problems[:5])
        rest = f"（ほか {len(problems) - 5} 件）" if len(problems) > 5 else ""
        raise KnowledgeError(f"公開できません。{named}{rest} 直すか、管理者が理由を書いて公開してください。")


def publish_checked(
    session: Session,
    conversation: Conversation,
    folder: Path,
    now: datetime,
    reason: str,
    override: str = "",
    who: str = COMMAND,
) -> int:
    """Checks the draft and publishes it in the caller's transaction; returns the release's number.

    Raises KnowledgeError where a check speaks against it and no reason to `override` it is given.
    """
    problems = blocking_problems(session, conversation, folder)
    refuse_problems(problems, override)
    given = override.strip() if problems else ""
    return publish_release(session, now, reason, who, given, [problem.text for problem in problems])
