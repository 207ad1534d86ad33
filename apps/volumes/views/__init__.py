"""The pages of 约定采购量计算基数 and 约定采购量."""
