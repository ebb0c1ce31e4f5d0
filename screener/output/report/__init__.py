"""The report of a run as one HTML file that needs nothing else: :func:`screener.output.report.document.to_html`."""
