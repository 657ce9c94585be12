"""Adds to results what the code interpreters of the hosted services give: data beside pictures."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from IPython.core.formatters import BaseFormatter, JSONFormatter, catch_format_error
from sandspan_kernel import images, plain
from traitlets import ObjectName, Unicode

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Adds the formats to a shell."""
    formatter = shell.display_formatter
    for kind in (Data, Chart, Json):
        formatter.formatters[kind.format_type.default_value] = kind(parent=formatter)
    images.show_in_results()
    # The shell's own would end the kernel a moment after the code, under whatever runs next.
    shell.push({"exit": sys.exit, "quit": sys.exit}, interactive=False)


def is_a(value: object, module: str, name: str) -> bool:
    """Whether a value is of a class, without an import: who has a value has imported its class."""
    found = sys.modules.get(module)
    kind = getattr(found, name, None)
    return isinstance(kind, type) and isinstance(value, kind)


class Data(BaseFormatter):
    """The columns of a frame of pandas."""

    format_type = Unicode("e2b/data")
    print_method = ObjectName("_repr_e2b_data_")
    _return_type = (dict, str)

    @catch_format_error
    def __call__(self, value: Any) -> Any:
        """Gives the columns by their names."""
        if is_a(value, "pandas", "DataFrame"):
            if value.size > plain.MOST:
                return None
            columns = value.to_dict(orient="list")
            return {str(name): plain.of_list(column) for name, column in columns.items()}
        return super().__call__(value)


class Chart(BaseFormatter):
    """What a figure of matplotlib shows."""

    format_type = Unicode("e2b/chart")
    print_method = ObjectName("_repr_e2b_chart_")
    _return_type = (dict, str)

    @catch_format_error
    def __call__(self, value: Any) -> Any:
        """Gives the points, bars or slices, with what is written beside them."""
        if not is_a(value, "matplotlib.figure", "Figure"):
            return super().__call__(value)
        from sandspan_kernel import chart

        try:
            return chart.of_figure(value)
        except Exception:  # noqa: BLE001
            # There is no end to what can be drawn; the picture is there in any case.
            return None


class Json(JSONFormatter):
    """Lists and dictionaries that JSON can say."""

    @catch_format_error
    def __call__(self, value: Any) -> Any:
        """Gives the value as JSON has it."""
        if isinstance(value, (list, dict)):
            if plain.is_large(value):
                return None
            try:
                return plain.of(value), {"expanded": True}
            except (TypeError, RecursionError):
                return None
        return super().__call__(value)
