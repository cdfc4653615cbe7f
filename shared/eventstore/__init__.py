"""The record: streams of facts with optimistic versions, one notification log per service.

`mapper` turns facts into stored bytes and back, `recorder` keeps them in SQLite, `work` is what a command may do
inside its transaction, `writer` commits many commands with one fsync, `store` is the face that services see.
"""
