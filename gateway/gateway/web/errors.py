"""Problems become answers: problem+json for programs, an explanation on a page for people."""

from __future__ import annotations

import errno

from chassis.errors import Problem
from chassis.objects import StoreUnavailable
from chassis.telemetry import logger
from flask import Flask, Response, g, json, render_template, request
from flask_wtf.csrf import CSRFError
from pydantic import ValidationError
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from gateway.web import csrf
from gateway.web.access_log import told_path
from gateway.web.api import invalid_request
from gateway.web.caller import caller, explain_to_visitor
from gateway.web.languages import language
from gateway.web.problems import HttpProblem, from_http_status, problem_document
from gateway.web.texts import problem_text

log = logger("gateway")
_PASSING = (502, 503, 504)
"""What a moment later may be answered: a page that was only looked at is opened again by a link, and from what was sent
one goes back to what was filled in."""
OLD_ENTRY = "/legacy"
"""Below it all pages are plain, those that explain too."""


def answer(problem: Problem) -> Response:
    """The answer that explains ``problem``, in the form the caller understands."""
    headers = {**_retry_after(problem), **getattr(problem, "headers", {})}
    document = problem_document(problem, language(), g.get("request_id", ""))
    if request.path.startswith(("/api/v1", "/sandbox/")):
        body, content_type = json.dumps(document, ensure_ascii=False), "application/problem+json"
    else:
        explain_to_visitor()
        text = problem_text(problem.code, problem.params, language())
        page = "error_part.html" if request.headers.get("HX-Request") else "error.html"
        if request.path == OLD_ENTRY or request.path.startswith(f"{OLD_ENTRY}/"):
            page = "old/error.html"
        elif page == "error.html" and caller().actor.is_staff:
            page = "staff/error.html"
        leads_on = page != "error_part.html" and problem.status in _PASSING
        again = request.full_path.rstrip("?") if leads_on and request.method == "GET" else ""
        body = render_template(page, problem=document, text=text, again=again, back=leads_on and not again)
        content_type = "text/html; charset=utf-8"
    return Response(body, status=problem.status, headers=headers, content_type=content_type)


def _retry_after(problem: Problem) -> dict[str, str]:
    """Every 429 says when to come again, as the sentence does; a 503 too when it knows."""
    seconds = problem.params.get("seconds") or 60 * int(problem.params.get("minutes", 0))
    return {"Retry-After": str(seconds)} if problem.status in (429, 503) and seconds else {}


def _framework_error(error: HTTPException) -> Response | HTTPException:
    if isinstance(error, RequestRedirect) or error.code is None or error.code < 400:
        return error
    problem = from_http_status(error.code)
    problem.headers.update({name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After")})
    return answer(problem)


def _database_away(error: Exception) -> Response:
    log.error("database_unavailable", error=str(error))
    return answer(HttpProblem("service_unavailable", headers={"Retry-After": "5"}))


def _disk(error: OSError) -> Response:
    """No space for what was sent, or the object store is away; other faults of the system are ours to mend."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        log.error("storage_full", error=str(error))
        return answer(HttpProblem("upload_storage_full", headers={"Retry-After": "60"}))
    if isinstance(error, StoreUnavailable):
        log.error("store_unavailable", error=str(error))
        return answer(HttpProblem("service_unavailable", headers={"Retry-After": "60"}))
    return _unexpected(error)


def _unreadable(error: ValidationError) -> Response:
    """A page made a request of what was entered, and it cannot be one."""
    return answer(invalid_request(error))


def _unexpected(error: Exception) -> Response:
    log.error("unexpected_error", path=told_path(), exc_info=error)
    return answer(HttpProblem("internal_error"))


def install(app: Flask) -> None:
    """Every failure becomes a problem: JSON for the API, a page for people."""
    app.register_error_handler(Problem, answer)
    app.register_error_handler(CSRFError, lambda error: answer(csrf.explain(error)))
    app.register_error_handler(HTTPException, _framework_error)
    app.register_error_handler(ValidationError, _unreadable)
    for away in (OperationalError, InterfaceError, PoolTimeout):
        app.register_error_handler(away, _database_away)
    app.register_error_handler(OSError, _disk)
    app.register_error_handler(Exception, _unexpected)
