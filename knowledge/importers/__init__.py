"""Files into documents: one file a format, one for structure."""
