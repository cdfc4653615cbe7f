"""The notary: keeps each service's ledger up with its record, and holds the keys that sign for it."""
