"""The software that the demonstration registers: this platform itself, its sources and a manual of its interfaces."""

from __future__ import annotations

import inspect
import io
import zipfile
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any

from chassis.documents import DocumentRenderer
from contracts.catalogue import METHODS

from registry_infra.demo.job import Demo
from registry_infra.demo.people import Applicant
from registry_infra.portal import TooLate

NAME, VERSION = "著作权登记平台软件", "V1.0"
PACKAGES = ("contracts", "chassis", "registry_infra")
_FUNCTIONS = (
    "本软件为著作权登记机构提供登记业务的全过程办理。申请人注册账号后以身份证件完成实名认证，按照步骤填写作品登记或者计算机软件著作权登记的申请，"
    "每一步自动保存为草稿，断网或者关机之后可以接着填写。材料上传支持断点续传，上传后立即预检，逐页说明哪里不合格、应当怎样修改，"
    "能够自动修复的可以一键修复。源程序可以直接上传文件夹或者压缩包，由软件按照前后各三十页、每页不少于五十行的要求生成鉴别材料，"
    "并核对申请表、源程序和说明书中的名称与版本是否一致。申请人核对无误后以短信验证码签名，单位加盖电子印章，签名覆盖申请表和全部材料，"
    "此后的任何改动都能被发现。缴费支持微信支付、支付宝和银行汇付，收到款项后当日受理并出具受理通知书。"
    "审查员按照队列领取案件，对照申请表、材料和预检结果进行审查，可以要求补正，不予登记须由另一名审查员复核。"
    "登记完成后自动编号、制作带有数字签名和时间戳的电子证书，任何人都可以凭登记号或者证书文件核验真伪，也可以脱机验证。"
    "软件还提供登记进度查询、登记信息查询、档案下载、办理时限与法定依据的显示、费用与退款的复式记账、全部操作的审计记录，"
    "以及供合作机构使用的接口和事件。各服务独立运行、各自保管数据，任何一个进程中断都会自动恢复，业务不丢失、不重复、编号不间断。"
)


class SoftwareFiling:
    """计算机软件著作权登记; the deposit is built by the portal from an archive of sources and a manual."""

    kind = "software"
    words = "计算机软件著作权登记"

    def __init__(self) -> None:
        self._copies = count(1)

    def form(self, person: Applicant) -> list[dict[str, Any]]:
        return [
            {
                "full_name": NAME,
                "version": VERSION,
                "classification": "application",
                "origin": "original",
                "development_mode": "own",
                "completion_date": "2026-06-30",
                "publication": "unpublished",
            },
            {
                "owners": [{"name": person.name, "applicant": True}],
                "acquisition": "original",
                "rights_scope": "all",
            },
            {
                "development_hardware": "八核处理器、16 GB 内存的工作站",
                "running_hardware": "双核处理器、4 GB 内存以上的服务器",
                "development_system": "Debian GNU/Linux 12",
                "development_tools": "Python 3.11、Git",
                "running_platform": "Linux 服务器操作系统",
                "supporting_software": "PostgreSQL、RabbitMQ",
                "languages": ["Python"],
                "source_lines": 12000,
                "purpose": "让著作权登记在网上全程办理，证书人人可以核验",
                "industry": "政务服务、版权登记",
                "functions": _FUNCTIONS,
                "characteristics": ["security"],
                "characteristics_note": "登记编号、账目与事件在故障中不丢失、不重复",
            },
            {"contact": {"name": person.name, "mobile": person.mobile, "address": "北京市朝阳区江边路 12 号"}},
        ]

    def sources(self) -> bytes:
        """An archive of the sources, different each time by a line in it."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for package in PACKAGES:
                folder = Path(str(import_module(package).__file__)).parent
                for file in sorted(folder.rglob("*.py")):
                    archive.write(file, f"{package}/{file.relative_to(folder).as_posix()}")
            archive.writestr("main.py", f"EDITION = {next(self._copies)}\n")
        return packed.getvalue()

    def send(self, demo: Demo) -> None:
        sources, manual = self.sources(), interface_manual()
        asked = {
            "title": NAME,
            "version": VERSION,
            "source": [demo.me.upload(sources, "sources.zip")],
            "document": demo.me.upload(manual, "manual.pdf"),
        }
        demo.step(f"上传 Uploaded the sources ({len(sources) // 1024} KB) and a manual ({len(manual) // 1024} KB)")
        number = demo.me.post("/deposits", asked)["job_id"]

        def made() -> dict[str, Any] | None:
            job: dict[str, Any] = demo.me.get(f"/jobs/{number}")
            return job if job["state"] in ("done", "failed") else None

        job = demo.wait("the deposit", made, 180)
        if job["state"] == "failed":
            raise TooLate(f"no deposit could be made: {job['refusal']['message']}")
        for file in job["files"]:
            demo.me.post(f"{demo.path}/materials", {"role": file["name"], "upload_id": file["upload_id"]})
        made_of = job["report"]["program"]
        demo.step(f"鉴别材料 Deposit built: {', '.join(file['file_name'] for file in job['files'])} {_told(made_of)}")


def _told(report: dict[str, Any]) -> str:
    pages = report.get("pages")
    return f"({pages} pages of program)" if pages else ""


def interface_manual() -> bytes:
    """A manual of the platform's interfaces, from the contracts themselves, as PDF."""
    chapters = [
        {
            "title": f"{method.service}.{method.name}",
            "lines": [
                line.strip()
                for model in (method.request, method.reply)
                for line in (
                    f"{model.__name__}：",
                    *(inspect.getdoc(model) or "").splitlines(),
                    *(f"{name}：{field.description or field.annotation}" for name, field in model.model_fields.items()),
                )
                if line.strip()
            ],
        }
        for method in METHODS.values()
    ]
    data = {"title": f"{NAME}{VERSION}接口说明书", "name": NAME, "version": VERSION, "chapters": chapters}
    return DocumentRenderer(Path(__file__).parent / "files").render("manual", data)
