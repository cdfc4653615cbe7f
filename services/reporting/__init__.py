"""Reporting: figures, and the page that shows them.

Owns:   the facts of each case and each contact, the definition of every figure, and what of it may leave the house.
Hears:  every event of `cases.case` and `intake.message`, as rows of facts.
Says:   nothing.
Stores: rows of facts (`case_facts`, `contact_facts`); figures are computed from them when asked.
"""
