"""One neutral line to one person: laid into an outbox, then pushed to each of their devices, never by a request."""
