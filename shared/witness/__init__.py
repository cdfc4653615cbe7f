"""A witness: somebody else's process, elsewhere, that follows logs and signs only what continues what it saw before.

Whoever holds a log's key can sign two different logs; whoever asks for a witness's line below a checkpoint sees one.
"""
