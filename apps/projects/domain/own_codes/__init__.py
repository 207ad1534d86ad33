"""编码对照: finding items by whatever code, and keeping an institution's own ones."""
