"""Three-party agreements: what they rest on, what they say, how they look on paper."""
