"""What the buttons of an answer send back, whatever the channel."""

from bot import wording


def feedback_data(said: str, answer_key: str) -> str:
    """What a feedback button sends; `read_feedback_data` reads it. It names the answer and nothing else."""
    return f"{said}:{answer_key}"


def read_feedback_data(data: str) -> tuple[str, str]:
    """(said, key of the answer); empty strings for data of another kind."""
    said, _, key = data.partition(":")
    return (said, key) if said in wording.FEEDBACK_LABELS else ("", "")
