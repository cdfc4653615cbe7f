"""Reporting: figures, and the page that shows them.

Owns:   the facts of each case, its clocks, each contact and organisation, the definition of every figure, and what of
        it may leave the house.
Hears:  every event of `cases.case`, `cases.clocks`, `cases.organisation` and `intake.message`, as rows of facts; every
        event of intake, cases and notify that auditors ask for, as trails.
Says:   which questions are kept, and which reports were published, with their bytes (`reporting.…`).
Stores: rows of facts (`case_facts`, `clock_facts`, `contact_facts`, `organisation_facts`), trails (`trail_…`); figures
        are computed from them when asked.
"""
