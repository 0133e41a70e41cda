"""The object store: bytes addressed by their SHA-256, in a local folder or in S3.

Messages carry references (:class:`contracts.objects.ObjectRef`), never bytes. An object never changes, so putting the
same content twice stores it once, and whatever holds a reference can be sure of what it refers to.
"""

from chassis.objects.opening import open_store
from chassis.objects.store import (
    ListedObject,
    ObjectCorrupt,
    ObjectMissing,
    ObjectStore,
    ObjectTooLarge,
    StoreUnavailable,
)
from chassis.objects.uploads import UploadBusy, UploadGone, UploadStaging

__all__ = [
    "ListedObject",
    "ObjectCorrupt",
    "ObjectMissing",
    "ObjectStore",
    "ObjectTooLarge",
    "StoreUnavailable",
    "UploadBusy",
    "UploadGone",
    "UploadStaging",
    "open_store",
]
