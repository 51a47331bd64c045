"""From lines to a document: the outline that its headings form, and what in it is an initiative."""
