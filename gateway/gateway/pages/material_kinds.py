"""What people can have checked: the pre-check's profiles with their words, and what each page asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

IMAGES = ".jpg,.jpeg,.png,.tif,.tiff,.bmp,.webp,.gif,.avif,.jp2,.psd"
RECORDINGS = ".mp3,.wav,.flac,.ogg,.m4a,.mp4"
FILMS = ".mp4,.mov,.avi,.mkv,.webm"
SCANS = ".jpg,.jpeg,.png,.tif,.tiff,.bmp,.webp"


@dataclass(frozen=True)
class MaterialKind:
    """``profile`` is a name of the pre-check engine's profiles; ``asks``: fields of the check's context.

    ``folder``: ``pack`` sends a folder as one archive, ``files`` file by file.
    """

    profile: str
    title: Any
    summary: Any
    accept: str
    asks: tuple[str, ...] = ()
    folder: str = "files"
    purpose: str = "material"


KINDS = (
    MaterialKind("text_pdf", _l("文字作品"), _l("小说、论文、教材等的全文 PDF"), ".pdf,.txt", ("title",)),
    MaterialKind(
        "artwork_image",
        _l("美术作品"),
        _l("绘画、书法、设计等的图片，300 dpi 以上"),
        IMAGES,
        ("print_width_mm", "print_height_mm"),
    ),
    MaterialKind(
        "photograph", _l("摄影作品"), _l("照片原图，300 dpi 以上"), IMAGES, ("print_width_mm", "print_height_mm")
    ),
    MaterialKind(
        "source_code",
        _l("软件源程序"),
        _l("源代码文件夹、压缩包或文件：语言、编码、行数、密钥与第三方代码"),
        "",
        ("title", "version", "languages", "source_lines"),
        "pack",
    ),
    MaterialKind(
        "source_deposit",
        _l("源程序鉴别材料"),
        _l("已经排好的前后各 30 页 PDF：行数、页眉、页码、名称与版本"),
        ".pdf",
        ("title", "short_name", "version"),
    ),
    MaterialKind(
        "software_document",
        _l("软件文档"),
        _l("用户手册、设计说明书 PDF：每页 30 行、页眉、名称与版本"),
        ".pdf",
        ("title", "short_name", "version"),
    ),
    MaterialKind("score", _l("乐谱与歌词"), _l("曲谱 PDF 或图片，每页清楚"), f".pdf,{IMAGES}"),
    MaterialKind(
        "audio_sample",
        _l("录音"),
        _l("MP3、WAV、FLAC、OGG、M4A：格式与时长"),
        RECORDINGS,
        ("duration_seconds",),
        purpose="recording",
    ),
    MaterialKind(
        "video_sample",
        _l("录像与视听作品"),
        _l("MP4、MOV、AVI、MKV：格式与时长"),
        FILMS,
        ("duration_seconds",),
        purpose="recording",
    ),
    MaterialKind("drawing", _l("图纸、地图与示意图"), _l("工程图、产品图、地图的 PDF 或图片"), f".pdf,{IMAGES}"),
    MaterialKind("views_3d", _l("立体作品视图"), _l("雕塑、模型的六面视图：压缩包或 PDF"), ".zip,.pdf"),
    MaterialKind("proof", _l("权属证明"), _l("合同、协议、证明的扫描件或照片"), f".pdf,{SCANS}", purpose="proof"),
    MaterialKind("id_image", _l("证件照片"), _l("身份证正反面、营业执照"), SCANS, purpose="photo_check"),
)
BY_PROFILE = {kind.profile: kind for kind in KINDS}
