"""What reporting puts on record: questions that are kept, and reports that were published."""

from services.reporting.application.keeping import Keeping, SaveQuestion
from services.reporting.application.publishing import Paper, Publication, Publish, Publishing

__all__ = ["Keeping", "Paper", "Publication", "Publish", "Publishing", "SaveQuestion"]
