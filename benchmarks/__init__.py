"""What the figures about Attune come from. Each module prints a table and the command that made it: see README.md."""
