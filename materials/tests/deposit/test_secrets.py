"""Secrets in source code: whatever way they are written down they are covered, and words about them are not."""

from __future__ import annotations

import time

import pytest
from materials.deposit.secret_words import looks_random, weight_of
from materials.deposit.secrets import masked

pytestmark = pytest.mark.requirement("F-07")

S = "Xy12Kq99pp"
"""Stands for ``@`` in the lines below; ``§`` is a real ``@``."""

PLANTED = [
    'String dbPassword = "@";',
    'String password = "@";',
    'appSecret = "@"',
    'userPwd: "@"',
    'accessKeySecret = "@"',
    'token = "@"',
    'passWord = "@"',
    'f(password, "@");',
    'map.put("password", "@");',
    'props.setProperty("spring.datasource.password", "@");',
    'config.setPassword("@");',
    'builder.password("@").build();',
    '.withSecret("@")',
    "define('DB_PASSWORD', '@');",
    '#define DB_PASSWORD "@"',
    '  #  define API_KEY    ("@")',
    'const char *password = "@";',
    'char pwd[] = "@";',
    'String url = "jdbc:mysql://localhost:3306/db?user=root&password=@&useSSL=false";',
    'string conn = "Server=.;Database=x;Uid=sa;Pwd=@;";',
    '"Authorization": "Bearer @abcdef"',
    'headers.set("Authorization", "Basic cm9vdDpzZWNyZXQ=")',
    'curl -H "Authorization: Bearer @zz"',
    'var password string = "@"',
    'const PASSWORD: &str = "@";',
    'let secret: String = "@"',
    'password := "@"',
    "$config['db_password'] = '@';",
    "'password' => '@',",
    '"secret": "@",',
    "db.password = '@'",
    'this.apiKey = "@";',
    'process.env.JWT_SECRET || "@"',
    'os.getenv("DB_PASSWORD", "@")',
    'if (password.equals("@")) {',
    'if ("@".equals(password)) {',
    'if password == "@":',
    '<property name="password" value="@"/>',
    "<password>@</password>",
    '<entry key="db.password">@</entry>',
    'String[] passwords = {"@1", "@2"};',
    'PASSWORDS = ["@a", "@b", "@c"]',
    'password = "@" + "@second";',
    'String PRIVATE = "-----BEGIN RSA PRIVATE KEY-----MIIEowIBAAKCAQEAXy12Kq99ppMIIEow-----END RSA PRIVATE KEY-----";',
    'String P2 = "-----BEGIN PRIVATE KEY-----\\nMIIEowIBAAKCAQEAXy12Kq99ppMIIEow\\n-----END PRIVATE KEY-----\\n";',
    'aws_secret_access_key = "wJalrXUtnFEMI/K7MDENG/Xy12Kq99ppEY"',
    "mongodb://root:Xy12Kq99pp§host/db",
    "redis://:Xy12Kq99pp§host/0",
    "CREATE USER 'a' IDENTIFIED BY '@';",
    "ALTER USER x WITH PASSWORD '@';",
    'encryptKey = "@"',
    'private static final String AES_KEY = "@abcd";',
    '§Value("${db.password:@}")',
    "password = `@`",
    'new Credentials("root", password = "@")',
    'mchKey = "@"',
    'data class A(val password: String = "@")',
    'login("admin", "password", "@")',
    "password: '@',",
    '"passwd" : "@"',
    'auth=("root", "@")',
    'Dim pwd As String = "@"',
    'mima = "@"',
    'redis.auth("@")',
    'secret_key="@"',
    'pass = "@"',
    '$pass = "@";',
    'MYSQL_ROOT_PASSWORD="@"',
    'db_pass: "@"',
    'sign_key = "@"',
]
SHELL = [
    "export DB_PASSWORD=@",
    "mysql -uroot -p@ db",
    "PGPASSWORD=@ psql -h db",
    "mysqldump --password=@ db",
    "curl -u admin:@ http://x/",
    "sshpass -p @ ssh root§host",
    "set API_KEY=@",
    "redis-cli -h cache -a @",
]
NO_SECRETS = [
    "login(user='name', password='password')",
    "secret = 'your-secret-here'",
    "labels = {'密码': '请输入密码'}",
    "api_key = 'API_KEY'",
    'passwordField = "password-input"',
    'message = "Please enter your password"',
    'errors.password = "Password must be at least 8 characters"',
    'password: "密码不能为空"',
    'token = "identifier"',
    'key = "name"',
    'if key == "width":',
    'row["key"] = "value"',
    'passwordHint = "Your first pet"',
    'PASSWORD_ERROR = "wrong_password"',
    'getPassword("password")',
    'document.getElementById("password")',
    '$("#password").val()',
    '<input type="password" name="password" id="password" placeholder="Password">',
    '<label for="password">Password</label>',
    "<th>Password</th>",
    '{key: "id", title: "Password"}',
    'self.assertEqual(token.type, "NAME")',
    'TOKEN_URL = "https://example.com/oauth2/token"',
    'secretary = "Jane Doe"',
    'monkey = "banana"',
    'keyboard = "qwerty1234"',
    'keys = ["a", "b"]',
    'sort_key = "created_at"',
    'primary_key = "user_id"',
    'password = os.environ["DB_PASSWORD"]',
    'password = getpass("Password: ")',
    'raise ValueError("password is required")',
    "foreign key (user_id) references users(id)",
    'password = "${DB_PASSWORD}"',
    'password = "%s"',
    'password = "{password}"',
    'passport = "E12345678"',
    'compass = "north1234"',
    'cache_key = "user:profile"',
    'public static final String TOKEN_TYPE = "Bearer";',
    "Basic authentication is required",
    "Bearer authentication scheme",
    'kbd["key"] = "Ctrl+Shift+P"',
    "pwd = password.encode('utf-8')",
    "from pwd import getpwnam",
    "fetch(url, { credentials: 'same-origin' })",
    "__all__ = ['SecretStr',",
    "if you pass :meth:`spawn` a key already passed",
    "signature = inspect.signature(call)",
    "{'sk': 'sk_SK.ISO8859-2'}",
    "identified by 'name'",
    "author = 'pass'",
]


def planted(line: str) -> str:
    return line.replace("@", S).replace("§", "@")


@pytest.mark.parametrize("line", PLANTED)
def test_a_secret_is_covered_however_it_is_written(line: str) -> None:
    lines, found = masked([planted(line)])
    assert S not in lines[0]
    assert "cm9vd" not in lines[0]
    assert len(lines[0]) == len(planted(line))
    assert found


@pytest.mark.parametrize("line", SHELL)
def test_in_a_shell_a_secret_needs_no_quotes(line: str) -> None:
    lines, _ = masked([planted(line)], "bash")
    assert S not in lines[0]


@pytest.mark.parametrize("line", NO_SECRETS)
def test_words_about_secrets_stay(line: str) -> None:
    assert masked([line], "python") == ([line], [])


@pytest.mark.parametrize(
    "ending", ["password = \\", "password = (", '"password":', "secretKey =", "f(password,", "pwd = {"]
)
def test_a_value_on_the_next_line_is_its_names(ending: str) -> None:
    lines, found = masked(["x = 1", ending, f'    "{S}"', "y = 2"])
    assert lines == ["x = 1", ending, f'    "{"*" * len(S)}"', "y = 2"]
    assert [secret.line for secret in found] == [3]


def test_a_key_ends_where_it_ends() -> None:
    """A program that looks for keys is not covered to its last line."""
    checks = ['if "-----BEGIN RSA PRIVATE KEY-----" in text:', "    raise Found", "x = 1"]
    assert masked(checks) == (checks, [])
    key = ['K = ("-----BEGIN PRIVATE KEY-----\\n"', '"MIIEowIBAAKCAQEA\\n"', '"QmFzZTY0IGtleQ==\\n"']
    lines, found = masked([*key, '"-----END PRIVATE KEY-----")', "x = 1"])
    assert not any(part in "\n".join(lines) for part in ("MIIE", "QmFz"))
    assert lines[-1] == "x = 1"
    assert [secret.kind for secret in found] == ["private_key"]
    cut_off, _ = masked(["-----BEGIN RSA PRIVATE KEY-----", "MIIEowIBAAKCAQEA", "def f():", "    return 1"])
    assert cut_off[1:] == ["*" * 16, "def f():", "    return 1"]


@pytest.mark.parametrize(
    "name", ["dbPassword", "db.password", "DB_PASSWORD", "db-password", "passWord", "userPwd", "AES_KEY"]
)
def test_one_name_is_written_in_many_ways(name: str) -> None:
    assert weight_of(name) == "strong"


def test_names_are_told_from_their_parts() -> None:
    assert weight_of("passwordHint") == weight_of("getPassword") == weight_of("token") == "weak"
    for name in ("secretary", "passenger", "keyboard", "monkey_count", "passport", "passed", "compass"):
        assert weight_of(name) is None, name


def test_names_and_versions_are_not_random() -> None:
    for value in (
        "utf8mb4_unicode",
        "sha256-digest",
        "Ed25519PublicKey",
        "ISO8859-2",
        "v1.22.333",
        "2026-11-28",
        "text/html5",
    ):
        assert not looks_random(value), value
    for value in ("a1B2c3D4", "9f86d081884c7d65", "Xy12Kq99pp", "wJalrXUtnFEMI/K7MDENG/bPx1RfiCY2Zq"):
        assert looks_random(value), value


@pytest.mark.parametrize(
    "line",
    [
        "key" + " " * 100_000,
        'password="a1b2c3d4", ' * 5_000,
        '"' * 100_000,
        "user identified " * 6_000,
        "a@" * 50_000,
        "<password>" * 10_000,
        'name="password" ' * 6_000,
        "://a:b" * 20_000,
        "bearer " * 14_000,
        "${password:" * 9_000,
    ],
    ids=lambda line: line[:16],
)
def test_a_hostile_line_takes_no_longer_than_its_length(line: str) -> None:
    started = time.process_time()
    masked([line], "bash")
    assert time.process_time() - started < 8
