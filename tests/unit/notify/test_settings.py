"""A deployment that is set up in a way that cannot work, or that is not safe, does not start."""

import pytest
from pydantic import ValidationError

from services.notify.settings import Settings


def test_without_any_setting_mail_goes_to_the_outbox(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REDRESS_NOTIFY_SMTP_HOST", raising=False)
    settings = Settings()
    assert settings.smtp_host is None
    assert settings.retry_minutes == (0, 1, 5, 30, 120)
    assert settings.historical_days == 14


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDRESS_NOTIFY_RETRY_MINUTES", "[0, 2, 9]")
    monkeypatch.setenv("REDRESS_NOTIFY_SMTP_USER", "mailer")
    monkeypatch.setenv("REDRESS_NOTIFY_SMTP_PASSWORD", "hunter2")
    settings = Settings()
    assert settings.retry_minutes == (0, 2, 9)
    assert "hunter2" not in repr(settings)


@pytest.mark.parametrize(
    "wrong",
    [
        {"retry_minutes": ()},
        {"retry_minutes": (1, 5)},
        {"retry_minutes": (0, 5, 5)},
        {"retry_minutes": (0, float("nan"))},
        {"sender": "no-reply"},
        {"sender": "a@b\r\nBcc: c@d"},
        {"smtp_tls": "maybe"},
        {"smtp_user": "mailer"},
        {"smtp_user": "mailer", "smtp_password": "hunter2", "smtp_tls": "none"},
        {"smtp_port": 0},
        {"webhook_timeout_seconds": 0},
    ],
)
def test_a_setting_that_cannot_work_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate(wrong)
