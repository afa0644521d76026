package io.wadi.metrics.notification;

import io.wadi.metrics.notification.WebhookException.Cause;
import io.wadi.runtime.config.Authorities;
import io.wadi.runtime.config.Units;
import io.wadi.runtime.http.BoundedHttpClient;
import io.wadi.runtime.http.HttpExchangeException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * A processor that posts the message's JSON body to the address in the exchange property {@link #ADDRESS}. It throws a
 * {@link WebhookException} if the response is not 2xx or does not arrive within the timeout. Only the beginning of a
 * response body is kept. Thread-safe.
 */
public final class Webhook implements Processor {
    /** The exchange property with the target address. */
    public static final String ADDRESS = "alertmanager";

    private static final int MAX_KEPT_BYTES = 600;

    private final BoundedHttpClient http;
    private final Duration timeout;

    /**
     * Creates the processor and reads the certificates; opens no connection.
     *
     * @throws IllegalArgumentException if the certificates cannot be read
     */
    public Webhook(WebhookOptions options) {
        timeout = options.answerTimeout();
        http = new BoundedHttpClient(
                timeout,
                MAX_KEPT_BYTES,
                options.token().isEmpty()
                        ? BoundedHttpClient.basic(options.user(), options.password())
                        : "Bearer " + options.token(),
                Authorities.trusting("wadi.alerts.webhook.ca-file", options.caFile()));
    }

    @Override
    public void process(Exchange exchange) throws WebhookException, InterruptedException {
        String address = exchange.getProperty(ADDRESS, String.class);
        BoundedHttpClient.Response answer = answer(HttpRequest.newBuilder(URI.create(address))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(
                        exchange.getMessage().getBody(byte[].class))));
        if (answer.status() < 200 || answer.status() > 299) {
            throw new WebhookException(
                    WebhookException.of(answer.status()),
                    "%d of %s: %s"
                            .formatted(
                                    answer.status(),
                                    BoundedHttpClient.withoutSecrets(address),
                                    answer.text(MAX_KEPT_BYTES)));
        }
    }

    private BoundedHttpClient.Response answer(HttpRequest.Builder request)
            throws WebhookException, InterruptedException {
        try {
            return http.sendForStatus(request);
        } catch (HttpExchangeException e) {
            throw e.isTimeout()
                    ? new WebhookException(Cause.TIMEOUT, "no response within " + Units.text(timeout))
                    : new WebhookException(Cause.UNREACHABLE, e.getMessage());
        }
    }
}
