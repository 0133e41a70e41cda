"""The public search of the register: with the index of its pairs of characters, and by a comparison of every row.

    python -m tests.load.search 200000

registrations. Both ways ask the same in turns, and must find the same.
"""

from __future__ import annotations

import sys
import time

import psycopg
from archive.register.searching import search
from chassis.runtime import Runtime
from chassis.settings import SEALING_KEY_BYTES, sealing_key_file
from chassis.testing.harness import settings_for
from sqlalchemy import text

from tests.load.servers import bench, median, show

ASKED = {
    "rare_words": "星海织造",
    "two_characters": "鲸落",
    "none_such": "件软件软",
    "many": "管理系统",
    "one_character": "鲸",
    "every_row": "软",
}
_RECORDS = """
    INSERT INTO register_records (registration_number, sequence, act, states, form, sample_sha256, decided_at,
        decided_by, recorded_on)
    SELECT '2026SR' || lpad(n::text, 7, '0'), 1, 'registered', '{}', '{}', '{}', now(), 'acc-1', date '2026-01-01'
    FROM generate_series(1, %(rows)s) n"""
_ENTRIES = """
    INSERT INTO register_entries (registration_number, certificate_number, record, status, application_id, account_id,
        series, year, sequence, kind, title, short_name, version, authors, owners, searched, registered_on)
    SELECT number, 'c' || number, 1, 'valid', 'app-' || n, 'acc-1', 'bench', 2026, n, 'software', title, '', 'V1', '[]',
        '[{"name": "x"}]', title || E'\\n' || firm, date '2026-01-01' + n / 600
    FROM (
        SELECT n, '2026SR' || lpad(n::text, 7, '0') AS number,
            (%(places)s::text[])[1 + n %% 23] || (%(nouns)s::text[])[1 + n * 7 %% 31]
                || CASE n %% 5000 WHEN 77 THEN '鲸落' WHEN 78 THEN '星海织造' ELSE '' END
                || (%(heads)s::text[])[1 + n %% 3] || '软件' || n AS title,
            (%(places)s::text[])[1 + n %% 23] || (%(nouns)s::text[])[1 + n * 11 %% 31] || '科技有限公司' AS firm
        FROM generate_series(1, %(rows)s) n
    ) made"""
_WORDS = {
    "places": list("京沪津渝冀晋辽吉黑苏浙皖闽赣鲁豫鄂湘粤桂琼川贵"),
    "nouns": [
        a + b
        for a, b in zip(
            "云智数文图画音声影像书诗歌曲棋牌球车船机电光热水火土木金石花草",
            "端慧据档库册频学视素籍词谣谱盘局场辆舶器力缆能利灾壤材属料卉药",
            strict=True,
        )
    ],
    "heads": ["管理系统", "服务平台", "分析工具"],
}


def took_ms(runtime: Runtime, q: str, *, indexed: bool) -> tuple[float, list[str]]:
    """Milliseconds of a first page, and what is on it."""
    with runtime.unit_of_work() as uow:
        uow.session.execute(text(f"SET LOCAL enable_bitmapscan = {'on' if indexed else 'off'}"))
        uow.session.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))
        began = time.perf_counter()
        found = search(uow.session, q, None, None, (None, None), None, 21)
        return (time.perf_counter() - began) * 1000, [one.registration_number for one in found]


def main(rows: int = 200_000, rounds: int = 5) -> None:
    with bench() as servers, servers.databases.database("archive") as database:
        sealing_key_file(servers.keys, "archive").write_bytes(bytes(SEALING_KEY_BYTES))
        runtime = Runtime(settings_for("archive", database.application_url, servers.keys, servers.folder))
        with psycopg.connect(database.owner_url, autocommit=True) as owner:
            owner.execute(_RECORDS, {"rows": rows})
            began = time.perf_counter()
            owner.execute(_ENTRIES, {"rows": rows, **_WORDS})
            us_a_row = (time.perf_counter() - began) / rows * 1e6
            owner.execute("VACUUM ANALYZE register_entries")
            mib = owner.execute("SELECT pg_relation_size('ix_register_entries_searched') / 2 ^ 20").fetchone()
        show(bench="search", rows=rows, us_a_row_written=us_a_row, index_mib=mib[0] if mib else 0)
        for name, q in ASKED.items():
            turns = []
            for _ in range(rounds):
                (indexed, found), (every, same) = (took_ms(runtime, q, indexed=way) for way in (True, False))
                assert found == same, q
                turns.append((indexed, every))
            ratio = median([every / indexed for indexed, every in turns])
            ms, every_ms = (median([turn[way] for turn in turns]) for way in (0, 1))
            show(bench="search", asked=name, found=len(found), ms=ms, every_row_ms=every_ms, ratio=ratio)
        runtime.engine.dispose()


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:3]))
