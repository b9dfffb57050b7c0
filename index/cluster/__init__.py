"""A generation published to a cluster of OpenSearch, and questions answered from there."""
