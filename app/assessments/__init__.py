"""What each says about the two of them every few weeks: instruments, sittings, results. Never one number for both."""
