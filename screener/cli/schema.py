"""``screener schema``: the JSON Schema of screens, or of files of metrics, for editors."""

from __future__ import annotations

import click


@click.command("schema")
@click.option("--metrics", is_flag=True, help="The schema of a file of metrics of your own instead.")
def command(metrics: bool) -> None:
    """Print the JSON Schema (draft 7) of screens, with which editors complete and check YAML.

    It knows keys, names and choices; what stands inside expressions is checked by `screener check`.
    """
    from screener.language.schema import metrics_schema, schema_text, screen_schema

    click.echo(schema_text(metrics_schema() if metrics else screen_schema()), nl=False)
