"""What is in a backup is what was backed up, or it is refused with the reason."""

import json
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from chassis.objects.folder import KEPT_FOR_BACKUP, FolderStore
from registry_infra import backup as module
from registry_infra import restore as restoring
from registry_infra.backup_folder import BackupFolder, Manifest, Point, open_for_writing, sha256_of
from registry_infra.backup_objects import ObjectCopy, deletions_held, restore_objects
from registry_infra.cli import main
from registry_infra.folders import RESTORING, prepare_folders
from registry_infra.problems import StackProblem
from registry_infra.progress import silent
from registry_infra.state import own_state

pytestmark = pytest.mark.requirement("S-01")


def complete(backup: BackupFolder, objects: dict[str, str] | None = None) -> Point:
    """A point as `backup` leaves it, with files of a few bytes."""
    point = backup.begin()
    for name in ("base.tar.gz", "pg_wal.tar.gz", "backup_manifest"):
        (point.database / name).write_text(name)
    point.list_objects(objects or {})
    with tarfile.open(point.folder / "secrets.tar", "w"):
        pass
    manifest = Manifest("", "2026-11-28T10:00:00+00:00", "2026-11-28T10:00:05+00:00", "18", {}, len(objects or {}), 0)
    manifest.files = module._digests(point, None)
    point.finish(manifest)
    return point


@pytest.fixture
def backup(tmp_path: Path) -> BackupFolder:
    return open_for_writing(tmp_path / "backup")


def refused(backup: BackupFolder, tmp_path: Path, **options: object) -> str:
    """Why a restore does not begin."""
    name, secrets = options.get("name"), options.get("secrets")
    with pytest.raises(StackProblem) as problem:
        restoring.restore(backup.folder, tmp_path / "new", name, secrets, silent)  # type: ignore[arg-type]  # as given
    assert not (tmp_path / "new").exists()
    return str(problem.value)


def test_an_interrupted_backup_is_refused_and_an_earlier_one_is_named(backup: BackupFolder, tmp_path: Path) -> None:
    assert "there is no backup in" in refused(backup, tmp_path)
    first = complete(backup)
    second = backup.begin()
    assert f"{second.name} in {backup.folder} was interrupted" in (said := refused(backup, tmp_path))
    assert f"--point: {first.name}" in said
    with backup.exclusively():
        assert "is being made now" in refused(backup, tmp_path)
        with pytest.raises(StackProblem, match="another backup is being written"), backup.exclusively():
            pass
    assert backup.chosen(first.name) == first
    backup.forget(None)
    assert [point.name for point in backup.points()] == [first.name]


def spoil_manifest(point: Point) -> None:
    kept = json.loads((point.folder / "manifest.json").read_text())
    (point.folder / "manifest.json").write_text(json.dumps(kept | {"postgresql": "17"}))


def spoil_format(point: Point) -> None:
    file = point.folder / "manifest.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"format": 99}))
    (point.folder / "complete").write_text(sha256_of(file))


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (spoil_manifest, "was changed after the backup was made"),
        (spoil_format, "made by another version"),
        (lambda point: (point.folder / "manifest.json").unlink(), "manifest.json is missing"),
        (lambda point: (point.folder / "secrets.tar").write_bytes(b"x"), "secrets.tar is not what was backed up"),
        (lambda point: (point.database / "base.tar.gz").write_bytes(b"x"), "base.tar.gz is not what was backed up"),
        (lambda point: (point.database / "pg_wal.tar.gz").unlink(), "pg_wal.tar.gz is missing"),
        (lambda point: point.objects_list.write_text(""), "objects.sha256 is not what was backed up"),
    ],
)
def test_what_is_not_as_it_was_is_named(
    backup: BackupFolder, tmp_path: Path, spoil: Callable[[Point], None], reason: str
) -> None:
    point = complete(backup, {"objects/aa/bb/cc": "0" * 64})
    spoil(point)
    assert reason in refused(backup, tmp_path)


def test_secrets_that_were_kept_apart_must_be_named(backup: BackupFolder, tmp_path: Path) -> None:
    point = complete(backup)
    manifest = point.manifest()
    manifest.secrets_apart = True
    (point.folder / "secrets.tar").unlink()
    point.finish(manifest)
    assert f"in it is {point.name}.tar" in refused(backup, tmp_path)
    assert f"{point.name}.tar is missing" in refused(backup, tmp_path, secrets=tmp_path)


def test_a_restore_needs_an_empty_folder_that_nothing_runs_in(
    backup: BackupFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    complete(backup)
    (tmp_path / "used").mkdir()
    (tmp_path / "used" / "file").touch()
    words = ["restore", str(backup.folder), "--data", str(tmp_path / "used")]
    assert main(words) == 1
    assert "is not empty. Name an empty folder with --data" in capsys.readouterr().err
    own_state("http://127.0.0.1:1").save(tmp_path / "used" / "state.json")
    assert main(words) == 1
    assert "a stack runs in" in capsys.readouterr().err


def test_a_shared_server_is_neither_copied_nor_overwritten(
    backup: BackupFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    complete(backup)
    monkeypatch.setenv("POSTGRES_URI", "postgresql://somewhere/")
    assert "POSTGRES_URI is set" in refused(backup, tmp_path)
    with pytest.raises(StackProblem, match="backed up by whoever runs it"):
        module.make_backup(prepare_folders(tmp_path / "data"), backup.folder, None, None, silent)


def test_what_was_not_restored_to_the_end_does_not_start(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / RESTORING).touch()
    assert main(["up", "--data", str(tmp_path)]) == 1
    assert "did not finish" in capsys.readouterr().err


def test_a_folder_of_other_things_takes_no_backup(tmp_path: Path) -> None:
    (tmp_path / "holiday.jpg").touch()
    with pytest.raises(StackProblem, match=r"other things \(holiday\.jpg\)"):
        open_for_writing(tmp_path)


def test_earlier_points_go_with_the_objects_that_only_they_had(backup: BackupFolder) -> None:
    for name in ("a", "b"):
        (backup.folder / "objects").mkdir(exist_ok=True)
        (backup.objects / name).write_text(name)
    first = complete(backup, {"a": sha256_of(backup.objects / "a"), "b": sha256_of(backup.objects / "b")})
    second = complete(backup, {"b": sha256_of(backup.objects / "b")})
    assert backup.forget(2) == []
    assert backup.forget(1) == [first]
    assert backup.points() == [second]
    assert [file.name for file in backup.objects.iterdir()] == ["b"]


def copied(source: Path, target: Path, known: dict[str, str] | None = None) -> ObjectCopy:
    copy = ObjectCopy(source, target, known or {})
    copy.run()
    return copy


def test_objects_are_copied_once_and_damage_is_told(tmp_path: Path) -> None:
    store = FolderStore(tmp_path / "store")
    refs = [store.put_bytes(text) for text in (b"one", b"two")]
    (tmp_path / "store" / "uploads").mkdir()
    (tmp_path / "store" / "uploads" / "x.part").touch()
    first = copied(store.root, tmp_path / "copy")
    assert (first.copied, first.damaged) == (2, [])
    assert {Path(path).name for path in first.digests} == {ref.sha256 for ref in refs}

    store.put_bytes(b"three")
    damaged = next((store.root / "objects").rglob(refs[0].sha256))
    damaged.chmod(0o640)
    damaged.write_bytes(b"0ne")
    again = copied(store.root, tmp_path / "copy", first.digests)
    assert (again.copied, again.damaged) == (1, [])
    assert FolderStore(tmp_path / "copy").read(refs[0].sha256, 10) == b"one", "the earlier copy is the good one"
    assert copied(store.root, tmp_path / "other").damaged == [str(damaged.relative_to(store.root))]


def test_what_is_deleted_while_a_backup_is_made_is_in_it(tmp_path: Path) -> None:
    """The databases' copy may be from the moment before the deletion; the same in a store below the store."""
    stores = [FolderStore(tmp_path / "store"), FolderStore(tmp_path / "store" / "identity")]
    copy = ObjectCopy(tmp_path / "store", tmp_path / "copy", {})
    copy.run()
    with deletions_held(tmp_path / "store"):
        refs = [store.put_bytes(b"short-lived") for store in stores]
        for store, ref in zip(stores, refs, strict=True):
            store.delete(ref.sha256)
            assert not store.exists(ref.sha256)
        copy.run()
        assert copy.digests == {}
        copy.run_kept()
    assert len(copy.digests) == 2
    assert list((tmp_path / "store").rglob(KEPT_FOR_BACKUP)) == []
    restore_objects(tmp_path / "copy", tmp_path / "again", copy.digests)
    for folder, ref in zip(("again", "again/identity"), refs, strict=True):
        assert FolderStore(tmp_path / folder).read(ref.sha256, 20) == b"short-lived"


def test_an_object_that_changed_in_the_backup_is_not_restored(tmp_path: Path) -> None:
    store = FolderStore(tmp_path / "store")
    ref = store.put_bytes(b"one")
    copy = copied(store.root, tmp_path / "copy")
    file = next((tmp_path / "copy").rglob(ref.sha256))
    file.write_bytes(b"0ne")
    with pytest.raises(StackProblem, match="is not what was backed up: its SHA-256"):
        restore_objects(tmp_path / "copy", tmp_path / "again", copy.digests)
    file.unlink()
    with pytest.raises(StackProblem, match="is missing from the backup"):
        restore_objects(tmp_path / "copy", tmp_path / "again", copy.digests)
    with pytest.raises(StackProblem, match="not inside the object folder"):
        restore_objects(tmp_path / "copy", tmp_path / "again", {"../x": ref.sha256})
