"""Bringing other people's files in (导入): read, map, check everything, commit or refuse.

The way of a file, which `engine` runs as a whole:

    files      bytes → rows of text: encoding, separator or workbook, header
    mapping    which column is which field of a `kinds` spec; `surveys` knows questions
    parsing    text → values, into temporary tables (`staging`), without any lock
    matching   customers and other rows that are referred to
    comparing  rows against each other and against the store
    writing    everything in one transaction, a rehearsal rolls it back
    history    batches, what they changed, and taking them back

`peek` looks at a file without reading all of it; `plan` is what the user says about it,
`report` what came of it. docs/import-policy.md says what is accepted and what is refused.
"""
