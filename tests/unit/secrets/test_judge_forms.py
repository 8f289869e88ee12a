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
        ("assigned-key", '"AWS::KMS::K{}ey": "{hex:16}",', "regions.py", "a kind of resource"),
        ("http-token-authorization", '"AWS::AppSync::Api{}Key": "{hex:16}",', "regions.py", "a kind of resource"),
        ("assigned-password", '"EIPAss{}ociation": "{hex:16}",', "regions.py", "the key is another word"),
        ("assigned-key", 'encryptionK{}ey: "arn:aws:kms:eu-west-1:{digit:12}:key/{hex:12}"', "main.yml", "a URL or path"),
        ("assigned-credential", "Signa{}ture: 8a477f597d28d172789f06886806bc55", "CACHEDIR.TAG", "published"),
        ("assigned-password", '"pass{}word": "Jelsz\\u00f3"', "translations/hu.json", "a translation"),
        ("assigned-token", 'TOK{}EN = rb"[!#$%&*+^_`|~0-9A-Za-z]+"', "body.py", "a pattern"),
        ("assigned-secret", '"cpe:2.3:h:pepperl-fuchs:pcv100-f200-b17-v1d:-"', "cpe.json", "a URL or path"),
        ("assigned-secret", "HM{}AC: RFC2104 message authentication code", "hmac.js", "an algorithm"),
        ("assigned-argument", 'toUtf8Bytes(pass{}word, "NFKC")', "scrypt.ts", "an algorithm"),
        ("assigned-password", '"pass{}word": "md5$seasalt${hex:32}"', "users.json", "a password hash"),
        ("assigned-credential", '"signa{}ture": "{hex:64}"', "app.tsbuildinfo", "in a lockfile or source map"),
        ("http-basic-authorization", "Authorization: Bas{}ic czZCaGRSa3F0MzpnWDFmQmF0M2JW", "docs.py", "published"),
        ("url-credentials", 'connect("dotenv://:key_1234@dotenv.acme.io/vault")', "cli.js", "placeholder word"),
        ("mandrill-api-key", "acme.io/blog/agents-md{}-outperforms-skills-in-our-evals", "a.md", "reads like words"),
        ("otpauth-secret", "otpauth://totp/A:b?sec{}ret=JBSWY3DPEHPK3PXP", "a.yml", "published"),
        ("password-line", "kpass{}wd   464/tcp", "services", "empty word"),
        ("jdbc-credentials", "Server=db;Database=x;Pass{}word=SET_A_PASSWORD_HERE_123;", "app.json", "placeholder word"),
        ("secret-in-quotes", r'#define TLS_SEC{}RET_CONST "\x6b\x65\x79\x20\x61\x67\x72\x65\x65"', "tls.h", "reads like words"),
        ("assigned-key", "https://docs.acme.io/d/edit?resourcek{}ey=0-{alnum:20}", "main.py", "a key or token of another kind"),
        ("assigned-secret", '"sa{}lt": b"joserfc:OKP:HKDF:Ed25519"', "okp.py", "a label of keys"),
        ("assigned-credential", 'authenti{}cation_tag = "{base64:22}"', "gcm.py", "about a secret, not a secret"),
        ("assigned-argument", '("pass{}word", "argon2$argon2i$v=19$m=512,t=2,p=2${alnum:20}")', "hash.py", "a password hash"),
        ("assigned-password", '"DHE_P{}SK_WITH_AES_128_CCM_8": "DHE-PSK-AES128-CCM8"', "suites.py", "a key or token of another kind"),
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
    ("text", "secret"),
    [
        ('"-----BEGIN RSA PRIV{}ATE KEY-----\\nMIIEpAIBAAKCAQEA1234",\n  "{base64:80}",', False),
        ('"-----BEGIN RSA PRIV{}ATE KEY-----\\n{base64:80}",\n  "next",', True),
        ('"-----BEGIN RSA PRIV{}ATE KEY-----",\n  "{base64:64}",\n  "{base64:64}",', True),
        ('"-----BEGIN RSA PRIV{}ATE KEY-----\\n{base64:40}"\n  "{base64:64}"', True),
    ],
)
def test_a_key_ends_with_its_string(text: str, secret: bool) -> None:
    assert decide("private-key-rsa", text, "keys.py").secret is secret


def test_a_long_document_in_base64_is_none() -> None:
    def told(text: str) -> bool:
        value = base64.b64encode(text.encode()).decode()
        return decide("assigned-key", f'"host.json k{{}}ey": "{value}"', "seeds.json").secret

    document = '{"signed":{"expires":"2031-01-01","roles":["root"],' + '"threshold":3,' * 40 + '"version":12}} '
    document += " " * (-len(document) % 3)
    assert not told(document)
    assert told(document.replace("expires", "private"))


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


def test_a_sample_never_blocks() -> None:
    assert decide("assigned-secret", 'DUMMY_SEC{}RET = "{alnum:16}"', "totp.py").severity == Severity.MODERATE
    assert decide("assigned-secret", 'SEC{}RET = "{alnum:16}"', "totp.py").severity == Severity.HIGH


@pytest.mark.parametrize(
    ("line", "path", "severity"),
    [
        ("sshpass -p {alnum:16} ssh ops@web1", "deploy.sh", Severity.HIGH),
        ("sshpass -p {alnum:16} ssh ops@web1", "README.md", Severity.MODERATE),
        ("sshpass -p {alnum:16} ssh ops@web1", "tests/deploy.sh", Severity.MODERATE),
        ("ssh{}pass -p summer{digit:2}garden ssh ops@web1", "deploy.sh", Severity.MODERATE),
    ],
)
def test_a_value_that_nobody_could_guess_blocks(line: str, path: str, severity: Severity) -> None:
    assert decide("command-line-short-password", line, path).severity == severity


def test_the_nonce_of_a_page_never_blocks() -> None:
    assert decide("assigned-token", '<script nonce="{alnum:16}">', "index.html").severity == Severity.MODERATE
    assert decide("assigned-token", '"nonce": "{alnum:32}"', "token.json").severity == Severity.HIGH


@pytest.mark.parametrize(("word", "folded"), [("АРОЛЬ", "АРОЛЬ"), ("PassÑ", "passÑ"), ("Key", "key")])
def test_keywords_are_folded_as_the_engine_does(word: str, folded: str) -> None:
    """It folds letters of ASCII only: a keyword in other capitals would never be found in lower case."""
    assert matcher.folded(word) == folded
    assert matcher.build([matcher.literal(folded.encode())]).ends(word.encode())
