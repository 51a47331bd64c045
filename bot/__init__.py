"""One turn of a conversation: taking a message in, answering it once, logging it."""
