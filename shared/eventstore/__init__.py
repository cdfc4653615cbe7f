"""The record: streams of facts with optimistic versions, one notification log per service.

`store` is the face that services see, `work` what a command may do inside its transaction, `mapper` turns facts into
stored bytes and back. `writer` commits many commands with one fsync; it and `writing` are the same on every engine.
`sqlite*` and `recorder` keep a record in a file, `postgres*` in a schema that replicas share, `leading` says which of
them does what only one may do.
"""
