"""What everybody may see although its name speaks of a key: each class with a value that is one, and with a secret beside it."""

from __future__ import annotations

import pytest

from tests.unit.secrets.test_judge import decide

PUBLIC = (
    ("assigned-key", "RECAPTCHA_SITE_KEY={alnum:20}7{alnum:19}", ".env", "the public key of a site"),
    ("assigned-key", 'data-sitekey="{uuid}"', "page.html", "the public key of a site"),
    ("assigned-key", 'captchaKey: "6L{alnum:38}"', "app.js", "the public key of a site"),
    ("assigned-key", "GPG_KEY={hexupper:40}", "Dockerfile", "the fingerprint of a key"),
    ("assigned-key", "<gpg.keyname>{hexupper:16}</gpg.keyname>", "pom.xml", "the fingerprint of a key"),
    ("assigned-password", "db.password.encrypted={base64:88}", "db.properties", "encrypted"),
    ("assigned-password", "  SMTP_PASSWORD: Ag{}B{base64:300}", "sealed.yaml", "encrypted or public"),
    ("assigned-password", 'password = "01000000{}d08c9ddf{hex:200}"', "a.ps1", "encrypted or public"),
    ("assigned-token", '<string name="mapbox_access_token">pk{}.eyJ{alnum:40}.{alnum:22}</string>', "strings.xml", "encrypted or public"),
    ("assigned-credential", 'const val BLE_AUTH_CHAR = "{uuid}"', "Ble.kt", "the number of a Bluetooth service"),
    ("assigned-credential", "implementation 'com.auth0:java-jwt:3.8.1'", "build.gradle", "a package"),
    ("assigned-key", "{{ key: '4d{hex:6}', title: 'Import' }}", "seeds.rb", "the number of a record"),
    ("assigned-credential", "AUTH_SERVER_HOST=db:5432", ".env", "a host and its port"),
    ("assigned-password", "PASS" "WORD=`pwgen -s 16 1`", "deploy.sh", "a command"),
    ("assigned-credential", "def deployCreds = '{uuid}'", "Jenkinsfile", "the number of credentials"),
    ("command-line-secret", "get-secret-value --secret-id prod-eu1-queue-read --query SecretString", "run.sh", "the name of a secret"),
    ("assigned-key", 'key = "2b7e{}151628aed2a6{hex:16}"', "vectors.py", "published"),
)

SECRET = (
    ("assigned-key", "RECAPTCHA_SECRET_KEY={alnum:20}7{alnum:19}", ".env"),
    ("assigned-key", "API_KEY={hexupper:40}", "Dockerfile"),
    ("assigned-password", "encrypted_db.password={alnum:20}", "db.properties"),
    ("assigned-credential", 'const val BLE_AUTH = "{uuid}"', "Ble.kt"),
    ("assigned-key", 'key: "{hex:32}"', "settings.yml"),
    ("assigned-password", 'password = "{alnum:18}"', "deploy.sh"),
    ("assigned-credential", "def deployCreds = '{alnum:24}'", "Jenkinsfile"),
    ("command-line-secret", "vault write auth/approle/login --secret-id {uuid}", "run.sh"),
)


@pytest.mark.parametrize(("rule_id", "line", "path", "reason"), PUBLIC, ids=[line[:30] for _, line, _, _ in PUBLIC])
def test_what_everybody_may_see(rule_id: str, line: str, path: str, reason: str) -> None:
    decision = decide(rule_id, line, path)
    assert (decision.secret, decision.reason) == (False, reason)


@pytest.mark.parametrize(("rule_id", "line", "path"), SECRET, ids=[line[:30] for _, line, _ in SECRET])
def test_what_is_secret_beside_it(rule_id: str, line: str, path: str) -> None:
    assert decide(rule_id, line, path).secret
