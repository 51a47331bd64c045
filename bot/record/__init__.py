"""The log of questions as staff use it: found in an instant, summed up, exported."""
