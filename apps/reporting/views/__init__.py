"""The pages of demand reporting."""
