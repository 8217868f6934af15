"""What receivables allow (应收规则): one set of rules for imports and forms alike.

`book` holds the rules, `loading` fills a book from the store;
`data.imports.receivables.booking` and `data.writes.ledger` write down what was done on it. On
every day, whatever is entered in whatever order:

    Σ of a receipt or credit note in use  ≤ it − what was reversed of it
    Σ paid, credited and written off      ≤ the invoice
    Σ of the instalments in force         = the invoice

Nothing is deleted and no amount is edited: taking back is a day on which something ends, and
taking back a part ends the whole and begins the rest on that day.
"""
