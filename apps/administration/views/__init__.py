"""Pages of 机构管理."""
