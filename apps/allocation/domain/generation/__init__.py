"""生成分量任务: from a finished demand project with published agreed volumes to a draft allocation."""
