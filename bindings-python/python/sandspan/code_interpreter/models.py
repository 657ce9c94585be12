"""What running code comes to, as dataclasses."""

from __future__ import annotations

from sandspan._dataclass import dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sandspan.code_interpreter.charts import Chart

_FORMATS = (
    "text",
    "html",
    "markdown",
    "svg",
    "png",
    "jpeg",
    "pdf",
    "latex",
    "json",
    "javascript",
    "data",
    "chart",
)


@dataclass
class OutputMessage:
    """A piece of what code wrote. `str` of it is the text."""

    line: str
    """The text, which may be more or less than a line."""
    timestamp: str | None
    """When it was written, in the form of ISO 8601, where the service tells."""
    error: bool = False
    """Whether it went to the standard error."""

    def __str__(self) -> str:
        return self.line


@dataclass
class ExecutionError:
    """The exception that code ended with."""

    name: str
    """Its class."""
    value: str
    """What it says."""
    traceback: str
    """Where it was raised, in many lines. It may contain the colours of a terminal."""

    def __init__(self, name: str, value: str, traceback: str, **_: object) -> None:
        self.name = name
        self.value = value
        self.traceback = traceback

    def to_json(self) -> str:
        """Gives it as the text of a JSON object."""
        fields = {"name": self.name, "value": self.value, "traceback": self.traceback}
        return _json(fields)


class MIMEType(str):
    """The name of a format."""

    __slots__ = ()


@dataclass
class Result:
    """Something that code displayed, or what its last expression came to, in one format or more.

    `result["png"]` is `result.png`, and any format of `extra` is found by its name, too. Notebooks
    show a result as what it stands for.
    """

    text: str | None = None
    """Text. What an expression comes to always has it."""
    html: str | None = None
    """HTML."""
    markdown: str | None = None
    """Markdown."""
    svg: str | None = None
    """A picture as SVG."""
    png: str | None = None
    """A picture as PNG, in base64."""
    jpeg: str | None = None
    """A picture as JPEG, in base64."""
    pdf: str | None = None
    """A document as PDF, in base64."""
    latex: str | None = None
    """LaTeX."""
    json: dict[str, Any] | None = None
    """JSON."""
    javascript: str | None = None
    """JavaScript."""
    data: dict[str, Any] | None = None
    """The data of a table: a list of values for each column."""
    chart: Chart | None = None
    """The data of a chart."""
    is_main_result: bool = False
    """Whether it is what the last expression came to, and not something displayed."""
    extra: dict[str, Any] | None = None
    """Other formats, by their names."""

    def __init__(  # noqa: PLR0913, PLR0917 (a format each)
        self,
        text: str | None = None,
        html: str | None = None,
        markdown: str | None = None,
        svg: str | None = None,
        png: str | None = None,
        jpeg: str | None = None,
        pdf: str | None = None,
        latex: str | None = None,
        json: dict[str, Any] | None = None,
        javascript: str | None = None,
        data: dict[str, Any] | None = None,
        chart: dict[str, Any] | Chart | None = None,
        is_main_result: bool = False,  # noqa: FBT001, FBT002 (a field)
        extra: dict[str, Any] | None = None,
        **_: object,
    ) -> None:
        self.text = text
        self.html = html
        self.markdown = markdown
        self.svg = svg
        self.png = png
        self.jpeg = jpeg
        self.pdf = pdf
        self.latex = latex
        self.json = json
        self.javascript = javascript
        self.data = data
        if chart:
            self.chart = _chart(chart)
        self.is_main_result = is_main_result
        self.extra = extra

    def __getitem__(self, item: str) -> Any:  # noqa: ANN401 (what a field holds)
        if self.extra and item in self.extra and item not in _FORMATS:
            return self.extra[item]
        return getattr(self, item)

    def formats(self) -> list[str]:
        """Lists the names of the formats that it has."""
        return [name for name in _FORMATS if self[name]] + list(self.extra or ())

    def __str__(self) -> str:
        return repr(self)

    def __repr__(self) -> str:
        if self.text:
            return f"Result({self.text})"
        return f"Result(Formats: {', '.join(self.formats())})"

    def _repr_html_(self) -> str | None:
        return self.html

    def _repr_markdown_(self) -> str | None:
        return self.markdown

    def _repr_svg_(self) -> str | None:
        return self.svg

    def _repr_png_(self) -> str | None:
        return self.png

    def _repr_jpeg_(self) -> str | None:
        return self.jpeg

    def _repr_pdf_(self) -> str | None:
        return self.pdf

    def _repr_latex_(self) -> str | None:
        return self.latex

    def _repr_json_(self) -> dict[str, Any] | None:
        return self.json

    def _repr_javascript_(self) -> str | None:
        return self.javascript


@dataclass
class Logs:
    """What code wrote, in the pieces in which it came."""

    stdout: list[str] = field(default_factory=list)
    """What it wrote to its standard output."""
    stderr: list[str] = field(default_factory=list)
    """What it wrote to its standard error."""

    def __init__(
        self, stdout: list[str] | None = None, stderr: list[str] | None = None, **_: object
    ) -> None:
        self.stdout = stdout or []
        self.stderr = stderr or []

    def __repr__(self) -> str:
        return f"Logs(stdout: {self.stdout}, stderr: {self.stderr})"

    def to_json(self) -> str:
        """Gives them as the text of a JSON object."""
        return _json({"stdout": self.stdout, "stderr": self.stderr})


@dataclass
class Execution:
    """What running a piece of code came to."""

    results: list[Result] = field(default_factory=list)
    """What the code displayed, and what its last expression came to."""
    logs: Logs = field(default_factory=Logs)
    """What the code wrote."""
    error: ExecutionError | None = None
    """The exception that it ended with, if any."""
    execution_count: int | None = None
    """How many executions its context had seen, with this one."""

    def __init__(
        self,
        results: list[Result] | None = None,
        logs: Logs | None = None,
        error: ExecutionError | None = None,
        execution_count: int | None = None,
        **_: object,
    ) -> None:
        self.results = results or []
        self.logs = logs or Logs()
        self.error = error
        self.execution_count = execution_count

    def __repr__(self) -> str:
        return f"Execution(Results: {self.results}, Logs: {self.logs}, Error: {self.error})"

    @property
    def text(self) -> str | None:
        """The text of what the last expression came to, if the code ended with one."""
        return next((result.text for result in self.results if result.is_main_result), None)

    def to_json(self) -> str:
        """Gives it as the text of a JSON object, whose `logs` and `error` are such texts again."""
        fields = {
            "results": serialize_results(self.results),
            "logs": self.logs.to_json(),
            "error": self.error.to_json() if self.error else None,
        }
        return _json(fields)


@dataclass
class Context:
    """A kernel, which keeps what code leaves in it."""

    id: str
    """Its id."""
    language: str
    """Its language."""
    cwd: str
    """Where it was started."""

    def __init__(self, context_id: str, language: str, cwd: str, **_: object) -> None:
        self.id = context_id
        self.language = language
        self.cwd = cwd

    @classmethod
    def from_json(cls, data: dict[str, str]) -> Context:
        """Makes one of what a service sends."""
        return cls(context_id=data["id"], language=data["language"], cwd=data["cwd"])


def serialize_results(results: list[Result]) -> list[dict[str, Any]]:
    """Gives results as dictionaries: what each has in each of its formats, and its text."""
    serialized = []
    for result in results:
        fields = {name: _serialized(result, name) for name in result.formats()}
        serialized.append({**fields, "text": result.text})
    return serialized


def _serialized(result: Result, name: str) -> object:
    if name == "chart" and result.chart is not None:
        return result.chart.to_dict()
    return result[name]


def _chart(data: dict[str, Any] | Chart) -> Chart | None:
    """The chart of its data, or nothing where the data are not those of a chart."""
    from sandspan.code_interpreter import charts  # noqa: PLC0415 (few results have one)

    if isinstance(data, charts.Chart):
        return data
    try:
        return charts.from_data(data)
    except (KeyError, TypeError, ValueError) as failure:
        import logging  # noqa: PLC0415 (it hardly ever happens)

        logging.getLogger(__name__).error("a chart was left out: its data are wrong: %r", failure)  # noqa: TRY400
        return None


def _json(value: object) -> str:
    import json  # noqa: PLC0415 (few programs ask for it)

    return json.dumps(value)
