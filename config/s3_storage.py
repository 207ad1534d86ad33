"""Uploads in a bucket; those of a sandbox in a folder of its own."""

from storages.backends.s3 import S3Storage as Bucket

from config.room_storage import InRoom


class S3Storage(InRoom, Bucket):
    """The bucket of the settings."""
