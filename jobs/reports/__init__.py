"""Reports (报表): the figures of the pages for schedulers and for checking.

Each report is a function of a session that gives a `Report`; the same questions of
`data.queries` answer the pages, so the two cannot differ.
"""
