package io.wadi.management.access;

import static io.wadi.runtime.config.Setting.duration;
import static io.wadi.runtime.config.Setting.list;
import static io.wadi.runtime.config.Setting.matching;
import static io.wadi.runtime.config.Setting.optional;
import static io.wadi.runtime.config.Setting.text;

import io.wadi.runtime.config.Setting;
import java.time.Duration;
import java.util.List;

/** The settings of access to the management port. */
public final class AccessSettings {
    public static final Setting<String> USERS_FILE = optional(
            "wadi.management.users-file",
            "no users",
            "Those who may log in at the management port, made by ./wadi users hash; empty: nobody is asked, unless tokens are, and the port stays on this machine.");
    public static final Setting<String> JWT_JWKS = matching(
            "wadi.management.jwt-jwks",
            "",
            "(https://[^\\s]+|(?!\\w+://).*)",
            "a file or an https address, or nothing for no tokens",
            "The issuer's JWK set, where JWTs are taken at the management port: a file or an https address; empty: no tokens.");
    public static final Setting<String> JWT_ISSUER =
            optional("wadi.management.jwt-issuer", "no tokens", "The issuer (iss) of the management port's tokens.");
    public static final Setting<String> JWT_AUDIENCE = text(
            "wadi.management.jwt-audience",
            "wadi",
            "What the audience (aud) of the management port's tokens has among it.");
    public static final Setting<String> JWT_ROLE_CLAIM = text(
            "wadi.management.jwt-role-claim",
            "role",
            "The claim of the management port's tokens that says view or operate.");
    public static final Setting<Duration> SESSION_TTL = duration(
            "wadi.management.session-ttl", "8h", "1m", "30d", "How long a login at the management port's page holds.");
    public static final Setting<Duration> IDLE_TIMEOUT = duration(
            "wadi.management.idle-timeout",
            "1m",
            "1s",
            "1h",
            "How long a client of the management port may take to send the headers of a request, then its body, then to take the answer; after that its connection is closed.");
    public static final Setting<List<String>> HOST_NAMES = list(
            "wadi.management.host-names",
            "localhost,*.localhost,*.svc,*.cluster.local",
            "Names that requests to the management port may be addressed to, such as wadi.example.com, *.example.com, or * for any; IP addresses always are, with users names without a dot too.");

    /** All of them. */
    public static final List<Setting<?>> ALL = List.of(
            USERS_FILE, JWT_JWKS, JWT_ISSUER, JWT_AUDIENCE, JWT_ROLE_CLAIM, SESSION_TTL, IDLE_TIMEOUT, HOST_NAMES);

    private AccessSettings() {}
}
