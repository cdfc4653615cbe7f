"""The ledger: a Merkle log over each service's record, so that nobody needs to trust whoever keeps the record.

`tree` hashes and proves (RFC 9162), `tiles` lays hashes out (C2SP tlog-tiles), `notes` and `checkpoints` sign (C2SP
signed-note, tlog-checkpoint), `proofs` writes what fits into one file (C2SP tlog-proof), `leaves` says what is hashed.
"""
