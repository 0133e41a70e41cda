"""What a saved file is called by browsers that read no Chinese in a header."""

from __future__ import annotations

import io

import pytest
from flask import Flask, send_file
from gateway.web.file_names import with_plain_name


@pytest.mark.requirement("W-01")
@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("江边旧事.pdf", "filename=document.pdf; filename*=UTF-8''%E6%B1%9F"),
        ("江边（一）.pdf", "filename=document.pdf; filename*="),
        ("江边-2026.pdf", "filename=document-2026.pdf; filename*="),
        ("国作登字-2026-A-00000001.pdf", "filename=document-2026-A-00000001.pdf; filename*="),
        ("江边 第 2.0 版.pdf", 'filename="document-2.0 .pdf"; filename*='),
        ("江.7z", "filename=document.7z; filename*="),
        ("-2026.pdf", "filename=-2026.pdf"),
        ("river.pdf", "filename=river.pdf"),
    ],
)
def test_a_chinese_name_leaves_more_than_its_ending(name: str, plain: str) -> None:
    with Flask(__name__).test_request_context():
        answer = with_plain_name(send_file(io.BytesIO(b"%PDF"), download_name=name, as_attachment=True))
    assert plain in answer.headers["Content-Disposition"]
