"""Bringing other people's files in (导入): read, map, check everything, commit or refuse.

The rooms, lowest first; each imports only what lies lower (tests/test_architecture.py):

    files        bytes → rows of text: encoding, separator or workbook, header
    parsing      text → values, or a reason
    terms        what is said about a file: plan, request, report, and what a kind consists of
    staging      the temporary tables, filled without any lock; what is known of an import, found
                 in it and changed by it
    receivables  movements put to the book; `surveys` knows questions, `matching` finds the
                 customers and other rows that are referred to
    kinds        the kinds of sheet
    columns      which column is which field, rows of text → staged rows; `storing` compares
                 them with the store and writes them
    history      batches, what they changed, and taking them back

`engine` runs the way of a file as a whole, everything in one transaction; a rehearsal rolls it
back. `peek` looks at a file without reading all of it. docs/import-policy.md says what is
accepted and what is refused.
"""
