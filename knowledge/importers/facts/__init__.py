"""Facts in single lines of a document: markers, labels, contacts, periods, and what is no part of a plan."""
