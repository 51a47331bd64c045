"""From texts to an index: analysed once, counted, learned from, kept on disk."""
