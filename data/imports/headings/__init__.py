"""What a header says about its values (表头口径): units, currencies, taxes, formats."""
