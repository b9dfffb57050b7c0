"""Markdown as people write it -> articles: dialects of blogs, manuals, notebooks and notes."""

from pathlib import Path

import pytest

from index import read
from index.model import Article

FERRY = "The ferry left the harbour at six with forty passengers and a brass band on board."
DOCK = "The dock gates were closed for three weeks while divers looked for the lost rudder."


def article(folder: Path, text: str, name: str = "the ferry.md") -> Article:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    (found,) = read([path])
    assert isinstance(found, Article), found
    return found


def texts(found: Article) -> list[str]:
    return [paragraph.text for paragraph in found.paragraphs]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<p align='center'>The museum is free on Sundays.</p>\n", "The museum is free on Sundays."),
        ("```\nferry --from pier --to island\n```\n", "ferry --from pier --to island"),
        ("    ferry --from pier --to island\n", "ferry --from pier --to island"),
        ("> The museum is free on Sundays.\n", "The museum is free on Sundays."),
        ("- bread\n- salt\n", "bread\nsalt"),
        ("1. Wash it.\n2. Dry it.\n", "Wash it.\nDry it."),
        ("| day | fare |\n|---|---|\n| Monday | 4 |\n", "day | fare\nMonday | 4"),
        ("day|fare\n-|:-:\nMonday | 4 | by \\| night\nTuesday\n", "day | fare\nMonday | 4 | by | night\nTuesday"),
        ("Wind\n: from the west\n", "Wind\nfrom the west"),
        ("###### Winter fares\n", "Winter fares"),
        ("Die Fähre fährt um sechs.\n", "Die Fähre fährt um sechs."),
    ],
)
def test_a_first_block_is_kept_whatever_it_is(tmp_path: Path, text: str, expected: str) -> None:
    assert texts(article(tmp_path, text)) == [expected]
    followed = article(tmp_path, f"{text}\n{FERRY}\n")
    assert followed.title == "the ferry"
    assert " ".join(texts(followed)).split() == f"{expected} {FERRY}".split()


def test_a_title_never_holds_a_line_break(tmp_path: Path) -> None:
    found = article(tmp_path, f"*Free on Sundays*\\\n_Closed in winter_\n\n{FERRY}\n")
    assert found.title == "the ferry"
    assert texts(found) == ["Free on Sundays\nClosed in winter", FERRY]


def test_where_there_are_headings_a_first_line_is_no_title(tmp_path: Path) -> None:
    found = article(tmp_path, f"Released on the first of May\n\n## Fares\n\n{FERRY}\n", "v0.3.1.md")
    assert (found.title, texts(found)) == ("v0.3.1", ["Released on the first of May", f"Fares\n{FERRY}"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("To board the ferry:\n\n1. Buy a ticket.\n2. Show it.\n", ["To board the ferry:\nBuy a ticket.\nShow it."]),
        ("To board the ferry:\n\n1. Buy a ticket.\n\n2. Show it.\n", ["To board the ferry:\nBuy a ticket.\nShow it."]),
        ("Nach dem Kauf:\n\n- einsteigen\n\n  und Platz nehmen\n", ["Nach dem Kauf:\neinsteigen\nund Platz nehmen"]),
        (f"The words were:\n\n> {FERRY}\n", [f"The words were:\n{FERRY}"]),
        ("Run this:\n\n```sh\nferry go\n```\n", ["Run this:\nferry go"]),
        ("Fares:\n\n| day | fare |\n|---|---|\n| Monday | 4 |\n", ["Fares:\nday | fare\nMonday | 4"]),
        (f"## Fares\n\n### In winter\n\n{FERRY}\n", [f"Fares\nIn winter\n{FERRY}"]),
        (f"- {FERRY}\n\n- {DOCK}\n", [FERRY, DOCK]),
    ],
)
def test_a_lead_in_and_a_heading_stand_with_what_follows(tmp_path: Path, text: str, expected: list[str]) -> None:
    assert texts(article(tmp_path, text)) == expected


def test_code_keeps_its_lines_and_their_indentation(tmp_path: Path) -> None:
    code = "def fare(day):\n    if day == 'Sunday':\n        return 0\n\n    return 4"
    expected = code.replace("\n\n", "\n")
    assert texts(article(tmp_path, f"```python\n{code}\n```\n")) == [expected]
    indented = "\n".join(f"    {line}" for line in code.split("\n"))
    assert texts(article(tmp_path, f"{FERRY}\n\n{indented}\n")) == [FERRY, expected]


def test_a_table_without_a_header_is_a_list_and_a_long_one_repeats_its_header(tmp_path: Path) -> None:
    assert texts(article(tmp_path, "| | |\n|---|---|\n| Monday | 4 |\n| Friday | 6 |\n")) == ["Monday | 4\nFriday | 6"]
    rows = "".join(f"| day {at} | a fare of {at} crowns and a half |\n" for at in range(90))
    found = texts(article(tmp_path, f"| day | fare |\n|---|---|\n{rows}"))
    assert len(found) > 1
    assert all(text.startswith("day | fare\n") for text in found)


OBSIDIAN = """See [[Pier|the old pier]] and [[Fares]] and [[Fares#In winter]].
![[pier.png|300]]

#harbour #boats/ferries

> [!warning]- Mind the gap
> The step is *high*.

> [!NOTE]
> The pier is closed.

%%
nobody reads this
%%

The ==new ramp== is ~~steep~~ flat. ^a1b2

- [x] paint the hull
- [ ] buy rope

```dataview
LIST FROM #boats
```
"""


def test_a_note_of_obsidian_shows_what_the_program_shows(tmp_path: Path) -> None:
    found = article(tmp_path, OBSIDIAN)
    assert texts(found) == [
        "See the old pier and Fares and Fares#In winter.",
        "Mind the gap\nThe step is high.",
        "The pier is closed.",
        "The new ramp is steep flat.",
        "paint the hull\nbuy rope",
    ]
    reasons = {dropped.text: dropped.reason for dropped in found.dropped}
    assert reasons["%% nobody reads this %%"] == "a comment"
    assert reasons["LIST FROM #boats"] == "a query"


def test_brackets_that_are_no_wikilinks_stay(tmp_path: Path) -> None:
    text = "The grid is [[1, 2], [3, 4]], and `[[this]]` is code, `[[ -f x ]]` too; see [[1]](https://x.example)."
    expected = "The grid is [[1, 2], [3, 4]], and [[this]] is code, [[ -f x ]] too; see [1]."
    assert texts(article(tmp_path, text)) == [expected]


def test_references_to_names_in_code_are_their_words(tmp_path: Path) -> None:
    text = (
        "Call [`moor()`][quay.Boat.moor] or [a `Boat`][quay.Boat], then [quay.cast_off][]; see [the plan][plan.b].\n\n"
        "The cell m[i][j] is [x][y], not [berth 1.2][see below], `[a][quay.b]`.\n\n[plan.b]: https://quay.example/plan\n"
    )
    assert texts(article(tmp_path, text)) == [
        "Call moor() or a Boat, then quay.cast_off; see the plan.",
        "The cell m[i][j] is [x][y], not [berth 1.2][see below], [a][quay.b].",
    ]


HUGO = """{{< notice "tip" >}}
Take a *coat*.
{{< /notice >}}

{{% details title="Winter fares" %}}
They are lower.
{{% /details %}}

The ferry{{< badge new >}} runs to `{{< island >}}`. {{/* a note to myself */}}

```go
{{</* ref "x" */>}}
```

{{< figure
  src="pier.png"
  alt="x"
>}}
"""


def test_shortcodes_of_hugo_go_and_what_stands_between_them_stays(tmp_path: Path) -> None:
    assert texts(article(tmp_path, HUGO)) == [
        "Take a coat.",
        "Winter fares\nThey are lower.",
        "The ferry runs to {{< island >}}.",
        '{{< ref "x" >}}',
    ]


LIQUID = """{% include toc.html %}
* TOC
{:toc}

{% if site.open %}The pier is [open]({% link pier.md %}).{% endif %}
{: .lead }

{% comment %}
nobody reads this
{% endcomment %}

{% highlight ruby %}
puts "{{ x }}"
{% endhighlight %}

Write {% raw %}{{ page.title }}{% endraw %} there.
"""


def test_template_tags_of_jekyll_go(tmp_path: Path) -> None:
    assert texts(article(tmp_path, LIQUID)) == [
        "The pier is open.",
        'puts "{{ x }}"',
        "Write {{ page.title }} there.",
    ]


MDX = """import Tabs from "@theme/Tabs"
import {
  Card,
} from "./card"

export const meta = {
  title: "x",
}

# The pier

<Tabs>
  <TabItem value="a" label="In winter">

  It is **closed**.

  </TabItem>
</Tabs>

<Card icon={<Star a="}>" />}>Words</Card> of {/* hidden */} a {props.kind} card.

Import taxes are high; we
import rope from Leith.

<p>
**Type:** `string`
</p>
"""


def test_components_of_mdx_go_and_their_words_stay(tmp_path: Path) -> None:
    found = article(tmp_path, MDX, "pier.mdx")
    assert found.title == "The pier"
    assert texts(found) == [
        "In winter\nIt is closed.",
        "Words of a card.",
        "Import taxes are high; we import rope from Leith.",
        "Type: string",
    ]


MKDOCS = """!!! tip "Boarding"
    Come early.

    1. Queue.
    2. Board.

??? note
    Dogs travel free.

=== "Summer"

    Every hour.

=== "Winter"

    ``` sh
    ferry --winter
    ```

Cats { .fancy #cats } do :material-check:{ .ok } not.

--8<-- "parts/footer.md"

*[VAT]: a tax
"""


def test_admonitions_and_tabs_of_mkdocs_are_text_under_their_titles(tmp_path: Path) -> None:
    assert texts(article(tmp_path, MKDOCS)) == [
        "Boarding\nCome early.",
        "Queue.\nBoard.",
        "Dogs travel free.",
        "Summer\nEvery hour.",
        "Winter\nferry --winter",
        "Cats do not.",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (":::tip[Boarding]\nCome early.\n:::\n", ["Boarding\nCome early."]),
        ("::: warning Boarding soon\nCome early.\n:::\n", ["Boarding soon\nCome early."]),
        (':::: {.callout-note title="Boarding"}\n::: {.column}\nCome early.\n:::\n::::\n', ["Boarding\nCome early."]),
        ("```{admonition} Boarding\n:class: tip\n\nCome *early*.\n```\n", ["Boarding\nCome early."]),
        ("```{toctree}\npier\nferry\n```\n\nCome early.\n", ["Come early."]),
        ("See {ref}`the pier <pier-label>` now.\n", ["See the pier now."]),
        ("```{r}\n#| echo: false\nplot(fares)\n```\n", ["plot(fares)"]),
        ("Water is H~2~O and x^2^ is [small]{.sc}.\n", ["Water is H2O and x2 is small."]),
        ("Wind\n:   from the west\n\n    and strong\n\n: in May\n", ["Wind\nfrom the west", "and strong\nin May"]),
        ("It sank.[^1] Twice.\n\n[^1]: In May.\n\n    And in June.\n", ["It sank. Twice.", "In May.", "And in June."]),
        ("[TOC]\n\nCome early.\n", ["Come early."]),
        ("- oars\n- rope\n\n<!-- parted -->\n\n- tea\n- salt\n", ["oars\nrope", "tea\nsalt"]),
        ("Come <!-- not\n\ntoo --> early.\n", ["Come early."]),
        ("<details><summary>Why?</summary>\n\nIt sank.\n\n</details>\n", ["Why?\nIt sank."]),
        ("Wash,<br>dry.\n", ["Wash,\ndry."]),
        ("[![badge](b.svg)](https://x.example) ![a boat](boat.png)\n\nCome early.\n", ["Come early."]),
        ("Mass is $m_1 + m_2$, and a==b and c==d.\n", ["Mass is $m_1 + m_2$, and a==b and c==d."]),
    ],
)
def test_marks_of_other_dialects_go(tmp_path: Path, text: str, expected: list[str]) -> None:
    assert texts(article(tmp_path, text)) == expected


def test_a_heading_in_html_is_a_title(tmp_path: Path) -> None:
    found = article(tmp_path, f'<div align="center">\n<h1>The pier</h1>\n<img src="x.png">\n</div>\n\n{FERRY}\n')
    assert (found.title, texts(found)) == ("The pier", [FERRY])


def test_short_entries_stay_together_whatever_blank_lines_part_them(tmp_path: Path) -> None:
    found = article(tmp_path, "- oars\n\n- a lamp\n  - with oil\n\n  and a wick\n\n- rope\n\nThe ferry is old.\n")
    assert texts(found) == ["oars\na lamp\nwith oil\nand a wick\nrope", "The ferry is old."]


def test_what_logseq_keeps_of_a_block_is_no_text(tmp_path: Path) -> None:
    found = article(tmp_path, "- The ferry is old.\n  id:: 65a1f\n  collapsed:: true\n- It leaks:: a little.\n")
    assert texts(found) == ["The ferry is old.\nIt leaks:: a little."]
