"""Files into documents."""
