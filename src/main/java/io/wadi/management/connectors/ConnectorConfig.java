package io.wadi.management.connectors;

import io.wadi.runtime.config.Secrets;
import java.util.Map;
import java.util.TreeMap;
import org.apache.camel.Endpoint;
import org.apache.camel.util.URISupport;

/** Returns the options of a route's input as a connector configuration, without secrets. */
final class ConnectorConfig {
    private ConnectorConfig() {}

    /** Returns the address as {@code input} and each option as {@code input.NAME}. */
    static Map<String, String> of(Endpoint input) {
        Map<String, String> config = new TreeMap<>();
        String uri = input.getEndpointUri();
        String address = uri.replaceFirst("\\?.*", "").replaceFirst("://", ":");
        // The part of an address before an @ may contain a user and a password.
        config.put("input", Secrets.hideIn(address.replaceFirst("(?<=:)[^/@]*:[^/@]*@", Secrets.HIDDEN + "@")));
        parse(uri).forEach((name, value) -> config.put("input." + name, shown(name, String.valueOf(value))));
        return config;
    }

    private static Map<String, Object> parse(String uri) {
        int options = uri.indexOf('?');
        try {
            return options < 0 ? Map.of() : URISupport.parseQuery(uri.substring(options + 1), false, true);
        } catch (java.net.URISyntaxException e) {
            return Map.of();
        }
    }

    private static String shown(String name, String value) {
        // The address of a database may contain a password.
        return Secrets.isSecret(name) ? Secrets.HIDDEN : Secrets.hideIn(value);
    }
}
