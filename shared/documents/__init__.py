"""Read models as documents: rows that projections fold out of the log and that views answer from.

`port` says what a store of documents promises, `folding` how a batch of events becomes rows (one rule for every
engine), `sqlite` is the embedded engine.
"""
