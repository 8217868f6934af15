"""Rows about receivables (应收往来): what they want is put to the book of movements."""
