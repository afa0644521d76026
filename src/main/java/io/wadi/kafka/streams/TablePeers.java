package io.wadi.kafka.streams;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.wadi.runtime.http.BoundedHttpClient;
import io.wadi.runtime.http.HttpExchangeException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.apache.kafka.streams.state.HostInfo;

/**
 * A client that forwards requests to other instances, with the requester's credentials and without retries.
 * Thread-safe.
 */
final class TablePeers {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final int MAX_CONCURRENT = 16;
    private static final int MAX_BODY_BYTES = 32 << 20;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final Set<Integer> FORWARDED_CODES =
            Set.of(TableResponse.OK, TableResponse.NOT_FOUND, TableResponse.UNAVAILABLE, TableResponse.FAILED);

    private final Semaphore permits = new Semaphore(MAX_CONCURRENT);
    private final BoundedHttpClient http = new BoundedHttpClient(TIMEOUT, MAX_BODY_BYTES);

    TableResponse forward(HostInfo instance, TableRequest request, TableRequest.ForwardedTo role)
            throws InterruptedException {
        if (!permits.tryAcquire()) {
            return TableResponse.error(
                    TableResponse.UNAVAILABLE, MAX_CONCURRENT + " requests are being forwarded already");
        }
        try {
            return send(instance, request, role);
        } finally {
            permits.release();
        }
    }

    private TableResponse send(HostInfo instance, TableRequest request, TableRequest.ForwardedTo role)
            throws InterruptedException {
        String url = url(instance, request);
        HttpRequest.Builder forwarded =
                HttpRequest.newBuilder(URI.create(url)).header(TableRequest.FORWARDED_TO, role.word());
        if (!request.authorization().isEmpty()) {
            forwarded.header("Authorization", request.authorization());
        }
        try {
            BoundedHttpClient.Response response = http.send(forwarded);
            return response(response.status(), new String(response.body(), UTF_8), url);
        } catch (HttpExchangeException e) {
            return TableResponse.error(
                    TableResponse.UNAVAILABLE,
                    "%s:%d, which may have the key, returned no complete response: %s"
                            .formatted(instance.host(), instance.port(), e.getMessage()));
        }
    }

    private static TableResponse response(int code, String body, String url) {
        if (FORWARDED_CODES.contains(code) && !body.isEmpty()) {
            return new TableResponse(code, body);
        }
        // The Authorization header is valid in all instances, a session in one only.
        return code == UNAUTHORIZED || code == FORBIDDEN
                ? TableResponse.of(
                        TableResponse.MISDIRECTED,
                        JsonNodeFactory.instance
                                .objectNode()
                                .put(
                                        "error",
                                        "another instance has the key and requires authentication: request it there")
                                .put("where", url))
                : TableResponse.error(TableResponse.UNAVAILABLE, "%s returned status %d".formatted(url, code));
    }

    static String url(HostInfo instance, TableRequest request) {
        String host = instance.host().contains(":") ? "[" + instance.host() + "]" : instance.host();
        return "http://%s:%s%s".formatted(host, instance.port(), request.target());
    }
}
