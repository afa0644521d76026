package io.wadi.metrics.notification;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.kafka.Causes;
import io.wadi.metrics.notification.WebhookException.Cause;
import io.wadi.runtime.config.Authorities;
import io.wadi.runtime.config.Version;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpResponse.ResponseInfo;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * A processor that posts the message's JSON body to the address in the exchange property {@link #ADDRESS}. It throws a
 * {@link WebhookException} for any response but 2xx and after the response timeout, and keeps only the beginning of a
 * response body. Thread-safe.
 */
public final class Webhook implements Processor {
    /** The exchange property with the target address. */
    public static final String ADDRESS = "alertmanager";

    private static final int MAX_KEPT_BYTES = 600;

    private final WebhookOptions options;
    private final String authorization;
    private final SSLContext tls;
    private HttpClient http;

    /**
     * Reads the certificates; opens no connection.
     *
     * @throws IllegalArgumentException if they cannot be read
     */
    public Webhook(WebhookOptions options) {
        this.options = options;
        this.authorization = authorization(options);
        this.tls = options.caFile().isEmpty()
                ? null
                : Authorities.trusting("wadi.alerts.webhook.ca-file", options.caFile());
    }

    private static String authorization(WebhookOptions options) {
        if (!options.token().isEmpty()) {
            return "Bearer " + options.token();
        }
        byte[] credentials = (options.user() + ":" + options.password()).getBytes(UTF_8);
        return options.user().isEmpty() ? "" : "Basic " + Base64.getEncoder().encodeToString(credentials);
    }

    /**
     * Created by the first request, because it starts threads. Redirects are not followed, to keep credentials on the
     * host.
     */
    private synchronized HttpClient http() {
        if (http == null) {
            HttpClient.Builder builder = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(options.answerTimeout());
            http = (tls == null ? builder : builder.sslContext(tls)).build();
        }
        return http;
    }

    @Override
    public void process(Exchange exchange) throws WebhookException, InterruptedException {
        String address = exchange.getProperty(ADDRESS, String.class);
        Response answer = new Response();
        CompletableFuture<?> response =
                http().sendAsync(request(address, exchange.getMessage().getBody(byte[].class)), answer);
        try {
            // HttpRequest.timeout() does not cover the response body.
            response.get(options.answerTimeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new WebhookException(
                    Cause.TIMEOUT, "no answer within " + options.answerTimeout().toMillis() + " ms");
        } catch (ExecutionException e) {
            if (!answer.hasStatus()) {
                throw new WebhookException(Cause.UNREACHABLE, Causes.inShort(e));
            }
        } finally {
            response.cancel(true);
        }
        answer.requireSuccess(address);
    }

    private HttpRequest request(String address, byte[] body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address))
                .header("Content-Type", "application/json")
                .header("User-Agent", "Wadi/" + Version.CURRENT)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        return (authorization.isEmpty() ? request : request.header("Authorization", authorization)).build();
    }

    /** The status, which is sufficient even if the body is truncated, and the beginning of the body. */
    private static final class Response implements BodyHandler<Void> {
        private final ByteArrayOutputStream beginning = new ByteArrayOutputStream();
        private volatile int status;

        @Override
        public BodySubscriber<Void> apply(ResponseInfo head) {
            status = head.statusCode();
            return BodySubscribers.ofByteArrayConsumer(part -> part.ifPresent(this::keep));
        }

        private void keep(byte[] part) {
            beginning.write(part, 0, Math.min(part.length, MAX_KEPT_BYTES - beginning.size()));
        }

        boolean hasStatus() {
            return status != 0;
        }

        void requireSuccess(String address) throws WebhookException {
            if (status < 200 || status > 299) {
                throw new WebhookException(
                        WebhookException.of(status),
                        "%d of %s: %s"
                                .formatted(
                                        status,
                                        address,
                                        beginning.toString(UTF_8).strip()));
            }
        }
    }
}
