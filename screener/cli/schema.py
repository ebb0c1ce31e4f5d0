"""``screener schema``: the JSON Schemas of what is written by people (screens, metrics) and of what is written here."""

from __future__ import annotations

import click

OF = ("screen", "metrics", "result", "sidecar")


@click.command("schema")
@click.option(
    "--of",
    "of",
    type=click.Choice(OF),
    default="screen",
    show_default=True,
    help="A screen; a file of metrics of your own; the JSON of a shortlist; the file beside an output.",
)
@click.option("--metrics", is_flag=True, help="The same as --of metrics.")
def command(of: str, metrics: bool) -> None:
    """Print a JSON Schema: of screens and files of metrics (draft 7), with which editors complete and check YAML.

    It knows keys, names and choices; what stands inside expressions is checked by `screener check`. Those of a result
    and of a sidecar (draft 2020-12) say what programs can rely on in the output of `screener run`.
    """
    from screener.language.schema import metrics_schema, schema_text, screen_schema
    from screener.output.result_schema import result_schema, sidecar_schema

    schemas = {"screen": screen_schema, "metrics": metrics_schema, "result": result_schema, "sidecar": sidecar_schema}
    click.echo(schema_text(schemas["metrics" if metrics else of]()), nl=False)
