"""The draft asked before residents ask it: test questions, entries that shadow each other, what would change."""
