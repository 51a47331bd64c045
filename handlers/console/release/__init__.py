"""The way from a file to the residents: import and export, the try box, test questions, publishing, releases."""
