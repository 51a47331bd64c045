"""What a message wants. Pure: no channel, no database, no clock of its own."""
