"""The draft's pages: entries, offices, plans, residents' words, their history, the next year."""
