package io.wadi.metrics.prometheus;

import io.wadi.runtime.config.Setting;
import io.wadi.runtime.config.SettingsException;
import io.wadi.runtime.http.BoundedHttpClient;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Prometheus target.
 *
 * @param host the {@code host.name} of its documents and the key of their records
 * @param uri the address of its exposition
 */
public record PrometheusTarget(String host, URI uri) {
    private static final Pattern NAMED = Pattern.compile("(?:([A-Za-z0-9._-]+)=)?(.+)");
    private static final String ALLOWED =
            "expected [NAME=]HOST:PORT or [NAME=]http(s)://HOST[:PORT][/PATH], without a user";

    /**
     * Parses targets, each {@code [NAME=]HOST:PORT}, which is short for {@code http://HOST:PORT/metrics}, or
     * {@code [NAME=]URL}. The default name is the URL's host. A repeated target counts once.
     *
     * @param setting the name of the setting, for error messages
     * @param targets separated by commas; may be empty
     * @throws SettingsException with all errors
     */
    public static List<PrometheusTarget> parse(String setting, String targets) {
        Set<PrometheusTarget> parsed = new LinkedHashSet<>();
        List<String> mistakes = new ArrayList<>();
        for (String target : targets.split(",", -1)) {
            try {
                if (!target.isBlank()) {
                    parsed.add(parse(target.strip()));
                }
            } catch (IllegalArgumentException e) {
                mistakes.add("%s: found %s, %s"
                        .formatted(setting, BoundedHttpClient.withoutSecrets(target.strip()), e.getMessage()));
            }
        }
        if (!mistakes.isEmpty()) {
            throw new SettingsException(mistakes);
        }
        return List.copyOf(parsed);
    }

    private static PrometheusTarget parse(String target) {
        Matcher named = NAMED.matcher(target);
        if (!named.matches()) {
            throw new IllegalArgumentException(ALLOWED);
        }
        URI uri = uri(named.group(2));
        return new PrometheusTarget(named.group(1) == null ? withoutBrackets(uri.getHost()) : named.group(1), uri);
    }

    private static URI uri(String address) {
        try {
            URI uri = new URI(address.contains("://") ? address : "http://" + address);
            if (!isSupported(uri)) {
                throw new IllegalArgumentException(ALLOWED);
            }
            return uri.getRawPath().isEmpty() ? withDefaultPath(uri) : uri;
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(ALLOWED, e);
        }
    }

    private static URI withDefaultPath(URI uri) throws URISyntaxException {
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        return new URI(uri.getScheme() + "://" + uri.getRawAuthority() + "/metrics" + query);
    }

    private static boolean isSupported(URI uri) {
        return List.of("http", "https").contains(String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT))
                && uri.getHost() != null
                && uri.getUserInfo() == null
                && !uri.getRawAuthority().endsWith(":")
                && uri.getPort() != 0
                && uri.getPort() <= Setting.MAX_PORT;
    }

    private static String withoutBrackets(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    /** Returns host and port, the value of Prometheus' label {@code instance}. */
    String instance() {
        int port = uri.getPort() >= 0 ? uri.getPort() : "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
        return uri.getHost() + ":" + port;
    }

    /** Returns the URL without its query, which may contain secrets. */
    String address() {
        return uri.getScheme() + "://" + uri.getRawAuthority() + uri.getRawPath();
    }

    @Override
    public String toString() {
        return host + "=" + address();
    }
}
