"""Makes an empty virtual environment and lays pip ready to fill it: PREFIX PIP_DIRECTORY.

Run by the host's Python, of which it needs neither `venv` nor `ensurepip`: Debian has both in a
package of their own.
"""

import glob
import importlib.util
import os
import sys
import sysconfig
import zipfile

OLDEST = (3, 10)


def main(prefix, pip_directory):
    """Does both, where this Python is new enough."""
    if sys.version_info < OLDEST:
        sys.exit(
            "{} is Python {}.{}: 3.10 or newer is needed".format(
                sys.executable, *sys.version_info[:2]
            )
        )
    place_pip(pip_directory)
    make_environment(prefix)


def make_environment(prefix):
    """Writes what PEP 405 asks for. Nothing in it names the prefix, so it can be moved."""
    version = "{}.{}".format(*sys.version_info[:2])
    program = os.path.realpath(sys.executable)
    os.makedirs(os.path.join(prefix, "bin"))
    os.makedirs(os.path.join(prefix, "lib", "python" + version, "site-packages"))
    os.symlink("lib", os.path.join(prefix, "lib64"))
    for name, target in [
        ("python", program),
        ("python3", "python"),
        ("python" + version, "python"),
    ]:
        os.symlink(target, os.path.join(prefix, "bin", name))
    with open(os.path.join(prefix, "pyvenv.cfg"), "w") as config:
        config.write("home = {}\n".format(os.path.dirname(program)))
        config.write("include-system-site-packages = false\n")
        config.write("version = {}.{}.{}\n".format(*sys.version_info[:3]))


def place_pip(directory):
    """Puts pip, and nothing that is installed beside it, where it can be imported from."""
    os.makedirs(directory)
    wheels = bundled_wheels()
    if wheels:
        with zipfile.ZipFile(wheels[-1]) as wheel:
            # Without what tells its version: it is not to count as installed.
            wheel.extractall(
                directory, [name for name in wheel.namelist() if name.startswith("pip/")]
            )
        return
    installed = importlib.util.find_spec("pip")
    if installed is None or not installed.origin:
        advice = "install it (Debian, Ubuntu: python3-venv; elsewhere: python3-pip)"
        sys.exit("{} has no pip: {}".format(sys.executable, advice))
    os.symlink(os.path.dirname(installed.origin), os.path.join(directory, "pip"))


def bundled_wheels():
    """The wheels of pip that come with Python, the newest last."""
    places = [sysconfig.get_config_var("WHEEL_PKG_DIR") or ""]
    module = importlib.util.find_spec("ensurepip")
    if module is not None and module.origin:
        places.append(os.path.join(os.path.dirname(module.origin), "_bundled"))
    return [
        wheel
        for place in places
        if place
        for wheel in sorted(glob.glob(os.path.join(place, "pip-*.whl")))
    ]


main(*sys.argv[1:])
