"""Questions that wait for a person's judgement: grouped by what they ask, decided once."""
