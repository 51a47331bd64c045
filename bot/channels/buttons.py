"""What the buttons of an answer send back, whatever the channel."""

from bot import wording

_ASK = "ask:"


def feedback_data(said: str, answer_key: str) -> str:
    """What a feedback button sends; `read_feedback_data` reads it. It names the answer and nothing else."""
    return f"{said}:{answer_key}"


def read_feedback_data(data: str) -> tuple[str, str]:
    """(said, key of the answer); empty strings for data of another kind."""
    said, _, key = data.partition(":")
    return (said, key) if said in wording.FEEDBACK_LABELS else ("", "")


def question_data(question: str) -> str:
    """What a button sends that asks a question; `read_question_data` reads it."""
    return _ASK + question


def read_question_data(data: str) -> str:
    """The question that was asked by a button; empty for data of another kind."""
    return data.removeprefix(_ASK) if data.startswith(_ASK) else ""
