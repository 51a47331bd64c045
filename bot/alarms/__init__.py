"""What staff must see in time: a topic that surges, answers that fail, the day before in figures."""
