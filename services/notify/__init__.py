"""Notify: tells people that there is news, on a way they called safe, and never what the news is.

Owns: who may be told something and how (recipients), what was to be told and what became of it (notifications).
Hears: cases (case opened, acknowledged, escalated, answered, closed; organisation registered).
Says: `shared.events.notify`.
Stores: its own log; the view `notifications`; without a mail server, outgoing mail as `outbox/*.eml`.

Rooms: `domain` decides whether silence is kept and what a failed attempt means, `templates` holds the texts,
`channels` one adapter per way out, `application` queues in the reaction's transaction and delivers in rounds.
Nothing given means nothing sent: silence is the default.
"""
