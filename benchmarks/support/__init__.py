"""What several benchmarks need: a house with people in it, its server, requests on the wire, and a table."""
