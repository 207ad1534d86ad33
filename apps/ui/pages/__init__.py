"""What pages with forms have in common: the version of what they showed, drafts that the server has taken."""
