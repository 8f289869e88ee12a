"""What detect-secrets' 27 plugins document is found by the default rules too, on the same line; what is not has its reason here."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from scanner.models import File
from scanner.secrets import Options, Result, scan
from scanner.secrets.examples import expand

if TYPE_CHECKING:
    from pathlib import Path

SAMPLES: dict[str, tuple[tuple[str, str], ...]] = {
    "Artifactory Credentials": (
        ("deploy.py", 'artifactory = "AK{}C{alnum:69}"'),
        ("settings.ini", "api_key=AK{}C{alnum:64}"),
        ("gradle.properties", "artifactory_password=AP{}6{alnum:24}"),
    ),
    "AWS Access Key": (
        ("config.py", 'key = "AK{}IA{base32:16}"'),
        (".env", "AWS_ACCESS_KEY_ID=AS{}IA{base32:16}"),
        ("main.tf", 'aws_secret_access_key = "{base64:40}"'),
    ),
    "Azure Storage Account access key": (
        ("app.py", 'conn = "DefaultEndpointsProtocol=https;AccountName=acme;Account{}Key={base64:86}=="'),
        (".env", "AZURE=AccountName=acme;Account{}Key={base64:86}=="),
        ("app.config", '<add value="AccountName=x;Account{}Key={base64:86}==" />'),
    ),
    "Basic Auth Credentials": (
        ("app.py", 'url = "https://deploy:{alnum:16}@api.acme.io/v1"'),
        (".env", "DATABASE_URL=postgres://app:{alnum:14}@db.acme.io/app"),
        ("run.sh", "git clone https://robot:{alnum:20}@git.acme.io/x.git"),
    ),
    "Cloudant Credentials": (
        ("app.py", 'cloudant_password = "{hex:64}"'),
        ("app.js", 'var cl_apikey = "{lower:24}";'),
        ("app.py", 'url = "https://acme:{hex:64}@acme.cloudant.com"'),
    ),
    "Discord Bot Token": (
        ("bot.py", 'client.run("MT{}Ez{alnum:20}.G{alnum:5}.{alnum:27}")'),
        (".env", "DISCORD_TOKEN=Nz{}k0{alnum:21}.X{alnum:5}.{alnum:27}"),
        ("bot.js", "client.login('OD{}c5{alnum:20}.Y{alnum:5}.{alnum:27}');"),
    ),
    "GitHub Token": (
        ("ci.py", 'token = "gh{}p_{alnum:36}"'),
        (".env", "TOKEN=gh{}o_{alnum:36}"),
        ("run.sh", "git push https://gh{}s_{alnum:36}@github.com/acme/x"),
        ("run.sh", "export T=gh{}r_{alnum:36}"),
        ("run.sh", "export T=gh{}u_{alnum:36}"),
    ),
    "GitLab Token": (
        ("ci.yml", "token: gl{}pat-{alnum:20}"),
        (".env", "T=gl{}dt-{alnum:20}"),
        (".env", "T=gl{}ft-{alnum:20}"),
        (".env", "T=gl{}rt-{alnum:20}"),
        (".env", "T=gl{}soat-{alnum:20}"),
        (".env", "T=gl{}ptt-{hex:40}"),
        (".env", "T=gl{}imt-{alnum:25}"),
        (".env", "T=gl{}agent-{alnum:50}"),
        (".env", "T=gl{}oas-{hex:64}"),
        (".env", "T=gl{}cbt-{hex:2}_{alnum:20}"),
        (".env", "T=GR{}1348941{alnum:20}"),
    ),
    "Hex High Entropy String": (
        ("app.py", 'secret = "{hex:32}"'),
        ("app.js", "const signingKey = '{hex:48}';"),
        ("app.go", 'hmacSecret := "{hex:44}"'),
    ),
    "Base64 High Entropy String": (
        ("app.py", 'beacon = "{alnum:44}"'),
        ("app.js", "const beacon = '{alnum:52}';"),
        ("app.go", 'beacon := "{alnum:48}"'),
    ),
    "IBM Cloud IAM Key": (
        ("app.py", 'ibm_cloud_api_key = "{alnum:44}"'),
        (".env", "IBM_API_KEY={alnum:44}"),
        ("app.yml", "iam_token: {alnum:44}"),
    ),
    "IBM COS HMAC Credentials": (
        ("app.py", 'cos_hmac_secret_access_key = "{hex:48}"'),
        (".env", "IBM_COS_SECRET_KEY={hex:48}"),
        ("app.yml", "secret_access_key: {hex:48}"),
    ),
    "JSON Web Token": (
        ("app.py", 'jwt = "ey{}JhbGciOiJIUzI1NiJ9.ey{}Jzd{}WIiOiI0MiJ9.{alnum:43}"'),
        ("curl.sh", "curl -H 'Authorization: Bearer ey{}JhbGciOiJIUzI1NiJ9.ey{}Jzd{}WIiOiI0MiJ9.{alnum:43}'"),
        (".env", "SESSION=ey{}JhbGciOiJSUzI1NiJ9.ey{}JpZ{}CI6OTl9.{alnum:342}"),
    ),
    "Secret Keyword": (
        ("app.py", 'password = "{alnum:16}"'),
        ("app.js", "const apiKey = '{alnum:32}';"),
        ("app.go", 'secret := "{alnum:24}"'),
        ("app.java", 'String dbPass = "{alnum:14}";'),
        ("app.yml", "private_key: {alnum:40}"),
        ("app.py", 'if password == "{alnum:16}":'),
        ("app.php", "$pwd = '{alnum:14}';"),
    ),
    "Mailchimp Access Key": (
        ("app.py", 'key = "{hex:32}-us{}12"'),
        (".env", "MAILCHIMP_KEY={hex:32}-us{}6"),
        ("app.js", "mailchimp('{hex:32}-us{}20')"),
    ),
    "NPM tokens": (
        (".npmrc", "//npm.acme.io/:_auth{}Token=np{}m_{alnum:36}"),
        (".npmrc", "//npm.acme.io/:_auth{}Token={hex:36}"),
        ("Dockerfile", "RUN echo //npm.acme.io/:_auth{}Token={hex:36} > .npmrc"),
    ),
    "OpenAI Token": (
        ("app.py", 'key = "sk-{alnum:20}T3Bl{}bkFJ{alnum:20}"'),
        (".env", "KEY=sk-{alnum:20}T3Bl{}bkFJ{alnum:20}"),
        ("app.js", "const k = 'sk-proj-{alnum:58}T3Bl{}bkFJ{alnum:58}'"),
    ),
    "Private Key": (
        ("id", "-----BE{}GIN RSA PRIVATE KEY-----\nMIIE{base64:60}\n{base64:64}\n-----END RSA PRIVATE KEY-----"),
        ("id", "-----BE{}GIN OPENSSH PRIVATE KEY-----\nb3BlbnNz{base64:60}\n{base64:64}\n-----END OPENSSH PRIVATE KEY-----"),
        ("id", "-----BE{}GIN EC PRIVATE KEY-----\nMHcC{base64:60}\n{base64:64}\n-----END EC PRIVATE KEY-----"),
        ("id", "-----BE{}GIN DSA PRIVATE KEY-----\nMIIB{base64:60}\n{base64:64}\n-----END DSA PRIVATE KEY-----"),
        ("id", "-----BE{}GIN PGP PRIVATE KEY BLOCK-----\n\nlQOY{base64:60}\n{base64:64}\n-----END PGP PRIVATE KEY BLOCK-----"),
        ("id", "-----BE{}GIN PRIVATE KEY-----\nMIIE{base64:60}\n{base64:64}\n-----END PRIVATE KEY-----"),
        ("id", "PuTTY-User-Key{}-File-2: ssh-rsa\nEncryption: none\nPrivate-Lines: 2\n{base64:64}\n{base64:64}"),
    ),
    "PyPI Token": (
        (".pypirc", "password = py{}pi-AgEI{}cHlwaS5vcmc{base64url:100}"),
        (".env", "TOKEN=py{}pi-AgEN{}dGVzdC5weXBpLm9yZw{base64url:100}"),
        ("up.sh", "twine upload -p py{}pi-AgEI{}cHlwaS5vcmc{base64url:120}"),
    ),
    "SendGrid API Key": (
        ("app.py", 'key = "SG{}.{base64url:22}.{base64url:43}"'),
        (".env", "SENDGRID_API_KEY=SG{}.{base64url:22}.{base64url:43}"),
        ("app.js", "sg.setApiKey('SG{}.{base64url:22}.{base64url:43}')"),
    ),
    "Slack Token": (
        ("app.py", 'token = "xo{}xb-{digit:12}-{digit:12}-{alnum:24}"'),
        (".env", "SLACK=xo{}xp-{digit:12}-{digit:12}-{digit:12}-{hex:32}"),
        ("app.js", "post('https://hooks.slack{}.com/services/T{uppernum:8}/B{uppernum:8}/{alnum:24}')"),
    ),
    "SoftLayer Credentials": (
        ("app.py", 'softlayer_api_key = "{hex:64}"'),
        (".env", "SL_API_KEY={hex:64}"),
        ("app.js", "get('https://api.softlayer.com/soap/v3/{hex:64}')"),
    ),
    "Square OAuth Secret": (
        ("app.py", 'secret = "sq{}0csp-{base64url:43}"'),
        (".env", "SQUARE=sq{}0csp-{base64url:43}"),
        ("app.js", "square('sq{}0csp-{base64url:43}')"),
    ),
    "Stripe Access Key": (
        ("app.py", 'key = "sk{}_live_{alnum:24}"'),
        (".env", "STRIPE=rk{}_live_{alnum:24}"),
        ("app.js", "stripe('sk{}_live_{alnum:24}')"),
    ),
    "Telegram Bot Token": (
        ("bot.py", 'telegram_token = "{digit:9}:AA{base64url:33}"'),
        (".env", "TELEGRAM_TOKEN={digit:10}:AA{base64url:33}"),
        ("bot.js", "new TelegramBot('{digit:10}:AA{base64url:33}')"),
    ),
    "Twilio API Key": (
        ("app.py", 'twilio = "SK{hex:32}"'),
        (".env", "TWILIO_ACCOUNT_SID=AC{hex:32}"),
        ("app.js", "twilio('AC{hex:32}', token)"),
    ),
}
"""By detect-secrets' type: files and a text each, whose first line holds what the plugin documents."""

# A hex string that nothing names is mostly a digest or an id: the default rules ask for a name.
NOT_WANTED = {"Public IP (ipv4)": "an address is no secret: nothing to revoke, and many in every code base"}


def look(root: Path, rules: str, path: str, template: str) -> Result:
    (root / path).write_text(expand(template) + "\n", "utf-8")
    file = File(path=path, name=path, size=(root / path).stat().st_size)
    return scan([file], lambda name: os.open(root / name, os.O_RDONLY), Options(rules=rules))


CASES = [(kind, path, text) for kind, samples in SAMPLES.items() for path, text in samples]


@pytest.mark.parametrize(("kind", "path", "template"), CASES, ids=[f"{kind}, {text[:24]}" for kind, _, text in CASES])
def test_the_default_rules_find_what_the_plugin_finds(tmp_path: Path, kind: str, path: str, template: str) -> None:
    theirs = look(tmp_path, "detect-secrets", path, template)
    lines = {one.location.line for one in theirs.findings if one.secret and one.secret.detector == kind}
    assert lines, "no sample of this plugin"
    ours = look(tmp_path, "default", path, template)
    assert lines <= {one.location.line for one in ours.findings}


def test_every_plugin_has_samples_or_a_reason() -> None:
    from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class

    assert set(get_mapping_from_secret_type_to_class()) == SAMPLES.keys() | NOT_WANTED.keys()
    assert all(len(samples) >= 3 for samples in SAMPLES.values())
