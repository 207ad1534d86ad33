"""申诉: what may be appealed, by whom and until when; appealing, withdrawing, answering; what is open in a round."""
