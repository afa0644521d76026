package io.wadi.runtime.security;

import io.wadi.runtime.http.BoundedHttpClient;
import io.wadi.runtime.watch.WatchedValue;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Function;

/** Sources of JWK sets (RFC 7517): files, and {@code https:} addresses with a timeout of 10 seconds. */
public final class JwkSets {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int MAX_BYTES = 1 << 20;

    private JwkSets() {}

    /**
     * Returns a watched value that is parsed from a JWK set. A remote set may be unavailable at the start.
     *
     * @param empty the value until a remote set is read for the first time
     * @throws IllegalArgumentException if the set is a file that cannot be read or parsed
     */
    public static <T> WatchedValue<T> watch(String fileOrAddress, T empty, Function<byte[], T> parser) {
        if (!fileOrAddress.startsWith("https:")) {
            return WatchedValue.of(fileOrAddress, () -> Files.readAllBytes(Path.of(fileOrAddress)), parser);
        }
        BoundedHttpClient http = new BoundedHttpClient(TIMEOUT, MAX_BYTES);
        return WatchedValue.startingWith(
                empty, BoundedHttpClient.withoutSecrets(fileOrAddress), () -> http.get(fileOrAddress), parser);
    }
}
