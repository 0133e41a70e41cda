"""A service of another team: stock nameko, nothing of this project. Run with ``nameko run`` by the tests beside it."""

import json

from nameko.events import event_handler


class Catalogue:
    """Says on its standard output what it hears, a JSON line for each event."""

    name = "catalogue"

    @event_handler("filing", "application_accepted")
    def application_accepted(self, event):
        self.hear(event)

    @event_handler("payment", "order_paid")
    def order_paid(self, event):
        self.hear(event)

    def hear(self, event):
        print(json.dumps({"event": event}), flush=True)
