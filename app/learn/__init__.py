"""What there is to understand: topics of a minute each, and a search that forgives. Nothing is kept of who looks."""
