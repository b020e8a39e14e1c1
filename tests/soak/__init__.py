"""Do memory, descriptors and latency stay as they are under an hour of mixed load?  `make soak`; short in the tests."""
