"""Staged rows and the store (入库): compared, counted, written, or handed back."""
