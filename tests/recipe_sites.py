"""The small sites and exports that the recipes are tried on: as their programs make them, in words of our own."""

import json
from pathlib import Path
from typing import Final

from tests.pdf_writer import Style, typeset

TREES = "Two hundred alders were planted behind the boathouse, and each of them carries the name of a ferry."
SLIPWAY = "The new slipway cost 410,000 buttons, of which the harbour fund paid half."

FILES: Final = {
    "blog/hugo.toml": 'baseURL = "https://blog.example/"\n',
    "blog/content/posts/slipway.md": f'+++\ntitle = "The slipway"\ndate = 2024-05-02\n+++\n\n{SLIPWAY}\n',
    "blog/content/posts/tide.md": (
        '+++\ntitle = "Tide tables"\ndate = 2024-06-30\n+++\n\nThe tables are printed each June by the lifeboat crew.\n'
    ),
    "blog/layouts/single.md": "This layout is no article, and nobody reads it.\n",
    "jekyll/_config.yml": "title: Coast\n",
    "jekyll/_posts/2024-05-02-slipway.md": f"---\ntitle: The slipway\n---\n\n{SLIPWAY} See {{{{ site.title }}}}.\n",
    "jekyll/_site/2024/05/02/slipway.html": (
        f"<html><head><title>The slipway</title></head><body><article><h1>The slipway</h1><p>{SLIPWAY}</p>"
        "<p>The old one was taken apart plank by plank over the winter.</p></article></body></html>\n"
    ),
    "vault/.obsidian/app.json": "{}\n",
    "vault/Harbour/Slipway.md": f"---\ntags: [harbour]\n---\n\n{SLIPWAY} It lies beside the [[Boathouse]].\n",
    "ChatExport_2026-01-02/result.json": json.dumps(
        {
            "name": "Coast news",
            "type": "public_channel",
            "id": 1234567,
            "messages": [
                {
                    "id": 7,
                    "type": "message",
                    "date": "2024-05-02T09:00:00",
                    "date_unixtime": "1714640400",
                    "from": "Coast news",
                    "from_id": "channel1234567",
                    "text": f"The slipway\n\n{SLIPWAY}",
                    "text_entities": [{"type": "plain", "text": f"The slipway\n\n{SLIPWAY}"}],
                }
            ],
        }
    ),
    "coast.WordPress.2026-01-02.xml": f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>Coast</title><link>https://coast.example</link>
<wp:wxr_version>1.2</wp:wxr_version>
<item><title>The slipway</title><link>https://coast.example/slipway/</link><dc:creator>mara</dc:creator>
<content:encoded><![CDATA[<p>{SLIPWAY}</p>]]></content:encoded><wp:post_id>7</wp:post_id>
<wp:post_date>2024-05-02 09:00:00</wp:post_date><wp:status>publish</wp:status><wp:post_type>post</wp:post_type></item>
</channel></rss>
""",
    "feed.xml": f"""<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>Coast</title><id>urn:coast</id><updated>2024-05-02T09:00:00Z</updated>
<entry><title>The slipway</title><id>urn:slipway</id><updated>2024-05-02T09:00:00Z</updated>
<link href="https://coast.example/slipway/"/><content type="html">&lt;p&gt;{SLIPWAY}&lt;/p&gt;</content></entry></feed>
""",
    "cms.jsonl": json.dumps({"kop": "The slipway", "tekst": SLIPWAY, "datum": "2024-05-02", "auteur": "Mara Quill"})
    + "\n",
    "manual/index.rst": "Boat hoist\n==========\n\n.. toctree::\n\n   hoist\n",
    "manual/hoist.rst": "Hoist\n=====\n\nLubricate the winch of the hoist every forty hours of work.\n",
    "manual/faq.md": "# Questions\n\n## Which rope does the winch take?\n\nTwelve-strand rope of 14 mm.\n",
}


def write(folder: Path) -> None:
    """Write them, and a PDF document, into a folder."""
    (folder / "papers").mkdir(parents=True)
    (folder / "papers" / "slipway.pdf").write_bytes(typeset("The slipway", [SLIPWAY, TREES], Style()))
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
