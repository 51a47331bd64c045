"""PDF documents into lines: letters, columns, tables, pages."""
