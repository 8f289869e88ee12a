"""The judge as a table: a line and where it stands, what is decided and why. Samples are built from templates at run time."""

from __future__ import annotations

import base64

import pytest

from scanner.models import Severity
from scanner.secrets import Options, detect_secrets, judge, matcher, spans
from scanner.secrets.engine import Engine
from scanner.secrets.examples import expand
from scanner.secrets.judge import Judgement
from scanner.secrets.rules import builtin
from scanner.secrets.sight import Sight, conditions
from scanner.secrets.tally import Tally


def test_a_token_whose_header_is_nested_very_deeply_is_none() -> None:
    """Nor does it hide what stands beside it."""
    nested = base64.urlsafe_b64encode(b'{"alg":' + b"[" * 1100).decode().rstrip("=")
    token = expand("ghp" + "_{check:crc32:30}")
    tally = Tally()
    found = Engine(Options()).text("a.txt", f"t = {nested}.eyJzdWIiOiIxMjM0NTY3ODkwIn0.{'ab3' * 14}\n{token}\n".encode(), tally)
    assert [item.value for item in found] == [token]


RULES = {rule.id: rule for rule in builtin()}


def decide(rule_id: str, line: str, path: str = "app/settings.py") -> Judgement:
    """The judgement on the first candidate that the rule proposes in a line."""
    rule = RULES[rule_id]
    sight = Sight(path, expand(line).encode())
    ends = [end for _, end in matcher.build([rule.regex.encode()]).ends(sight.data)]
    found = [sight.candidate(rule, match) for match in spans.matches(spans.shape(rule.regex), sight.data, ends)]
    found = [one for one in found if conditions(rule, one.value) is None]
    assert found, f"{rule_id} proposes nothing here"
    return judge.judge(found[0])


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('password = "changeme"', "placeholder word"),
        ('password = "your-password-here"', "placeholder word"),
        ('password = "<password>"', "placeholder in brackets"),
        ('password = "********"', "masked"),
        ('password = "xxxxxxxx"', "masked"),
        ('password = "${DB_PASSWORD}"', "variable reference"),
        ('password = "{{ vault_password }}"', "variable reference"),
        ('password = "%(password)s"', "variable reference"),
        ('password = "abababab"', "repeated"),
        ('password = "12345678"', "sequence"),
        ('password = "none"', "empty word"),
        ('password = "https://acme.io/reset"', "a URL or path"),
        ('password_hash = "$2{}b$12${alnum:53}"', "a password hash"),
        ('password_label = "Kw9vXq2Lr7"', "about a secret, not a secret"),
        ('password = "correct horse battery staple"', "a sentence"),
        ('password = "wonderful"', "reads like words"),
        ("password = read_password(prompt)", "code"),
        ("password: SecureString", "a type"),
        ('password = "ENC[AES256_GCM,data:{alnum:20}]"', "encrypted or public"),
        ('password_changed = "2027-01-02T03:04:05Z"', "a date"),
        ('LABEL_PASSWORD = "Nieuw wachtwoord"', "a text for people"),
        ('wrong_password = "{alnum:14}"', "named as a wrong one"),
        ('password = "(?:[a-z]{alnum:3})"', "a pattern"),
        ('password = "^[!#$%&x]+$"', "a pattern"),
        ('passlib = "1.7.4.post1"', "a version"),
        ('password = "stored as %s in x1"', "a form to be filled"),
        ('pass' '_mark = "\\x1b[04m\\x1b[91m"', "a few bytes"),
        ('password = "NACL[{alnum:40}]"', "encrypted or public"),
        ('pass_colour = "#a0f2c4"', "a few bytes"),
        ('pass_colour = "rgba(25,31,130,0.4)"', "a few bytes"),
        ('pass_width = "1.25em"', "a few bytes"),
        ('password_date = "YYYYMMDDHHmm"', "a date"),
        ('password_seconds = "21600"', "about a secret, not a secret"),
        ('password_oid = "1.3.6.1.5.5.7.48.1.2"', "a version"),
        ('password_token = "0x{hex:40}"', "encrypted or public"),
        ('password_kdf = "PKCS1v15-SHA224"', "an algorithm"),
        ('pass' "word = \"'.$row[3].'\"", "variable reference"),
        ('auth_password = "Bearer <env>API_KEY</env>"', "placeholder in brackets"),
        ('pass_kind = "aes256-cts-hmac-sha1-96"', "an algorithm"),
    ],
)
def test_what_is_no_password(line: str, reason: str) -> None:
    verdict = decide("assigned-password", line)
    assert not verdict.secret
    assert verdict.reason == reason


@pytest.mark.parametrize(
    ("rule_id", "line", "path", "reason"),
    [
        ("assigned-token", "const TOKEN_TEMPLATE_END = 0b1000;", "a.js", "a number"),
        ("assigned-token", "    TokenSignature = 134217728,", "a.d.ts", "a number"),
        ("assigned-key", 'integrity_key = "{base64:44}"', "a.js", "a checksum"),
        ("assigned-key", 'public_key = "{alnum:40}"', "a.js", "a public value"),
        ("assigned-secret", 'hotpink: "{alnum:8}"', "a.js", "the key is another word"),
        ("assigned-token", 'token: "urn:ietf:params:oauth:token-type:jwt"', "a.js", "a URL or path"),
        ("assigned-credential", 'AuthScheme = "AKAMAI"|"COMMON"|string;', "a.d.ts", "a type"),
        ("assigned-key", 'keyboard = "{alnum:12}"', "a.js", "the key is another word"),
        ("assigned-credential", 'author = "{alnum:12}"', "a.js", "the key is another word"),
        ("assigned-token", 'token = "{alnum:32}"', "web/package-lock.json", "in a lockfile or source map"),
        ("assigned-password", '"password": "Salasana"', "src/i18n/fi.json", "a translation"),
        ("assigned-token", 'token = "ey{}JhbGciOiJIUzI1NiJ9.ey{}Jzd{}WIiOiI0MiJ9.{alnum:43}"', "a.py", "a JSON Web Token, judged as such"),
        ("assigned-token", "fixed (:ticket:`28550`).", "news.rst", "a reference"),
        ("assigned-key", "<key>ZoomValues</key>", "a.plist", "the name of a pair"),
        ("assigned-password", "connect(user=name, pass" "word=md5_pw2, tls=True)", "app.py", "code"),
        ("assigned-key", 'sign(keyid="{hexupper:16}")', "app.py", "a key or token of another kind"),
    ],
)
def test_what_else_is_no_secret(rule_id: str, line: str, path: str, reason: str) -> None:
    verdict = decide(rule_id, line, path)
    assert not verdict.secret
    assert verdict.reason == reason


@pytest.mark.parametrize(
    ("rule_id", "line", "path"),
    [
        ("assigned-password", "DB_PASSWORD={alnum:18}", ".env"),
        ("assigned-password", '  "smtpPassword": "{alnum:16}",', "config.json"),
        ("assigned-password", "<password>{alnum:16}</password>", "settings.xml"),
        ("assigned-secret", "client_secret: {alnum:32}", "values.yaml"),
        ("assigned-argument", "define('DB_PASSWORD', '{alnum:16}');", "wp-config.php"),
        ("assigned-key", 'api_key = "{alnum:32}"', "terraform.tfvars"),
        ("command-line-secret", "mysql --pass{}word={alnum:14} app", "deploy.sh"),
        ("sql-password", "CREATE USER app IDENTIFIED BY '{alnum:14}';", "init.sql"),
        ("assigned-token", 'Tokens: []string{"{hex:64}"},', "main.go"),
        ("assigned-key", "const API_KEY: &'static str = \"{alnum:32}\";", "main.rs"),
        ("assigned-password", "DB_PASSWORD ?= {alnum:16}", "Makefile"),
        ("login-call", 'smtp.login(sender, "{lower:3}{digit:1}{lower:4}!")', "mail.py"),
        ("login-call", 'new NetworkCredential("ops@corp.example", "yfof {}olpz bdkb vdjm")', "Mail.cs"),
        ("command-line-short-password", "htpasswd -nbB ops {alnum:12}", "README.md"),
        ("assigned-password", "pass{}word: 4{}84216", "README.md"),
        ("secret-pair", "- name: DB_PASSWORD\n  value: {alnum:16}", "deployment.yaml"),
        ("secret-element-pair", "<key>ServerPassword</key>\n  <string>{alnum:16}</string>", "Info.plist"),
    ],
)
def test_what_is_a_secret(rule_id: str, line: str, path: str) -> None:
    verdict = decide(rule_id, line, path)
    assert verdict.secret
    assert verdict.severity >= Severity.MODERATE


@pytest.mark.parametrize(
    "path",
    ["tests/test_login.py", "spec/login_spec.rb", "src/__tests__/login.js", "pkg/testdata/a.yaml", "login.test.ts", "a/fixtures/x.json"],
)
def test_an_assignment_in_tests_never_blocks(path: str) -> None:
    verdict = decide("assigned-password", 'password = "{alnum:18}"', path)
    assert verdict.severity <= Severity.MODERATE


@pytest.mark.parametrize(
    ("line", "path", "secret"),
    [
        ('pass' 'word = "Harbor#5095"', "app/settings.py", True),
        ("pass" "word: walnut.cobalt8408", "config/app.yml", True),
        ("CREATE USER app IDENTI" "FIED BY 'falcon7089';", "init.sql", True),
        ("Username: admin / Pass" "word: Saturn1971!", "README.md", True),
        ('pass' 'word = "tiger1984"', "tests/test_login.py", True),
        ('password = "password2024"', "app/settings.py", False),
        ('password = "tiger1234"', "app/settings.py", False),
        ('password = "sha512"', "app/settings.py", False),
        ('password_column = "harbor5095"', "app/settings.py", False),
    ],
)
def test_passwords_as_people_make_them(line: str, path: str, secret: bool) -> None:
    rule = "sql-password" if "IDENTIFIED" in line else "assigned-password"
    assert decide(rule, line, path).secret is secret


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('f("{alnum:47}7aZ")', "random"),
        ('<Captcha sitekey="{alnum:38}7aZ"/>', "its name says that it is no secret"),
        ('  "{alnum:61}7aZ\\n",\n  "{alnum:61}9bQ\\n",\n', "a line of embedded data"),
        ('  "{alnum:61}9bQ",\n  "{alnum:61}7aZ"', "a line of embedded data"),
        ('  "short",\n  "{alnum:61}7aZ"\n  "short"', "random"),
    ],
)
def test_a_line_of_embedded_data_is_none(text: str, reason: str) -> None:
    data = expand(text).encode()
    span = (data.rindex(b"Z") - 40, data.rindex(b"Z") + 1)
    rule = detect_secrets.rule("Base64 High Entropy String")
    assert judge.judge(Sight("app/settings.py", data).around(rule, span, span, {})).reason == reason


def test_a_usual_password_never_blocks() -> None:
    assert decide("assigned-password", 'db_pass' 'word = "N3wP@ssw0rd#71xK"').severity <= Severity.MODERATE


def test_a_short_or_wordlike_assignment_never_blocks() -> None:
    assert decide("assigned-password", 'password = "{alnum:5}"').severity <= Severity.MODERATE
    assert decide("assigned-token", 'token = "{uuid}"').severity <= Severity.MODERATE


@pytest.mark.parametrize(
    ("token", "severity"),
    [("gh{}p_{check:crc32:30}", Severity.CRITICAL), ("gh{}p_{alnum:36}", Severity.MODERATE)],
)
def test_a_wrong_checksum_does_not_block(token: str, severity: Severity) -> None:
    assert decide("github-personal-access-token", f"TOKEN={token}").severity is severity


@pytest.mark.parametrize(
    ("rule_id", "line", "secret", "severity"),
    [
        ("http-basic-authorization", "Authorization: Bas{}ic {b64:deploy:Zk9vQ2xL7r}", True, Severity.HIGH),
        ("http-basic-authorization", "Authorization: Bas{}ic {b64:user:password}", False, Severity.UNKNOWN),
        ("http-basic-authorization", "Authorization: Basic authentication", False, Severity.UNKNOWN),
        ("json-web-token", "t=ey{}JhbGciOiJIUzI1NiJ9.ey{}Jzd{}WIiOiI0MiJ9.{alnum:43}", True, Severity.HIGH),
        ("json-web-token", "t=ey{}JhbGciOiJub25lIn0.ey{}Jzd{}WIiOiI0MiJ9.{alnum:43}", False, Severity.UNKNOWN),
        ("json-web-token", "t=ey{}JhbGciOiJIUzI1NiJ9.ey{}Jyb2xlIjoic2Vydm{}ljZV9yb2xlIn0.{alnum:43}", True, Severity.CRITICAL),
        ("json-web-token", "t=ey{}J{alnum:12}.{alnum:20}.{alnum:43}", False, Severity.UNKNOWN),
        ("url-credentials", "db: postgres://app:{alnum:16}@db.acme.io/app", True, Severity.HIGH),
        ("url-credentials", "db: postgres://app:{alnum:16}@localhost/app", True, Severity.MODERATE),
        ("url-credentials", "db: postgres://user:password@host/app", False, Severity.UNKNOWN),
        ("url-credentials", "db: postgres://API_KEY:API_SECRET@db.acme.io/app", False, Severity.UNKNOWN),
        ("private-key-rsa", "-----BE{}GIN RSA PRIVATE KEY-----\nMIIE{base64:60}\n{base64:64}", True, Severity.CRITICAL),
        ("private-key-rsa", "-----BE{}GIN RSA PRIVATE KEY-----\nMIIE{base64:30}\n...\n", False, Severity.UNKNOWN),
        ("totp-secret", 'totp = "{base32:32}"', True, Severity.HIGH),
        ("totp-secret", "totp = AUTHENTICATORREQUIRED", False, Severity.UNKNOWN),
    ],
)
def test_checks_of_formats(rule_id: str, line: str, secret: bool, severity: Severity) -> None:
    verdict = decide(rule_id, line)
    assert verdict.secret is secret
    assert verdict.severity is severity


def test_reasons_never_hold_the_value() -> None:
    for rule_id, line in (("assigned-password", 'password = "wonderful"'), ("http-basic-authorization", "Basic authentication")):
        verdict = decide(rule_id, line)
        assert "wonderful" not in verdict.reason
        assert "authentication" not in verdict.reason
