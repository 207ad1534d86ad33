"""Makes the bucket for uploads where there is none: `python -m config.make_bucket`, by the settings `S3_…`."""

import os
import sys

import boto3

OURS = (None, "us-east-1")
"""Of a region that stores take for granted, and then don't want named."""


def make_bucket(name: str) -> bool:
    """Whether it had to be made. Raises what `botocore` raises where the store is not to be reached."""
    store = boto3.client(
        "s3",
        endpoint_url=os.environ.get("S3_ENDPOINT_URL"),
        aws_access_key_id=os.environ.get("S3_ACCESS_KEY"),
        aws_secret_access_key=os.environ.get("S3_SECRET_KEY"),
    )
    if name in {bucket["Name"] for bucket in store.list_buckets()["Buckets"]}:
        return False
    region = store.meta.region_name
    placed = {} if region in OURS else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    store.create_bucket(Bucket=name, **placed)
    return True


if __name__ == "__main__":
    made = make_bucket(os.environ["S3_BUCKET"])
    sys.stdout.write("made\n" if made else "there\n")
