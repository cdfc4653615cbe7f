"""Personal data under keys of its own: what a person said is a sealed token everywhere but in the hands of a reader.

`tokens` is what travels · `fields` finds what is personal · `sealing` seals a fact on its way into the record ·
`vault` keeps and destroys the keys, one per person · `keks` wraps them · `port` what stores them, `sqlite` and
`postgres` two such stores · `proof` signs that something was erased · `open` puts it together from the settings.
"""
