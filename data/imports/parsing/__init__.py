"""Rows of text into values (解析): read exactly or refused with a reason."""
