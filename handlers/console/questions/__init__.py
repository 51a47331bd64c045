"""Residents' questions in the console: the queue and the log."""
