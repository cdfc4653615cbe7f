"""Intake: messages and reports come in here, and nothing that was answered is ever lost.

Owns: messages (a stream per message, its id made of channel, account and the provider's own id) and reports.
Hears: itself (a received message is filed into a report).
Says: message-received, message-filed, report-opened, report-message-added, report-accepted, -dismissed, -linked,
reply-added, report-reopened, triage-suggested, crisis-hinted; report-merged, -joined, -split, -parted.
Stores: its record, the view of reports, and the secret from which receipts are made.
"""
