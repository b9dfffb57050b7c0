"""Real nodes of OpenSearch, and what a cluster's answers are held against."""
