"""The gateway's application: ``gunicorn 'gateway.app:create_app()'``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chassis.objects import UploadStaging
from chassis.rpc.client import RpcClient
from chassis.runtime import Runtime
from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from gateway import api, pages
from gateway.settings import GatewaySettings
from gateway.uploads import bodies as upload_bodies
from gateway.uploads import sent as sent_uploads
from gateway.uploads import tus
from gateway.uploads import words as upload_words
from gateway.web import (
    access_log,
    assets,
    bodies,
    caller,
    case_places,
    csrf,
    document_words,
    errors,
    forms,
    headers,
    languages,
    limits,
    metrics,
    navigation,
    prose,
    rates,
    unread,
)
from gateway.web.api import install_groups
from gateway.web.many_queries import ManyQueries
from gateway.web.networks import Visitors
from gateway.web.resources import EXTENSION, Resources
from gateway.web.revocation import Revocations
from gateway.web.sessions import SessionTable


class Gateway(Flask):
    """No view is asynchronous; Flask would look at each function of each request to find out."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func


def create_app(settings: GatewaySettings | None = None) -> Flask:
    """A WSGI application for one process; everything it knows is in its settings, database and object store."""
    settings = settings or GatewaySettings.from_environment()
    runtime = Runtime(settings.common)
    app = Gateway(__name__)
    app.config.update(SECRET_KEY=settings.form_secret, TEMPLATES_AUTO_RELOAD=False)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # the default provider has it
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    rpc = RpcClient(settings.common.amqp_url, "gateway")
    app.extensions[EXTENSION] = Resources(
        settings=settings,
        runtime=runtime,
        staging=UploadStaging(settings.spool_folder, runtime.objects),
        sessions=SessionTable(runtime.engine, settings.https),
        rpc=rpc,
        progress=ManyQueries(rpc),
        revocations=Revocations(runtime),
    )
    app.session_interface = app.extensions[EXTENSION].sessions

    headers.install(app, settings.https)
    access_log.install(app)
    metrics.install(app)
    languages.install(app, settings.https)
    case_places.install(app)
    document_words.install(app)
    unread.install(app)
    assets.install(app)
    navigation.install(app)
    prose.install(app)
    forms.install(app)
    upload_words.install(app)
    sent_uploads.install(app)
    upload_bodies.install(app)
    bodies.install(app)
    limits.install(app, runtime.engine)
    csrf.install(app)
    caller.install(app)
    rates.install(app)
    errors.install(app)
    tus.install(app)
    install_groups(app, api.groups(settings.common.sandbox))
    for blueprint in pages.BLUEPRINTS:
        app.register_blueprint(blueprint)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        behind = ProxyFix(app.wsgi_app, x_for=0, x_proto=hops, x_host=hops)
        app.wsgi_app = Visitors(behind, hops)  # type: ignore[method-assign]  # Flask's way to add middleware
    return app
