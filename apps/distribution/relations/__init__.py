"""Delivery relations: the law, the places, the rules over many, what enterprises may know beyond their own rows."""
