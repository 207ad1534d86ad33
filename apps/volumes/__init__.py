"""约定采购量计算基数 and 约定采购量: from the approved reports of a round to what is committed (rules §1, §2)."""
