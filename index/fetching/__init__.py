"""Fetch what people name by its address: pages, feeds, sitemaps. What comes is kept in the data folder.

Nothing here is part of a build: a build reads the files that lie there by then, and needs no network.
"""
