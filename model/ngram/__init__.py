"""How probable is a letter after the few before it?  Kneser-Ney: counts, and the automaton that reads by look-ups."""
