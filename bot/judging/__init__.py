"""What people judged of the bot's answers: right, wrong and declined, each for itself."""
