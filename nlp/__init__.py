"""Japanese text: normalising, tokenising and ranking. Knows nothing of the ward."""
