"""Cases: what a worker's grievance becomes, until a remedy that the worker has confirmed.

Owns    the case (its states, gates, consents, escalations, remedies, duties) and the organisations in it.
Hears   intake: a report was accepted -> the case opens under the id that the report already names.
Says    `shared.events.cases`: the life of a case, and organisations registered.
Stores  streams of those facts; an index of case numbers and of organisations' names; two lists to search in;
        keyed hashes of what was said, to search blind.
"""
