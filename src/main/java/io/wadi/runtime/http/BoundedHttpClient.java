package io.wadi.runtime.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.kafka.Causes;
import io.wadi.runtime.config.Units;
import io.wadi.runtime.config.Version;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;

/**
 * An HTTP/1.1 client with a timeout for the whole exchange and a size limit for the response. It closes the connection
 * if either is exceeded. It does not follow redirects, which could disclose credentials or reach internal servers. It
 * starts its threads with the first request. Thread-safe.
 */
public final class BoundedHttpClient {
    private static final int OK = 200;
    private static final int MAX_ERROR_LENGTH = 300;

    private final Duration timeout;
    private final long maxBytes;
    private final String authorization;
    private final Optional<SSLContext> tls;
    private HttpClient client;

    /** A response; its body is not decompressed. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Response(int status, HttpHeaders headers, byte[] body) {
        /** Returns the beginning of the body, for messages. */
        public String text(int maxLength) {
            String text = new String(body, UTF_8).strip();
            return text.substring(0, Math.min(maxLength, text.length()));
        }
    }

    /**
     * Creates a client without credentials that trusts the authorities of the JDK.
     *
     * @param timeout the timeout of a whole exchange, including the connection and the response body
     * @param maxBytes maximum size of a response body
     */
    public BoundedHttpClient(Duration timeout, long maxBytes) {
        this(timeout, maxBytes, "", Optional.empty());
    }

    /**
     * Creates a client.
     *
     * @param timeout the timeout of a whole exchange, including the connection and the response body
     * @param maxBytes maximum size of a response body
     * @param authorization the value of the header {@code Authorization}; empty for none
     * @param tls the TLS context with the trusted authorities; empty for those of the JDK
     */
    public BoundedHttpClient(Duration timeout, long maxBytes, String authorization, Optional<SSLContext> tls) {
        this.timeout = timeout;
        this.maxBytes = maxBytes;
        this.authorization = authorization;
        this.tls = tls;
    }

    /** Returns the header value of basic authentication (RFC 7617, UTF-8); empty for an empty user. */
    public static String basic(String user, String password) {
        byte[] credentials = (user + ":" + password).getBytes(UTF_8);
        return user.isEmpty() ? "" : "Basic " + Base64.getEncoder().encodeToString(credentials);
    }

    /** Returns an address for messages, without user, password and query, which may contain a token. */
    public static String withoutSecrets(String address) {
        return address.replaceFirst("(?<=://)[^/?#]*@", "").replaceFirst("\\?.*", "");
    }

    /**
     * Returns the body of a response with status 200.
     *
     * @throws HttpExchangeException if there is no complete response; the message starts with the address
     * @throws IOException if the status is another; the message contains it and the beginning of the body
     */
    public byte[] get(String address, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address));
        Response response;
        try {
            response = send(headers.length == 0 ? request : request.headers(headers));
        } catch (HttpExchangeException e) {
            throw new HttpExchangeException(withoutSecrets(address) + ": " + e.getMessage(), e.isTimeout(), e);
        }
        if (response.status() != OK) {
            throw new IOException("%s returned %d: %s"
                    .formatted(withoutSecrets(address), response.status(), response.text(MAX_ERROR_LENGTH)));
        }
        return response.body();
    }

    /**
     * Sends a request and returns the complete response.
     *
     * @throws HttpExchangeException if the connection fails, the timeout has passed, or the body is truncated or too
     *     large
     */
    public Response send(HttpRequest.Builder request) throws HttpExchangeException, InterruptedException {
        return exchange(request, new Receiver(maxBytes, false));
    }

    /**
     * Sends a request and returns the status with the beginning of the body. A body that is too large or truncated is
     * not an error.
     *
     * @throws HttpExchangeException if the connection fails, no status is received, or the body does not end within the
     *     timeout
     */
    public Response sendForStatus(HttpRequest.Builder request) throws HttpExchangeException, InterruptedException {
        return exchange(request, new Receiver(maxBytes, true));
    }

    private Response exchange(HttpRequest.Builder request, Receiver receiver)
            throws HttpExchangeException, InterruptedException {
        request.setHeader("User-Agent", "Wadi/" + Version.CURRENT);
        if (!authorization.isEmpty()) {
            request.setHeader("Authorization", authorization);
        }
        CompletableFuture<?> response = client().sendAsync(request.build(), receiver);
        try {
            // HttpRequest.timeout() does not cover the response body.
            response.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new HttpExchangeException("did not complete its response within " + Units.text(timeout), true, e);
        } catch (ExecutionException e) {
            if (!receiver.isStatusEnough()) {
                throw new HttpExchangeException(
                        receiver.isTooLarge() ? "sent more than " + Units.text(maxBytes) : Causes.inShort(e), false, e);
            }
        } finally {
            response.cancel(true);
            receiver.cancel();
        }
        return receiver.response();
    }

    private synchronized HttpClient client() {
        if (client == null) {
            HttpClient.Builder builder =
                    HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(timeout);
            tls.ifPresent(builder::sslContext);
            client = builder.build();
        }
        return client;
    }

    /** Receives one response: its head, and its body up to the maximum size. */
    private static final class Receiver implements BodyHandler<Void>, BodySubscriber<Void> {
        private final long maxBytes;
        private final boolean isTruncating;
        private final CompletableFuture<Void> end = new CompletableFuture<>();
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private Flow.Subscription subscription;
        private boolean isCanceled;
        private volatile ResponseInfo head;
        private volatile boolean isTooLarge;

        Receiver(long maxBytes, boolean isTruncating) {
            this.maxBytes = maxBytes;
            this.isTruncating = isTruncating;
        }

        Response response() {
            return new Response(head.statusCode(), head.headers(), bytes.toByteArray());
        }

        boolean isStatusEnough() {
            return isTruncating && head != null;
        }

        boolean isTooLarge() {
            return isTooLarge;
        }

        @Override
        public BodySubscriber<Void> apply(ResponseInfo received) {
            head = received;
            return this;
        }

        @Override
        public CompletionStage<Void> getBody() {
            return end;
        }

        @Override
        public synchronized void onSubscribe(Flow.Subscription begun) {
            subscription = begun;
            if (isCanceled) {
                begun.cancel();
            } else {
                begun.request(Long.MAX_VALUE);
            }
        }

        /** Stops receiving; closes the connection unless the response is complete. */
        synchronized void cancel() {
            isCanceled = true;
            if (subscription != null) {
                subscription.cancel();
            }
        }

        @Override
        public void onNext(List<ByteBuffer> pieces) {
            for (ByteBuffer piece : pieces) {
                byte[] chunk = new byte[(int) Math.min(piece.remaining(), maxBytes - bytes.size())];
                isTooLarge |= chunk.length < piece.remaining();
                piece.get(chunk);
                bytes.writeBytes(chunk);
            }
            if (isTooLarge && !isTruncating) {
                cancel();
                end.completeExceptionally(new IOException("The response is too large"));
            }
        }

        @Override
        public void onError(Throwable failure) {
            end.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            end.complete(null);
        }
    }
}
