"""The pages of 多维度查看."""
