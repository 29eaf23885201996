"""What the tests of pushes begin with."""

from tests.push.engine import devices_left, lay, outbox, plant, ring, sink

__all__ = ["devices_left", "lay", "outbox", "plant", "ring", "sink"]
