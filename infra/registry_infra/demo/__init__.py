"""`./registry demo`: the main jobs, as an applicant and the office do them."""

from registry_infra.demo.command import main, run
from registry_infra.demo.job import Demo

__all__ = ["Demo", "main", "run"]
