"""``screener edit``: a screen in the author's editor, checked when it is closed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click

from screener.cli.complete import complete_screen
from screener.cli.new import say_written
from screener.cli.options import metrics_option, say
from screener.errors import EXIT_USAGE, Problem, ScreenError


@click.command("edit")
@click.argument("screen", shell_complete=complete_screen)
@metrics_option
def command(screen: str, metrics: tuple[str, ...] | None) -> None:
    """Open SCREEN (a saved name, or a file) in an editor and check it when the editor is closed.

    The editor is $VISUAL, else $EDITOR, else one that is installed. A screen that comes with screener is first
    copied to ./screens. Where there are problems, a terminal is asked whether to open the screen again at the first
    of them; anywhere else the exit code is 2.
    """
    from screener.language.editors import command as editor_command
    from screener.language.editors import find_editor
    from screener.language.metric_files import load_metrics
    from screener.language.resolve import check_file

    own = load_metrics(metrics)
    editor = find_editor()
    path = _own_file(screen)
    problem: Problem | None = None
    while True:
        _open(editor_command(editor, path, problem))
        problems = check_file(path, own)
        if not problems:
            say(f"{path} checked, no errors")
            return
        for found in problems:
            click.echo(found.render() + "\n")
        problem = problems[0]
        if not (_asked() and _again(problem)):
            say(f"{path} checked, {len(problems)} problem{'s' if len(problems) != 1 else ''}")
            sys.exit(EXIT_USAGE)


def _own_file(name: str) -> Path:
    """Return the file to edit: the author's own, or a copy of one that comes with screener."""
    from screener.language.library import find_screen
    from screener.language.new import FOLDER, copy_shipped, is_shipped

    try:
        path = find_screen(name)
    except ScreenError as error:
        raise ScreenError(error.message, hint=f"{error.hint}; a new screen: screener new NAME") from None
    if not is_shipped(path):
        return path
    written = copy_shipped(path)
    say(f"'{path.stem}' comes with screener and stays as it is; your copy in ./{FOLDER} is found first from now on")
    say_written(written)
    return written.path


def _open(words: list[str]) -> None:
    """Run the editor and wait; ``ScreenError`` when it does not start or says that it failed."""
    try:
        code = subprocess.run(words, check=False).returncode  # noqa: S603 - the author's own editor
    except OSError as error:
        hint = "name another one: export EDITOR=nano"
        raise ScreenError(f"the editor '{words[0]}' cannot be started: {error.strerror}", hint=hint) from None
    if code:
        raise ScreenError(f"the editor '{words[0]}' ended with code {code}", hint="the screen is as it was last saved")


def _asked() -> bool:
    """Return whether somebody is there to answer."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))


def _again(problem: Problem) -> bool:
    place = f" at line {problem.line}" if problem.line else ""
    return click.confirm(f"Open it again{place}?", default=True, err=True)
