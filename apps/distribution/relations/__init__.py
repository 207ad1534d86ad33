"""Delivery relations: the law, places, rules over many, and what enterprises may know beyond their own rows."""
