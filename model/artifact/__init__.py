"""What is kept of a training?  The model file with its card, written whole and checked when read."""
