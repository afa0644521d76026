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
 * Sends the message's body, JSON, to the address in the exchange's property {@link #ADDRESS} by {@code POST}. It returns when
 * a 2xx has come, and throws a {@link WebhookException} for everything else, at the latest when the time for an answer is
 * over. Of an answer no more than its beginning is kept. Thread-safe.
 */
public final class Webhook implements Processor {
    /** The exchange property with the address that is sent to. */
    public static final String ADDRESS = "alertmanager";

    private static final int LONGEST_ANSWER = 600;

    private final WebhookOptions options;
    private final String authorization;
    private final SSLContext tls;
    private HttpClient http;

    /**
     * Reads the certificates; connects to nothing.
     *
     * @throws IllegalArgumentException where they cannot be read; the message says all
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

    /** Made with the first request: it has threads. A redirection is not followed, so that no password goes elsewhere. */
    private synchronized HttpClient http() {
        if (http == null) {
            HttpClient.Builder builder =
                    HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(options.answerWithin());
            http = (tls == null ? builder : builder.sslContext(tls)).build();
        }
        return http;
    }

    @Override
    public void process(Exchange exchange) throws WebhookException, InterruptedException {
        String address = exchange.getProperty(ADDRESS, String.class);
        Answer answer = new Answer();
        CompletableFuture<?> coming =
                http().sendAsync(request(address, exchange.getMessage().getBody(byte[].class)), answer);
        try {
            // The request's own timeout ends with the answer's head, and its body may hang, too.
            coming.get(options.answerWithin().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new WebhookException(
                    Cause.TIMEOUT, "no answer within " + options.answerWithin().toMillis() + " ms");
        } catch (ExecutionException e) {
            if (!answer.hasStatus()) {
                throw new WebhookException(Cause.UNREACHABLE, Causes.inShort(e));
            }
        } finally {
            coming.cancel(true);
        }
        answer.judge(address);
    }

    private HttpRequest request(String address, byte[] body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address))
                .header("Content-Type", "application/json")
                .header("User-Agent", "Wadi/" + Version.CURRENT)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        return (authorization.isEmpty() ? request : request.header("Authorization", authorization)).build();
    }

    /** The status, which says all that has to be known even where the body breaks off after it, and the body's beginning. */
    private static final class Answer implements BodyHandler<Void> {
        private final ByteArrayOutputStream beginning = new ByteArrayOutputStream();
        private volatile int status;

        @Override
        public BodySubscriber<Void> apply(ResponseInfo head) {
            status = head.statusCode();
            return BodySubscribers.ofByteArrayConsumer(part -> part.ifPresent(this::keep));
        }

        private void keep(byte[] part) {
            beginning.write(part, 0, Math.min(part.length, LONGEST_ANSWER - beginning.size()));
        }

        boolean hasStatus() {
            return status != 0;
        }

        void judge(String address) throws WebhookException {
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
