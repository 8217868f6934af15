"""Bringing other people's files in (导入): read, map, check everything, commit or refuse.

The way of a file: `decoding` finds its encoding, `separated` or `workbook` its rows,
`reading` its header; `mapping` says which column is which field of a `kinds` spec;
`values` parses cells; `staging` keeps parsed rows in a temporary table; `matching` and
`checking` find what they refer to and what is wrong; `writing` stores them, all in one
transaction, and `undo` takes a batch back. `engine` runs the whole. docs/import-policy.md
says what is accepted and what is refused.
"""
