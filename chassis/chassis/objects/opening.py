"""Which store holds the bytes, by its address."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from chassis.objects.store import ObjectStore


def open_store(url: str, space: str = "") -> ObjectStore:
    """``file:///folder`` or ``s3://bucket/prefix`` (S3 credentials and endpoint from the usual ``AWS_*``).

    ``space``: a part of the store with a prefix of its own, which the common one does not see. ValueError for another
    scheme.
    """
    parts = urlsplit(url)
    if parts.scheme == "file":
        from chassis.objects.folder import FolderStore

        return FolderStore(Path(unquote(parts.path)) / space)
    if parts.scheme == "s3":
        from chassis.objects.s3 import BucketStore  # a process that keeps a folder does without its library

        return BucketStore(f"{url.rstrip('/')}/{space}" if space else url)
    raise ValueError(f"OBJECT_STORE_URL must start with file:// or s3://, not {url!r}")
