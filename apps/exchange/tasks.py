"""What comes round by the clock: uploads are kept a day."""

from django.core.files.storage import default_storage

from apps.jobs.periodic import periodic

from .models import StoredUpload

BATCH = 500


@periodic("37 * * * *", name="exchange.expire_uploads")
def expire_uploads() -> None:
    """Delete uploads past their time, files first."""
    expired = list(StoredUpload.objects.all().expired().order_by("expires_at", "pk")[:BATCH])
    for upload in expired:
        for file in (upload.file, upload.changes):
            if file:
                default_storage.delete(str(file))
    StoredUpload.objects.filter(pk__in=[upload.pk for upload in expired]).delete()
