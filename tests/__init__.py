"""The tests: a package of its own, so that no other of this name in the environment stands in for it."""
