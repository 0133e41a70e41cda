"""The object store keeps bytes by content, and a staged upload survives whatever happens to its process."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import textwrap
import threading
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import obstore
import pytest
from chassis.objects import (
    ObjectCorrupt,
    ObjectMissing,
    ObjectStore,
    ObjectTooLarge,
    UploadBusy,
    UploadGone,
    UploadStaging,
    open_store,
)
from contracts.objects import ObjectRef
from obstore.store import MemoryStore


@pytest.fixture
def store(tmp_path: Path) -> ObjectStore:
    return open_store((tmp_path / "store").as_uri())


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def stored_files(tmp_path: Path) -> list[Path]:
    return [path for path in (tmp_path / "store" / "objects").rglob("*") if path.is_file()]


def test_the_same_content_is_stored_once(store: ObjectStore, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"a work")
    first, second = store.put_bytes(b"a work"), store.put_file(source)
    assert first == second == ObjectRef(sha256=sha256(b"a work"), size=6)
    assert len(stored_files(tmp_path)) == 1
    assert source.exists()


def test_an_object_is_read_as_a_whole_as_a_stream_and_as_a_file(store: ObjectStore) -> None:
    ref = store.put_bytes(b"0123456789")
    assert store.read(ref.sha256, limit=10) == b"0123456789"
    with store.open(ref.sha256) as stream:
        stream.seek(5)
        assert stream.read() == b"56789"
    with store.local_path(ref.sha256) as path:
        assert path.read_bytes() == b"0123456789"


def test_reading_refuses_what_is_missing_too_large_or_altered(store: ObjectStore, tmp_path: Path) -> None:
    ref = store.put_bytes(b"0123456789")
    with pytest.raises(ObjectTooLarge):
        store.read(ref.sha256, limit=9)
    with pytest.raises(ObjectMissing):
        store.read(sha256(b"other"), limit=9)
    with pytest.raises(ObjectMissing):
        store.read("../../../../etc/passwd", limit=9)
    (path,) = stored_files(tmp_path)
    path.chmod(0o640)
    path.write_bytes(b"0123456780")
    with pytest.raises(ObjectCorrupt):
        store.read(ref.sha256, limit=10)


def test_a_deleted_object_is_gone_and_can_be_deleted_again(store: ObjectStore) -> None:
    ref = store.put_bytes(b"hand-held photo")
    store.delete(ref.sha256)
    store.delete(ref.sha256)
    assert not store.exists(ref.sha256)


@pytest.fixture
def staging(store: ObjectStore, tmp_path: Path) -> UploadStaging:
    return UploadStaging(tmp_path / "uploads", store)


def test_an_upload_in_pieces_ends_up_under_the_sha256_of_the_whole(staging: UploadStaging, store: ObjectStore) -> None:
    staging.create("u1")
    for piece in (b"one ", b"two ", b"three"):
        with staging.hold("u1") as upload:
            assert upload.append(BytesIO(piece).read, limit=100) == len(piece)
    with staging.hold("u1") as upload:
        ref = upload.reference()
    staging.finish("u1", ref)
    staging.finish("u1", ref)
    assert store.read(sha256(b"one two three"), limit=100) == b"one two three"
    with pytest.raises(UploadGone):
        staging.length("u1")


def test_another_replica_goes_on_and_the_first_may_come_back(
    staging: UploadStaging, store: ObjectStore, tmp_path: Path
) -> None:
    other = UploadStaging(tmp_path / "uploads", store)
    staging.create("u1")
    for replica, piece in ((staging, b"a"), (other, b"b"), (staging, b"c")):
        with replica.hold("u1") as upload:
            upload.append(BytesIO(piece).read, limit=10)
    with staging.hold("u1") as upload:
        assert upload.reference().sha256 == sha256(b"abc")


def test_a_dropped_tail_does_not_linger_in_the_digest(staging: UploadStaging) -> None:
    staging.create("u1")
    with staging.hold("u1") as upload:
        upload.append(BytesIO(b"good").read, limit=10)
        upload.append(BytesIO(b"bad").read, limit=10)
        upload.truncate(4)
    with staging.hold("u1") as upload:
        upload.append(BytesIO(b"!").read, limit=10)
        assert upload.reference().sha256 == sha256(b"good!")


def test_too_much_is_noticed_one_byte_after_the_limit(staging: UploadStaging) -> None:
    staging.create("u1")
    with staging.hold("u1") as upload:
        assert upload.append(BytesIO(b"x" * 1000).read, limit=10) == 11


def test_only_one_writer_at_a_time(staging: UploadStaging, store: ObjectStore, tmp_path: Path) -> None:
    staging.create("u1")
    with staging.hold("u1"), pytest.raises(UploadBusy), UploadStaging(tmp_path / "uploads", store).hold("u1"):
        pytest.fail("the lock was given twice")


def test_a_writer_killed_in_the_middle_leaves_its_bytes_and_no_lock(
    staging: UploadStaging, store: ObjectStore, tmp_path: Path
) -> None:
    staging.create("u1")
    script = textwrap.dedent(
        """
        import os, signal, sys
        from pathlib import Path
        from chassis.objects import ObjectStore, UploadStaging, open_store
        root = Path(sys.argv[1])
        staging = UploadStaging(root / "uploads", open_store((root / "store").as_uri()))
        blocks = iter([b"before the kill"])
        def read(size):
            try:
                return next(blocks)
            except StopIteration:
                os.kill(os.getpid(), signal.SIGKILL)
        with staging.hold("u1") as upload:
            upload.append(read, limit=1000)
        """
    )
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], env=os.environ, check=False)
    assert done.returncode == -signal.SIGKILL
    assert staging.length("u1") == len(b"before the kill")
    with staging.hold("u1") as upload:
        upload.append(BytesIO(b" and after").read, limit=1000)
        assert upload.reference().sha256 == sha256(b"before the kill and after")


@pytest.mark.requirement("S-01")
def test_what_is_put_at_the_moment_of_its_removal_is_there_afterwards(store: ObjectStore, tmp_path: Path) -> None:
    """Red within a few tries when ``collect`` looks without the lock, or ``put`` takes an old object as it is."""
    data = b"the same work, again and again"
    ref = store.put_bytes(data)
    upload = tmp_path / "upload"
    gone = 0
    with ThreadPoolExecutor(3) as pool:
        for number in range(300):
            for file in stored_files(tmp_path):
                os.utime(file, (0, 0))
            upload.write_bytes(data)
            start = threading.Barrier(2)

            def put(adopt: bool = number % 2 == 0, start: threading.Barrier = start) -> None:
                start.wait()
                if adopt:
                    store.adopt(upload, ref)
                else:
                    store.put_bytes(data)

            def collect(start: threading.Barrier = start) -> bool:
                start.wait()
                return store.collect(ref.sha256, untouched=60)

            putting, collecting = pool.submit(put), pool.submit(collect)
            putting.result()
            gone += collecting.result()
            assert store.read(ref.sha256, limit=100) == data
    assert gone > 0


@pytest.fixture(params=["folder", "bucket"])
def any_store(request: pytest.FixtureRequest, store: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> ObjectStore:
    """Both kinds; the bucket's objects lie in memory, behind the same client."""
    if request.param == "folder":
        return store
    bucket = MemoryStore()
    monkeypatch.setattr("chassis.objects.s3.S3Store.from_url", lambda url: bucket)
    return open_store("s3://registry/objects")


def test_every_store_does_the_same(any_store: ObjectStore, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"a work")
    ref = any_store.put_bytes(b"a work")
    assert any_store.put_file(source) == ref
    assert (any_store.read(ref.sha256, 10), any_store.size(ref.sha256)) == (b"a work", 6)
    any_store.adopt(source, ref)
    assert not source.exists()
    any_store.adopt(source, ref)
    with pytest.raises(FileNotFoundError):
        any_store.adopt(source, ObjectRef(sha256=sha256(b"never came"), size=10))
    other = any_store.put_bytes(b"another")
    assert {item.sha256 for item in any_store.listed(ref.sha256[:2])} == {ref.sha256}
    assert [item.size for item in any_store.listed(other.sha256[:2])] == [7]
    any_store.check()


def test_only_what_nobody_has_put_for_long_enough_is_collected(any_store: ObjectStore) -> None:
    ref = any_store.put_bytes(b"a work")
    assert not any_store.collect(ref.sha256, untouched=60)
    assert any_store.exists(ref.sha256)
    assert any_store.collect(ref.sha256, untouched=-1)
    assert not any_store.exists(ref.sha256)
    assert any_store.collect(ref.sha256, untouched=-1)


def test_an_old_object_in_a_bucket_is_written_again_and_found_when_it_was_removed_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A bucket has no locks. Red when ``put`` of an old object does not write, or does not look again."""
    bucket, data = MemoryStore(), b"a work"
    monkeypatch.setattr("chassis.objects.s3.S3Store.from_url", lambda url: bucket)
    monkeypatch.setattr("chassis.objects.s3.FRESH", -1)
    store = open_store("s3://registry/objects")
    ref = store.put_bytes(data)
    before = next(store.listed(ref.sha256[:2])).touched
    really, removed = obstore.put, []

    def put(target: MemoryStore, path: str, content: bytes) -> None:
        really(target, path, content)
        if not removed:
            removed.append(next(store.listed(ref.sha256[:2])).touched)
            store.delete(ref.sha256)  # a collector that had looked before

    monkeypatch.setattr("chassis.objects.s3.obstore.put", put)
    store.put_bytes(data)
    assert removed[0] > before
    assert store.read(ref.sha256, 10) == data


def test_a_space_of_its_own_sees_nothing_of_the_common_one(tmp_path: Path) -> None:
    url = (tmp_path / "store").as_uri()
    common, identity = open_store(url), open_store(url, "identity")
    ref = identity.put_bytes(b"sealed")
    assert not common.exists(ref.sha256)
    assert list(common.listed(ref.sha256[:2])) == []
    common.put_bytes(b"sealed")
    identity.delete(ref.sha256)
    assert common.exists(ref.sha256)
