"""From imported volumes to what institutions allocate: designations, the split, pools (rules §3a)."""
