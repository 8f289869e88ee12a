"""Repositories that go off when any part of them is run, obeyed or called up: it writes ``TRIPPED`` or calls a host of its own."""

from __future__ import annotations

import json
import os
import sys
import sysconfig
from importlib.metadata import packages_distributions
from pathlib import Path

import pygit2

WHO = pygit2.Signature("a", "a@b.example", 1_760_000_000, 0)


def installed_modules() -> list[str]:
    """Every module name that the program could import: a file of that name in the scanned tree must never be what is imported."""
    names = {*sys.stdlib_module_names, *packages_distributions(), "sitecustomize", "usercustomize", "scanner", "tests", "apt_pkg"}
    return sorted(name for name in names if name.isidentifier())


def python_traps(tree: Path, tripped: Path) -> int:
    """A module, a package and an installed path file for each name that might be imported from the current directory."""
    spring = f"import os\nos.close(os.open({str(tripped)!r}, os.O_CREAT | os.O_WRONLY))\n"
    names = installed_modules()
    for name in names:
        (tree / f"{name}.py").write_text(spring)
    for name in ("scanner", "pip", "multiprocessing", "encodings", "concurrent"):
        (tree / name).mkdir()
        for module in ("__init__", "__main__", "cli", "spawn", "process"):
            (tree / name / f"{module}.py").write_text(spring)
    site = tree / "lib" / f"python{sysconfig.get_python_version()}" / "site-packages"
    site.mkdir(parents=True)
    (site / "trap.pth").write_text(f"import os; os.system('touch {tripped}')\n")
    for name in ("pyvenv.cfg", "setup.py", "conftest.py", "noxfile.py", "__main__.py"):
        (tree / name).write_text("home = .\n" if name.endswith("cfg") else spring)
    return len(names) + 10


def manifest_traps(tree: Path, tripped: Path, host: str) -> int:
    """Scripts of package managers, and registries, indexes and proxies that the repository names; ``host`` is called by none of them."""
    touch = f"touch {tripped}"
    (tree / "package.json").write_text(
        json.dumps(
            {
                "name": "trap",
                "version": "1.0.0",
                "scripts": dict.fromkeys(("preinstall", "install", "postinstall", "prepare", "audit"), touch),
                "dependencies": {"lodash": "4.17.15"},
                "publishConfig": {"registry": host},
            }
        )
    )
    locked = {"version": "4.17.15", "resolved": f"{host}/lodash.tgz", "hasInstallScript": True}
    packages = {"": {"dependencies": {"lodash": "4.17.15"}}, "node_modules/lodash": locked}
    (tree / "package-lock.json").write_text(json.dumps({"lockfileVersion": 3, "packages": packages}))
    (tree / "requirements.txt").write_text(
        f"--index-url {host}/simple\n--extra-index-url {host}/extra\n--find-links {host}/links\n--trusted-host {host}\n"
        f"urllib3==1.26.4\ntrap @ {host}/trap-1.0.tar.gz\ngit+{host}/trap.git#egg=trap\n-e .\n-e git+{host}/other.git#egg=other\n./local\n"
    )
    (tree / "pyproject.toml").write_text(
        f'[build-system]\nrequires = ["trap @ {host}/trap.tar.gz"]\nbuild-backend = "setup"\nbackend-path = ["."]\n'
        '[project]\nname = "trap"\ndynamic = ["version", "dependencies"]\n[tool.setuptools.dynamic]\nversion = {attr = "setup.version"}\n'
        f'[[tool.uv.index]]\nurl = "{host}/uv"\n[[tool.poetry.source]]\nname = "p"\nurl = "{host}/poetry"\n'
    )
    (tree / "Pipfile").write_text(f'[[source]]\nurl = "{host}/pipfile"\nverify_ssl = false\nname = "x"\n[packages]\nflask = "==1.0"\n')
    (tree / "setup.cfg").write_text(
        f"[metadata]\nversion = attr: setup.version\n[easy_install]\nindex_url = {host}\n[options]\ninstall_requires =\n  flask==1.0\n"
    )
    written = {
        ".npmrc": f"registry={host}\n//127.0.0.1/:_authToken=${{ACTIONS_RUNTIME_TOKEN}}\nscript-shell={tripped}\n",
        ".yarnrc": f'registry "{host}"\nyarn-path "./trap.js"\n',
        ".yarnrc.yml": f"npmRegistryServer: {host}\nyarnPath: ./trap.js\nplugins: [./trap.js]\n",
        ".pnpmfile.cjs": f"require('child_process').execSync('{touch}')",
        "pnpm-workspace.yaml": f"packages: ['*']\nregistry: {host}\n",
        "trap.js": f"require('child_process').execSync('{touch}')",
        "pip.conf": f"[global]\nindex-url = {host}\n",
        "pip.ini": f"[global]\nindex-url = {host}\n",
        "uv.toml": f'index-url = "{host}"\n',
        ".netrc": "machine 127.0.0.1 login trap password trap\ndefault login trap password trap\n",
        ".env": f"HTTPS_PROXY={host}\nHTTP_PROXY={host}\nPYTHONSTARTUP=setup.py\n",
        "Makefile": f"all:\n\t{touch}\n$(shell {touch})\n",
        ".envrc": touch,
        ".pre-commit-config.yaml": f"repos:\n- repo: local\n  hooks: [{{id: x, name: x, entry: {touch}, language: system}}]\n",
    }
    for name, text in written.items():
        (tree / name).write_text(text)
    return len(written) + 12


def text_traps(tree: Path, tripped: Path) -> int:
    """Tags and templates that an eager reader would evaluate, in every kind of file that is parsed."""
    call = f"__import__('os').system('touch {tripped}')"
    tags = [
        f"!!python/object/apply:os.system ['touch {tripped}']",
        f"!!python/object/new:subprocess.check_output [['touch', '{tripped}']]",
        "!!python/name:os.system",
        f"!include {tripped}",
        "!ENV ${PATH}",
    ]
    for number, tag in enumerate(tags):
        folder = tree / f"yaml-{number}"
        folder.mkdir()
        (folder / "pnpm-lock.yaml").write_text(f"lockfileVersion: '9.0'\npackages:\n  a@1.0.0: {tag}\n")
        (folder / "yarn.lock").write_text(f'__metadata:\n  version: 6\n"a@npm:1":\n  version: {tag}\n  resolution: "a@npm:1.0.0"\n')
    names = ["{{ 7*7 }}", "{% import os %}", "${jndi:x}", "$(touch x)", "`touch x`", "#{7*7}", "<%= 7*7 %>"]
    for name in names:
        (tree / name).mkdir()
        (tree / name / "requirements.txt").write_text(f"urllib3==1.26.4  # {{{{ {call} }}}} {{% for x in ().__class__ %}}\n")
    (tree / "templates").mkdir()
    (tree / "templates" / "report.html").write_text(f"{{{{ {call} }}}}")
    return 2 * len(tags) + len(names) + 1


def git_traps(tree: Path, tripped: Path, host: str) -> int:
    """Everything in a repository's git folder and attributes that git itself would run or call."""
    repo = pygit2.init_repository(tree, initial_head="main")
    touch = f"touch {tripped}"
    (tree / ".gitattributes").write_text("* filter=trap diff=trap merge=trap text eol=lf ident\n*.txt filter=lfs diff=lfs\n")
    (tree / ".gitmodules").write_text(f'[submodule "x"]\n\tpath = x\n\turl = {host}/x.git\n\tupdate = !{touch}\n')
    (tree / ".lfsconfig").write_text(f"[lfs]\n\turl = {host}\n")
    config = Path(repo.path) / "config"
    config.write_text(
        config.read_text()
        + f"[core]\n\tfsmonitor = {touch}\n\tsshCommand = {touch}\n\tpager = {touch}\n\teditor = {touch}\n\tgitProxy = {touch}\n"
        f"\taskPass = {touch}\n\talternateRefsCommand = {touch}\n\thooksPath = hooks-of-ours\n"
        f'[filter "trap"]\n\tclean = {touch}\n\tsmudge = {touch}\n\tprocess = {touch}\n\trequired = true\n'
        f'[filter "lfs"]\n\tclean = {touch}\n\tsmudge = {touch}\n\tprocess = {touch}\n\trequired = true\n'
        f'[diff "trap"]\n\tcommand = {touch}\n\ttextconv = {touch}\n[diff]\n\texternal = {touch}\n[merge "trap"]\n\tdriver = {touch}\n'
        f"[credential]\n\thelper = !{touch}\n[gpg]\n\tprogram = {touch}\n[alias]\n\tstatus = !{touch}\n[protocol]\n\tallow = always\n"
        f'[remote "origin"]\n\turl = {host}/x.git\n\tuploadpack = {touch}\n\tpromisor = true\n\tpartialclonefilter = blob:none\n'
        "[extensions]\n\tpartialclone = origin\n"
    )
    for folder in (Path(repo.path) / "hooks", tree / "hooks-of-ours"):
        folder.mkdir(exist_ok=True)
        for hook in ("pre-commit", "post-checkout", "post-index-change", "fsmonitor-watchman", "reference-transaction", "pre-auto-gc"):
            (folder / hook).write_text(f"#!/bin/sh\n{touch}\n")
            (folder / hook).chmod(0o755)
    return 12 + 24 + 4


def commit_all(tree: Path, *parents: str) -> str:
    """Commit what is in the tree (without asking any filter) and return the id."""
    repo = pygit2.Repository(str(tree))
    for folder, folders, files in os.walk(tree):
        folders[:] = [name for name in folders if name != ".git"]
        for name in files:
            path = Path(folder) / name
            entry = pygit2.IndexEntry(path.relative_to(tree).as_posix(), repo.create_blob(path.read_bytes()), pygit2.enums.FileMode.BLOB)
            repo.index.add(entry)
    repo.index.write()
    made = repo.create_commit("refs/heads/main", WHO, WHO, "c", repo.index.write_tree(), list(parents))
    return str(made)
