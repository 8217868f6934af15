"""Columns and rows (列与行): which column is which field, and rows of text as staged rows."""
