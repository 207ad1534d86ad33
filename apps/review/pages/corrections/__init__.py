"""更正: the list of a published project, correcting with a look at what it would do, the file."""
