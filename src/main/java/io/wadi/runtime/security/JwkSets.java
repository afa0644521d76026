package io.wadi.runtime.security;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.nimbusds.jose.util.DefaultResourceRetriever;
import io.wadi.runtime.watch.WatchedValue;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;

/** Sources of JWK sets (RFC 7517): files, and {@code https:} addresses with a timeout of 10 seconds. */
public final class JwkSets {
    private static final int TIMEOUT_MS = 10_000;
    private static final int MAX_BYTES = 1 << 20;

    private JwkSets() {}

    /**
     * Returns a value parsed from a JWK set that is checked for changes. A remote set may be unavailable at the start.
     *
     * @param empty the value until a remote set was read for the first time
     * @throws IllegalArgumentException if a file cannot be read or parsed
     */
    public static <T> WatchedValue<T> watch(String fileOrAddress, T empty, WatchedValue.Parser<T> parser) {
        return isRemote(fileOrAddress)
                ? WatchedValue.startingWith(empty, fileOrAddress, source(fileOrAddress), parser)
                : WatchedValue.of(fileOrAddress, source(fileOrAddress), parser);
    }

    private static WatchedValue.Source source(String fileOrAddress) {
        if (!isRemote(fileOrAddress)) {
            return () -> Files.readAllBytes(Path.of(fileOrAddress));
        }
        DefaultResourceRetriever web = new DefaultResourceRetriever(TIMEOUT_MS, TIMEOUT_MS, MAX_BYTES) {
            /** Follows no redirects: keys are trusted from the configured address only. */
            @Override
            protected HttpURLConnection openHTTPConnection(URL url) throws IOException {
                HttpURLConnection connection = super.openHTTPConnection(url);
                connection.setInstanceFollowRedirects(false);
                return connection;
            }
        };
        return () -> web.retrieveResource(URI.create(fileOrAddress).toURL())
                .getContent()
                .getBytes(UTF_8);
    }

    private static boolean isRemote(String fileOrAddress) {
        return fileOrAddress.startsWith("https:");
    }
}
