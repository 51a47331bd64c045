"""Files of each format into lines."""
