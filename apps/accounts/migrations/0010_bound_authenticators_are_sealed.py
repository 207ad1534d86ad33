"""Authenticators that were bound come over with their keys sealed; the library's table, where they lay open, is emptied."""

from binascii import unhexlify

from django.db import migrations
from django.utils import timezone

from apps.accounts.domain.sealing import seal_key


def take_over(apps, _schema_editor):
    """The first confirmed one of each account; whatever else there was is of no use any more."""
    devices = apps.get_model("otp_totp", "TOTPDevice").objects
    accounts = apps.get_model("accounts", "User")._base_manager
    bound = set()
    for device in devices.filter(confirmed=True).order_by("pk"):
        if device.user_id in bound:
            continue
        bound.add(device.user_id)
        apps.get_model("accounts", "Authenticator")._base_manager.create(
            user_id=device.user_id,
            name=device.name,
            confirmed=True,
            sealed_key=seal_key(unhexlify(device.key)),
            last_t=device.last_t,
        )
    accounts.filter(pk__in=bound).update(second_factor_at=timezone.now())
    devices.all().delete()


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_sessions_told_passwords_kept_factors_sealed"),
        ("otp_totp", "0003_add_timestamps"),
    ]

    operations = [
        migrations.RunPython(take_over, elidable=True),
    ]
