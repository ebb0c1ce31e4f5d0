"""``screener schema``: JSON Schemas of what people write (screens, metrics, mappings) and of what is written here."""

from __future__ import annotations

import click

OF = ("screen", "metrics", "mapping", "result", "sidecar")


@click.command("schema")
@click.option(
    "--of",
    "of",
    type=click.Choice(OF),
    default="screen",
    show_default=True,
    help="A screen; a file of metrics of your own; the mapping of a vendor's table; the JSON of a shortlist; the file "
    "beside an output.",
)
@click.option("--metrics", is_flag=True, help="The same as --of metrics.")
def command(of: str, metrics: bool) -> None:
    """Print a JSON Schema: of screens, metrics and mappings (draft 7), with which editors complete and check YAML.

    It knows keys, names and choices; what stands inside expressions is checked by `screener check`. Those of a result
    and of a sidecar (draft 2020-12) say what programs can rely on in the output of `screener run`.
    """
    from screener.language.schema import metrics_schema, schema_text, screen_schema
    from screener.mapping.schema import mapping_schema
    from screener.output.result_schema import result_schema, sidecar_schema

    schemas = {
        "screen": screen_schema,
        "metrics": metrics_schema,
        "mapping": mapping_schema,
        "result": result_schema,
        "sidecar": sidecar_schema,
    }
    click.echo(schema_text(schemas["metrics" if metrics else of]()), nl=False)
