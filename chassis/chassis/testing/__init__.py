"""What tests of services stand on: a real database per test, the real command path, and actors."""

from chassis.testing.harness import Harness, anonymous, organisation, person, service_actor, staff_actor

__all__ = ["Harness", "anonymous", "organisation", "person", "service_actor", "staff_actor"]
