"""Trees full of things that detect-secrets may or may not report, drawn from a seed: every plugin's shapes in every kind of file.

Samples are put together from pieces, so that nothing in this file looks like a secret.
"""

from __future__ import annotations

import base64
import json
import random
import string
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

ALNUM = string.ascii_letters + string.digits
HEX = string.digits + "abcdef"
WORD_LIST = (
    "api_key apikey auth_key service_key account_key db_key database_key priv_key private_key client_key db_pass database_pass key_pass"
    " password passwd pwd secret contraseña contrasena CONTRASEÑA Password API_KEY name value user_id token host colour"
)
WORDS = tuple(WORD_LIST.split(" "))
ENDING_LIST = (
    ".py .js .ts .go .c .cpp .cs .m .java .php .swift .tf .cls .example .yaml .yml .eyaml .ini .cfg .conf .cnf .cf .properties .toml .txt"
    " .md .json .sh"
)
ENDINGS = tuple(ENDING_LIST.split(" "))
ODD = ("ſecret", "paſſword", "api_\u212aey", "\u0131d", "\u00a0", "\u2028", "\x0b", "\x1c", "٣", "é", "😀", "\ufeff")


class Source:
    """Random samples from one seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def some(self, alphabet: str, low: int, high: int | None = None) -> str:
        return "".join(self.random.choices(alphabet, k=self.random.randint(low, high or low)))

    def token(self) -> str:
        pick = self.random.choice
        jwt = ".".join(base64.urlsafe_b64encode(json.dumps({self.some(ALNUM, 3): 1}).encode()).decode().rstrip("=") for _ in range(2))
        made = (
            "AK" + "C" + self.some(ALNUM, 9, 40), "A" + "P" + pick("AB19") + self.some(ALNUM, 7, 30),
            "AK" + "IA" + self.some(string.ascii_uppercase, 16),
            "Account" + "Key=" + self.some(ALNUM + "+/", 88), "https:/" + "/user:" + self.some(ALNUM, 3, 12) + "@host.example/x",
            pick("MNO") + self.some(ALNUM, 23, 25) + "." + self.some(ALNUM, 6) + "." + self.some(ALNUM, 27),
            "gh" + pick("pousr") + "_" + self.some(ALNUM, 36), pick(("gl" + "pat", "gl" + "dt", "gl" + "rt",
            "gl" + "soat")) + "-" + self.some(ALNUM, 20, 60),
            "GR1348" + "941" + self.some(ALNUM, 20, 52), "gl" + "cbt-a1_" + self.some(ALNUM, 20), "gl" + "imt-" + self.some(ALNUM, 25, 26),
            "gl" + "ptt-" + self.some(HEX, 40), "gl" + "agent-" + self.some(ALNUM, 50, 70), "gl" + "oas-" + self.some(HEX, 64),
            f"{pick((10, 127, 8, 192, 172, 203))}.{pick((0, 168, 16, 33))}.{pick((1, 113))}.{pick((7, 255, 256))}" + pick(("", ":80", "a",
            ".1")),
            "ey" + "J" + jwt[3:] + "." + self.some(ALNUM, 10, 43), jwt + "." + self.some(ALNUM, 43), self.some(HEX,
            32) + "-us" + pick("1234"),
            "//registry.example/:_auth" + "Token=" + pick(("npm" + "_" + self.some(ALNUM, 36), "${TOKEN}", self.some(HEX, 36))),
            "sk-" + self.some(ALNUM, 20) + "T3Blbk" + "FJ" + self.some(ALNUM, 20), "-----BEGIN " + pick(("RSA ", "EC ", "DSA ", "",
            "OPENSSH ")) + "PRIVATE KEY-----",
            "pypi-AgEIcHlw" + "aS5vcmc" + self.some(ALNUM, 69, 80), "SG" + "." + self.some(ALNUM, 22) + "." + self.some(ALNUM, 43),
            "xox" + pick("abposrz") + "-" + self.some(string.digits, 3, 12) + "-" + self.some(ALNUM, 10),
            "https://hooks.sl" + "ack.com/services/T" + self.some(ALNUM, 8) + "/B" + self.some(ALNUM, 8) + "/" + self.some(ALNUM, 24),
            "sq0" + "csp-" + self.some(ALNUM, 43), pick("rs") + "k_" + "live_" + self.some(ALNUM, 24), self.some(string.digits, 8,
            10) + ":" + self.some(ALNUM, 35),
            pick(("AC", "SK")) + self.some(string.ascii_lowercase + string.digits, 32), self.some(HEX, 40), self.some(HEX, 8, 64),
            self.some(ALNUM + "+/", 20, 60),
            self.some(ALNUM, 4, 12), self.some(string.digits, 9, 20), self.some(string.ascii_lowercase, 24), self.some(HEX, 64),
            self.some(HEX, 48), self.some(ALNUM, 44),
            "{" + self.some(ALNUM, 5) + "}", "${" + self.some(ALNUM, 5) + "}", "get_secret(" + self.some(ALNUM, 5) + ")", "********",
            "ABCDEFGH", "true",
            f"{self.some(HEX, 8)}-{self.some(HEX, 4)}-{self.some(HEX, 4)}-{self.some(HEX, 4)}-{self.some(HEX, 12)}",
        )
        return pick(made)

    def key(self) -> str:
        vendors = ("ibm_cloud_iam_key", "iam_api_key", "cos_hmac_secret_access_key", "secret_key", "cloudant_password", "cl_api_key",
        "softlayer_api_key", "sl_key",
                   "aws_secret_access_key", "aws-token", "apikey", "key", "token")
        return self.random.choice(("", "my_", "$", "self.")) + self.random.choice((*WORDS, *vendors)) + self.random.choice(("", "", "_2",
        "[]", "[25]", "]", "é"))

    def line(self) -> str:
        pick = self.random.choice
        key, value, quote = self.key(), self.token(), pick(("'", '"', "`", ""))
        made = (
            f"{key} = {quote}{value}{quote}", f"{key}={quote}{value}{quote}", f"{key}: {quote}{value}{quote}",
            f"{key} := {quote}{value}{quote}",
            f'  "{key}": "{value}",', f"{key} => {quote}{value}{quote}", f'if ("{value}" == {key}) {{', f"if ({key} !== '{value}')",
            f"{key} @\"{value}\"",
            f'{key}("{value}");', f'{key}.assign("{value}",17);', f"{key} {quote}{value}{quote};", f"-D{key}={value}", f"{value}",
            f"x('{value}', \"{self.token()}\")",
            f"{key} = {quote}{value}{quote}  # pragma: allowlist secret", "# pragma: allowlist nextline secret",
            f"// {key}: {value} // pragma: whitelist secret",
            f"; {key} = {value}", f"# {key}: {value}", "", f"[{key}]", "[section]", f"  {value}", f"\t{key}\t=\t{value}",
            f"id = '{value}'", f"user_id: '{value}'",
            f"{pick(ODD)}{key} = '{value}'", f"{key}{pick(ODD)} = '{value}'", f"{key} ={pick(ODD)}\"{value}\"",
            f"{key}: {{a: {value}, b: '{value}'}}", f"- {value}",
            f"{key}: |", f"{key}: >-", f"{key}: !!binary {base64.b64encode(value.encode()).decode()}",
            f'{key}: "{value[:4]}\\x41{value[4:]}"', f"{key}: &a {value}", "other: *a",
            f"{key}: '{value}' # note", "---", f"{value} {value}", "plain words in a line of prose", "a=1", "b: 2", "%(x)s = 3",
        )
        return pick(made)

    def structured(self) -> list[str]:
        """Lines that parse: INI with sections, or YAML."""
        value, quote = self.token, self.random.choice(("", "'", '"'))
        if self.random.random() < 0.5:
            lines = [self.random.choice(("", "# note", "; note"))]
            for section in range(self.random.randint(1, 3)):
                lines.append(f"[part{section}]")
                for number in range(self.random.randint(0, 5)):
                    equals = self.random.choice((" = ", "=", ": ", "\t=\t"))
                    lines.append(f"{self.random.choice(WORDS)}{number}{equals}{quote}{value()}{quote}")
                    lines += [f"    {value()}"] * self.random.choice((0, 0, 0, 1, 2))
                    lines += self.random.choice(([], [], ["# pragma: allowlist nextline secret"], [""], ["  # note"]))
            return lines
        lines = []
        for number in range(self.random.randint(1, 8)):
            key = f"{self.random.choice(WORDS)}{number}"
            made = (
                [f"{key}: {quote}{value()}{quote}"], [f"{key}:", f"  inner{number}: {quote}{value()}{quote}", f"  other: {value()}"],
                [f"{key}: |", f"  {value()}", f"  {value()}"],
                [f"{key}: {{a: {quote}{value()}{quote}, b: x}}"], [f"{key}: [{quote}{value()}{quote}, y]"],
                [f"{key}: {value()} # pragma: allowlist secret"],
                [f"{key}: >-", f"  {value()}", "", f"  {value()}"], [f"{key}: &anchor{number} {value()}",
                f"again{number}: *anchor{number}"], [f"# {key}: {value()}"],
                [f'{key}: "{value()}\\', f'  {value()}"'], [f"{key}: !!binary |", f"  {base64.b64encode(value().encode()).decode()}"],
                [f"- {value()}"],
            )
            lines += self.random.choice(made)
        return lines


def tree(root: Path, seed: int, files: int) -> None:
    """Write ``files`` files below ``root``; the same seed writes the same tree."""
    source = Source(seed)
    for number in range(files):
        ending = source.random.choice(ENDINGS)
        shape = source.random.random()
        lines = source.structured() if shape < 0.5 else [source.line() for _ in range(source.random.randint(1, 25))]
        if shape > 0.8:
            lines = [f"{source.random.choice(WORDS)}{n}={source.token()}" for n in range(source.random.randint(1, 6))]
        lines += lines[:2] * source.random.choice((0, 0, 1))
        text = source.random.choice(("\n", "\n", "\n", "\r\n", "\r")).join(lines) + source.random.choice(("", "\n"))
        name = source.random.choice(("", "", "", "swagger-", "deep/er/", "poetry.lock.d/")) + f"f{number}{ending}"
        special = source.random.choice(("Gemfile.lock", "x.css", ".env", "Makefile", ".npmrc"))
        path = root / source.random.choice((name, name, name, name, f"d{number}/{special}"))
        path.parent.mkdir(parents=True, exist_ok=True)
        data = text.encode("utf-8", "surrogatepass")
        path.write_bytes(data + (b"\xff\xfe" if source.random.random() < 0.03 else b""))
