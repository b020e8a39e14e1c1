"""May this name be shown?  Slurs and obscenities of a language and of English, as words and in what spellings."""
