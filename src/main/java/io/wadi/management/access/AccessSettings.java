package io.wadi.management.access;

import static io.wadi.runtime.config.Setting.duration;
import static io.wadi.runtime.config.Setting.list;
import static io.wadi.runtime.config.Setting.matching;
import static io.wadi.runtime.config.Setting.optional;
import static io.wadi.runtime.config.Setting.text;

import io.wadi.runtime.config.Setting;
import java.time.Duration;
import java.util.List;

/** The settings of access control of the management port. */
public final class AccessSettings {
    public static final Setting<String> USERS_FILE = optional(
            "wadi.management.users-file",
            "no users",
            "File of the users of the management port, with lines created by ./wadi users hash; empty: no users. Without users and tokens no authentication is required, and the port must be bound to a loopback address, without trusted proxies.");
    public static final Setting<String> JWT_JWKS = matching(
            "wadi.management.jwt-jwks",
            "",
            "(https://[^\\s]+|(?!\\w+://).*)",
            "a file, an https URL, or empty for no tokens",
            "JWK set of the issuer of JWTs for the management port: a file or an https URL; empty: no tokens.");
    public static final Setting<String> JWT_ISSUER = optional(
            "wadi.management.jwt-issuer", "no tokens", "Expected issuer (iss) of tokens for the management port.");
    public static final Setting<String> JWT_AUDIENCE = text(
            "wadi.management.jwt-audience",
            "wadi",
            "Value that the audience (aud) of tokens for the management port must contain.");
    public static final Setting<String> JWT_ROLE_CLAIM = text(
            "wadi.management.jwt-role-claim",
            "role",
            "Claim of tokens for the management port with the role, view or operate.");
    public static final Setting<Duration> SESSION_TTL = duration(
            "wadi.management.session-ttl", "8h", "1m", "30d", "Lifetime of a login session at the management port.");
    public static final Setting<Duration> IDLE_TIMEOUT = duration(
            "wadi.management.idle-timeout",
            "1m",
            "1s",
            "1h",
            "Maximum time for a client of the management port to send the headers of a request, to send its body, and to read the response; then its connection is closed.");
    public static final Setting<List<String>> HOST_NAMES = list(
            "wadi.management.host-names",
            "localhost,*.localhost,*.svc,*.cluster.local",
            "Allowed host names of requests to the management port, such as wadi.example.com, *.example.com, or * for any. IP addresses are always allowed, and with users or tokens also names without a dot.");

    public static final List<Setting<?>> ALL = Setting.declaredIn(AccessSettings.class);

    private AccessSettings() {}
}
