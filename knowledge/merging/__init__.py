"""Bringing a document into the draft: compared row by row, then written as far as it is wanted."""
