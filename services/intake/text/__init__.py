"""What people wrote, made comparable without losing what they wrote: `writing`, `telephones` and `languages`."""

from services.intake.text.languages import Languages
from services.intake.text.telephones import telephone
from services.intake.text.writing import Written, decoded, tidied

__all__ = ["Languages", "Written", "decoded", "telephone", "tidied"]
