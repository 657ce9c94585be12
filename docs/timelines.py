"""Draws the timelines of the guides, from sandboxes that it runs.

`.build/venv/bin/python docs/timelines.py` takes a minute and writes docs/pictures/*.svg. Each
sandbox is looked at fifty times a second with `get_lifetime`, which is no use of it. What is drawn
is what was seen.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from math import ceil
from pathlib import Path
from threading import Thread
from xml.sax.saxutils import escape

from sandspan import Sandbox, SandboxException, SandboxLifetime, SandboxNotFoundException

ROOT = Path(__file__).parents[1]
CAP = 60
"""How long the runtime lets a sandbox live, in seconds."""
LOOK = 0.02
"""Seconds between two looks."""
CLOSE = 0.2
"""Seconds between two things that happen at once."""


@dataclass
class Life:
    """The life of one sandbox, as it was seen. Times are seconds since its start."""

    title: str
    sandbox: Sandbox
    looks: list[tuple[float, SandboxLifetime]] = field(default_factory=list)
    marks: list[tuple[float, str]] = field(default_factory=list)
    ticks: list[float] = field(default_factory=list)
    end: tuple[float, str] = (0.0, "")

    def __post_init__(self) -> None:
        self.start = self.sandbox.get_info().started_at
        self.watch = Thread(target=self.look)
        self.watch.start()

    def at(self, when: datetime) -> float:
        return (when - self.start).total_seconds()

    def now(self) -> float:
        return self.at(datetime.now(self.start.tzinfo))

    def look(self) -> None:
        while True:
            try:
                lifetime = Sandbox.get_lifetime(self.sandbox.sandbox_id)
            except SandboxNotFoundException:
                reason = Sandbox.wait_until_ended(self.sandbox.sandbox_id)
                self.end = (self.now(), reason.value)
                return
            self.looks.append((self.now(), lifetime))
            time.sleep(LOOK)

    def reach(self, second: float, text: str) -> None:
        """Waits for a second of the sandbox's life, and marks it."""
        time.sleep(second - self.now())
        self.marks.append((self.now(), text))


def used_then_idle() -> Life:
    life = Life("idle_timeout=30, timeout=60", Sandbox.create(timeout=60, idle_timeout=30))
    life.reach(3, "a command for 8 s")
    life.sandbox.commands.run("sleep 8")
    life.reach(20, "a short command")
    life.sandbox.commands.run("true")
    return life


def used_all_the_time() -> Life:
    life = Life("the same, used all the time", Sandbox.create(timeout=60, idle_timeout=30))
    life.reach(3, "a command that does not end")
    with suppress(SandboxException):
        life.sandbox.commands.run("sleep 1000", timeout=0)
    return life


def paused_twice() -> Life:
    sandbox = Sandbox.create(timeout=10, lifecycle={"on_timeout": "pause"})
    life = Life('timeout=10, on_timeout="pause"', sandbox)
    count = "while :; do date +%s.%N >> ticks; sleep 0.25; done"
    sandbox.commands.run(count, background=True, timeout=0)
    life.reach(4, "pause()")
    sandbox.pause()
    life.reach(8, "connect(timeout=8)")
    sandbox.connect(timeout=8)
    life.reach(20, "connect(timeout=8)")
    sandbox.connect(timeout=8)
    time.sleep(26 - life.now())
    written = sandbox.commands.run("cat ticks").stdout.split()
    life.ticks = [float(tick) - life.start.timestamp() for tick in written]
    sandbox.kill()
    return life


def kept_for_a_while() -> Life:
    life = Life("timeout=15, keep_alive(extend_by=20)", Sandbox.create(timeout=15))
    life.reach(2, "start")
    with life.sandbox.keep_alive(extend_by=20):
        life.reach(25, "stop")
    return life


def kept_to_the_cap() -> Life:
    life = Life("the same, never stopped; the cap is 60 s", Sandbox.create(timeout=15))
    life.reach(2, "start")
    with life.sandbox.keep_alive(extend_by=20) as keep:
        while not keep.limited_until and not life.end[1]:
            time.sleep(LOOK)
        life.reach(life.now() + LOOK, "limited_until is set")
        life.watch.join()
    return life


WIDTH, MARGIN, LEVEL, LINE, BAR = 840, 28, 20, 16, 24

STYLE = """
text { font: 12px system-ui, sans-serif; fill: #1f2933; }
.title { font-weight: 600; }
.paper { fill: #ffffff; }
.running { fill: #9fc5e8; }
.used { fill: #2a6fb0; }
.paused { fill: #e4e7eb; stroke: #9aa5b1; stroke-dasharray: 4 3; }
.axis, .tick { stroke: #616e7c; }
.mark { stroke: #1f2933; }
.deadline, .idle { stroke: #b3261e; stroke-width: 2; }
.idle { stroke: #b26a00; }
.dashed { stroke-dasharray: 6 4; }
.pale { opacity: 0.4; }
@media (prefers-color-scheme: dark) {
  text { fill: #e4e7eb; }
  .paper { fill: #14181d; }
  .running { fill: #2f5d8a; }
  .used { fill: #7db8f0; }
  .paused { fill: #2b323a; stroke: #7b8794; }
  .axis, .tick { stroke: #9aa5b1; }
  .mark { stroke: #e4e7eb; }
  .deadline { stroke: #ff8a80; }
  .idle { stroke: #ffb74d; }
}
"""


class Drawing:
    """Lines of SVG, with seconds from left to right and `y` going down."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        self.lines: list[str] = []
        self.y = MARGIN

    def x(self, second: float) -> float:
        return round(MARGIN + second / self.seconds * (WIDTH - 2 * MARGIN), 1)

    def bar(self, begin: float, end: float, kind: str) -> None:
        x, width = self.x(begin), round(self.x(end) - self.x(begin), 1)
        self.lines.append(
            f'<rect class="{kind}" x="{x}" y="{self.y}" width="{width}" height="{BAR}"/>'
        )

    def line(self, begin: float, end: float, tops: tuple[float, float], kind: str) -> None:
        left, right = self.x(begin), self.x(end)
        top, bottom = tops
        self.lines.append(
            f'<line class="{kind}" x1="{left}" y1="{top:g}" x2="{right}" y2="{bottom:g}"/>'
        )

    def text(self, second: float, y: float, text: str, anchor: str = "start") -> None:
        self.lines.append(
            f'<text x="{self.x(second)}" y="{y}" text-anchor="{anchor}">{escape(text)}</text>'
        )

    def written(self, title: str, description: str) -> str:
        height = self.y + LINE
        size = f'width="{WIDTH}" height="{height}"'
        named = 'role="img" aria-labelledby="title desc"'
        box = f'viewBox="0 0 {WIDTH} {height}"'
        return "\n".join(
            [
                f'<svg xmlns="http://www.w3.org/2000/svg" {box} {size} {named}>',
                f'<title id="title">{escape(title)}</title>',
                f'<desc id="desc">{escape(description)}</desc>',
                f"<style>{STYLE}</style>",
                f'<rect class="paper" {size}/>',
                *self.lines,
                "</svg>\n",
            ]
        )


def stretches(life: Life, is_so: Callable[[SandboxLifetime], bool]) -> list[tuple[float, float]]:
    """From when to when something was so."""
    times = [(second, is_so(lifetime)) for second, lifetime in life.looks]
    times = [(0.0, times[0][1]), *times, (life.end[0], False)]
    steps = pairwise([(0.0, False), *times])
    changes = [second for (_, before), (second, so) in steps if so != before]
    return list(zip(changes[::2], changes[1::2], strict=True))


def running(life: Life) -> list[tuple[float, float]]:
    return stretches(life, lambda lifetime: lifetime.state.value == "running")


def deadlines(life: Life) -> list[tuple[float, float, str]]:
    """Each deadline that was in force: since when, when it was, and of which kind."""
    found = []
    for kind in ("deadline", "idle_deadline"):
        before: datetime | None = None
        for second, lifetime in life.looks:
            at = getattr(lifetime, kind)
            if at is not None and at != before:
                found.append((0.0 if second < CLOSE else second, life.at(at), kind))
            before = at
    return sorted(found)


def draw_life(drawing: Drawing, life: Life) -> None:
    drawing.lines.append(
        f'<text class="title" x="{MARGIN}" y="{drawing.y}">{escape(life.title)}</text>'
    )
    drawing.y += LINE // 2
    ends = [end for _, end in running(life)]
    for begin, end, kind in deadlines(life):
        drawing.y += LEVEL
        style, text = ("deadline", f"deadline at {end:.1f} s")
        if kind == "idle_deadline":
            style, text = ("idle", f"ends at {end:.1f} s if it stays idle")
        if not any(abs(end - it) < CLOSE for it in ends):
            style += " pale"
        drawing.text(begin, drawing.y - 5, text)
        dashed = style.replace("idle", "idle dashed")
        drawing.line(begin, end, (drawing.y, drawing.y), dashed)
        drawing.line(end, end, (drawing.y - 5, drawing.y + 5), style)
    drawing.y += 12
    draw_bars(drawing, life)
    draw_marks(drawing, life)


def draw_bars(drawing: Drawing, life: Life) -> None:
    for stretch in running(life):
        drawing.bar(*stretch, "running")
    for begin, end in stretches(life, lambda lifetime: lifetime.state.value == "paused"):
        drawing.bar(begin, end, "paused")
        drawing.text((begin + end) / 2, drawing.y + LINE, "paused", "middle")
    if any(lifetime.idle_timeout for _, lifetime in life.looks):
        for stretch in stretches(life, lambda lifetime: lifetime.idle_deadline is None):
            drawing.bar(*stretch, "used")
    for tick in life.ticks:
        drawing.line(tick, tick, (drawing.y + BAR / 3, drawing.y + BAR), "tick")
    drawing.y += BAR


def draw_marks(drawing: Drawing, life: Life) -> None:
    end, reason = life.end
    marks = [*life.marks, (end, f"{reason} at {end:.1f} s")]
    level = deepest = 0
    for (second, text), (before, said) in zip(marks, [(-1000.0, ""), *marks], strict=False):
        # Where the text before is in the way, this one goes below it.
        is_free = drawing.x(before) + 6.6 * len(said) < drawing.x(second)
        level = 0 if is_free else level + 1
        deepest = max(deepest, level)
        y = drawing.y + LINE * (level + 1)
        is_near_edge = drawing.x(second) + 6.6 * len(text) > WIDTH
        drawing.line(second, second, (drawing.y - BAR, y - 11), "mark")
        drawing.text(second, y, text, "middle" if is_near_edge else "start")
    drawing.y += LINE * (deepest + 1)


def draw_axis(drawing: Drawing) -> None:
    drawing.line(0, drawing.seconds, (drawing.y, drawing.y), "axis")
    step = 10 if drawing.seconds > 40 else 5
    for second in range(0, drawing.seconds + 1, step):
        drawing.line(second, second, (drawing.y, drawing.y + 5), "axis")
        drawing.text(second, drawing.y + 18, f"{second} s" if second else "0", "middle")
    drawing.y += 18


PICTURES: dict[str, tuple[str, list[Callable[[], Life]]]] = {
    "idle-timeout": ("Idle timeout", [used_then_idle, used_all_the_time]),
    "persistence": ("Pause and resume", [paused_twice]),
    "keep-alive": ("Keep alive", [kept_for_a_while, kept_to_the_cap]),
}


def described(life: Life) -> str:
    marks = "; ".join(f"{text} at {second:.1f} s" for second, text in life.marks)
    return f"{life.title}: {marks}; {life.end[1]} at {life.end[0]:.1f} s."


def draw(name: str, pool: ThreadPoolExecutor) -> None:
    title, scenes = PICTURES[name]
    lives = [running.result() for running in [pool.submit(scene) for scene in scenes]]
    for life in lives:
        life.watch.join()
    latest = [end for life in lives for _, end, _ in deadlines(life)]
    drawing = Drawing(ceil(max(latest)) + 4)
    for life in lives:
        draw_life(drawing, life)
        drawing.y += 2 * LINE
    draw_axis(drawing)
    description = " ".join(described(life) for life in lives)
    folder = ROOT / "docs/pictures"
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.svg").write_text(drawing.written(title, description))


@contextmanager
def runtime() -> Iterator[None]:
    """A local runtime for the pictures alone."""
    program = os.environ.get("SANDSPAN_PROGRAM", str(ROOT / ".build/bin/sandspan"))
    with tempfile.TemporaryDirectory(prefix="sandspan-pictures-") as folder:
        os.environ |= {"SANDSPAN_PROVIDER": "local", "SANDSPAN_RUNTIME_DIR": folder + "/run"}
        options = ["--max-timeout", str(CAP), "--state-dir", folder + "/state"]
        server = subprocess.Popen([program, "serve", *options, "--runtime-dir", folder + "/run"])
        try:
            while not Path(folder, "run/server.json").exists() and server.poll() is None:
                time.sleep(LOOK)
            yield
        finally:
            server.terminate()
            server.wait()


def main() -> None:
    with runtime(), ThreadPoolExecutor() as pictures, ThreadPoolExecutor() as pool:
        for drawn in [pictures.submit(draw, name, pool) for name in PICTURES]:
            drawn.result()


if __name__ == "__main__":
    main()
