"""Personal data in what residents write, masked before anything is stored."""

from bot.redaction.masking import mask_personal_data

__all__ = ["mask_personal_data"]
