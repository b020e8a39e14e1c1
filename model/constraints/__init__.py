"""Which names are allowed?  Automata over letters, made from patterns, endings, substrings and counts of syllables."""
