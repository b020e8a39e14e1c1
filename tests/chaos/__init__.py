"""What outlives kills, outages, lost packets and clocks that jump?  `make chaos`, with a short version in the tests."""
