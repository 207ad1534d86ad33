"""申诉: the list of a round, appealing, one appeal with what may be done with it."""
