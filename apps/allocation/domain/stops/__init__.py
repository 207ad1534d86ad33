"""取消中选 and 暂停: what a stopped product was to supply, who supplies it instead, and the way back."""
