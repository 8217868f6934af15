"""Questions to the store (查询): one function per question, first argument the session.

Every function that returns anything of a customer takes a `scope: Scope` and passes its
query through `data.queries.scope.visible_to`; a test calls each with a scope that owns
nobody and demands nothing back.
"""
