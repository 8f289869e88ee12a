"""Forms that speak for themselves in any file: app passwords, wallets' words, names, messages and encoded placeholders."""

from __future__ import annotations

import base64

import pytest

from scanner.models import Severity
from scanner.secrets import matcher
from scanner.secrets.judge import forms
from tests.unit.secrets.test_judge import decide

APP = " ".join(("vxwq", "kzrt", "bnmp", "lkjh"))
PHRASE = "rule shove cabin limb glare orbit ocean tennis patch dune maple frog"


@pytest.mark.parametrize("name", ["EMAIL_HOST_PASSWORD", "PASSWORD", "smtp_pass", "app.config['MAIL_PASSWORD']"])
def test_an_app_password_behind_any_name(name: str) -> None:
    found = decide("assigned-password", f"{name} = '{APP}'", "app/settings.py")
    assert (found.secret, found.severity) == (True, Severity.HIGH)
    assert decide("assigned-password", f"{name} = '{APP}'", "tests/settings.py").severity == Severity.MODERATE


@pytest.mark.parametrize("text", ["send this back home", "this that then when", "vxwq kzrt bnmp", "vxwq-kzrt-bnmp-lkjh"])
def test_four_words_are_no_app_password(text: str) -> None:
    assert not forms.app_password(text)


def test_the_words_of_a_wallet() -> None:
    assert decide("assigned-secret", f'const mnemonic = "{PHRASE}";', "src/wallet.ts").severity == Severity.HIGH
    assert not decide("assigned-secret", f'const secretHint = "{PHRASE}";', "src/wallet.ts").secret
    assert not decide("assigned-secret", f'const mnemonic = "{PHRASE} fox";', "src/wallet.ts").secret
    assert not decide("assigned-secret", 'const mnemonic = "' + "test " * 11 + 'junk";', "src/wallet.ts").secret


@pytest.mark.parametrize(
    ("rule_id", "line", "path", "reason"),
    [
        ("assigned-password", "val txtPass{}word = findViewById<TextView>(R.id.password)", "Main.kt", "code"),
        ("assigned-password", "pass{}word = form.cleaned_data.get('pwd1')", "views.py", "a name that is looked up"),
        ("assigned-token", "'csrfParam' => '_csrf-web',", "main.php", "about a secret, not a secret"),
        ("assigned-key", 'keyAlias = "{digit:1}qaz{digit:1}wsx"', "build.gradle", "about a secret, not a secret"),
        ("assigned-secret", 'arn: "arn:aws:secretsmanager:eu-west-1:{digit:12}:secret:prod/db-{alnum:6}"', "main.tf", "a URL or path"),
        ("assigned-password", '"id=" + id + ", password=" + pwd + ""', "User.java", "variable reference"),
        ("assigned-password", 'pass{}word: "%P12_PASSWORD%"', "build.bat", "variable reference"),
        ("assigned-password", "password = '{user}-{id}'", "app.py", "variable reference"),
        ("url-credentials", "connection = mysql+pymysql://nova:NOVA_DBPASS@controller/nova", "nova.conf", "placeholder word"),
        ("assigned-argument", '.consumerSecret("s3cr3t")', "App.java", "placeholder word"),
        ("assigned-secret", 'secret: "client_secret_1"', "app.yml", "placeholder word"),
        ("assigned-secret", 'secret: "{digit:2}-hex-chars"', "app.yml", "placeholder word"),
    ],
)
def test_what_only_looks_like_one(rule_id: str, line: str, path: str, reason: str) -> None:
    found = decide(rule_id, line, path)
    assert (found.secret, found.reason) == (False, reason)


@pytest.mark.parametrize("word", ["password", "changeme", "admin", "secret", "s3cr3t"])
def test_a_placeholder_in_base64_is_one(word: str) -> None:
    value = base64.b64encode(word.encode()).decode()
    assert not decide("assigned-password", f"  password: {value}", "secret.yaml").secret


@pytest.mark.parametrize(
    ("rule_id", "line", "path"),
    [
        ("assigned-password", "$ftp_password = '{alnum:1}=Q#{lower:1}NF{{m}}I{upper:2}{digit:1}';", "ftp.php"),
        ("assigned-key", "'hash_key' => '{digit:4}{lower:1}{digit:2}Hv{alnum:8}',", "ecpay.php"),
        ("assigned-key", "key: {base64:40}", "secret.yaml"),
    ],
)
def test_what_is_one(rule_id: str, line: str, path: str) -> None:
    assert decide(rule_id, line.replace("{{", "{").replace("}}", "}"), path).secret


def test_the_nonce_of_a_page_never_blocks() -> None:
    assert decide("assigned-token", '<script nonce="{alnum:16}">', "index.html").severity == Severity.MODERATE
    assert decide("assigned-token", '"nonce": "{alnum:32}"', "token.json").severity == Severity.HIGH


@pytest.mark.parametrize(("word", "folded"), [("АРОЛЬ", "АРОЛЬ"), ("PassÑ", "passÑ"), ("Key", "key")])
def test_keywords_are_folded_as_the_engine_does(word: str, folded: str) -> None:
    """It folds letters of ASCII only: a keyword in other capitals would never be found in lower case."""
    assert matcher.folded(word) == folded
    assert matcher.build([matcher.literal(folded.encode())]).ends(word.encode())
