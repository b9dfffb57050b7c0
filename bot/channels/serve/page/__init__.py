"""What people see: whole pages, written here, that work without JavaScript.

frame       what every page has: head, name, form, languages, footer; its style, script and policy
parts       what several pages show: titles, places, passages
answer      a question and its answer; the page before a question
article     an article, or a part of a long one
listing     the articles by title
"""
