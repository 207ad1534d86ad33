"""Passwords that wait on a sheet are sealed anew, by keys that can be replaced and with a code against changes."""

import hashlib
import hmac

from django.conf import settings
from django.db import migrations, models

from apps.accounts.domain.sealing import seal

PURPOSE = b"fenliang.accounts.one-time-password"
BATCH = 1_000


def sealed_anew(nonce: bytes, sealed: bytes) -> bytes:
    """Empty for what doesn't open, since SECRET_KEY was replaced meanwhile: its sheet says that it is gone."""
    key = hmac.new(settings.SECRET_KEY.encode(), PURPOSE, hashlib.sha256).digest()
    pad = hmac.new(key, nonce, hashlib.sha256).digest()
    text = bytes(left ^ right for left, right in zip(sealed, pad, strict=False))
    return seal(text.decode()) if text.isascii() else b""


def seal_anew(apps, _schema_editor):
    issued = apps.get_model("accounts", "IssuedPassword").objects
    rows = list(issued.all())
    for row in rows:
        row.sealed = sealed_anew(bytes(row.nonce), bytes(row.sealed))
    issued.bulk_update(rows, ["sealed"], batch_size=BATCH)


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0004_session_with_account"),
    ]

    operations = [
        migrations.AlterField("issuedpassword", "sealed", models.BinaryField()),
        migrations.RunPython(seal_anew, elidable=True),
        migrations.RemoveField("issuedpassword", "nonce"),
    ]
