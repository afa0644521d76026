package io.wadi.metrics.notification;

import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.camel.Endpoint;
import org.apache.camel.support.DefaultComponent;

/**
 * The Camel component {@code active-alerts:topic}: begins an exchange for each request to Alertmanager, with its JSON as the
 * body and its address as the property {@link Webhook#ADDRESS}.
 */
public class ActiveAlertsComponent extends DefaultComponent {
    private static final String PATH = "/api/v2/alerts";

    private final Supplier<Properties> client;
    private final NotificationMeters meters;
    private final List<String> addresses;
    private final String link;

    /**
     * Takes how all its endpoints reach Kafka and Alertmanager.
     *
     * @param client the settings of a consumer of no group, asked for when a route starts
     * @param alertmanagers addresses, separated by commas, each of which is told everything; empty: none is, and nothing is
     *     read
     * @param link where an alert's link leads; <code>{host}</code> and <code>{alert}</code> in it are the alert's
     * @throws IllegalArgumentException where nothing can be sent to an address; the message says all
     */
    public ActiveAlertsComponent(Supplier<Properties> client, MeterRegistry meters, String alertmanagers, String link) {
        super();
        this.client = client;
        this.meters = new NotificationMeters(meters);
        this.addresses = Stream.of(alertmanagers.split(","))
                .map(String::strip)
                .filter(each -> !each.isEmpty())
                .map(ActiveAlertsComponent::address)
                .distinct()
                .toList();
        this.link = link;
    }

    /** Alertmanager's own, or below the path that it has behind a proxy. */
    private static String address(String base) {
        String address = base.endsWith(PATH) ? base : base.replaceFirst("/+$", "") + PATH;
        try {
            return HttpRequest.newBuilder(URI.create(address)).build().uri().toString();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "wadi.alerts.webhook.urls: nothing can be sent to %s: %s; allowed is such as http://alertmanager:9093"
                            .formatted(base, e.getMessage()),
                    e);
        }
    }

    Properties client() {
        return client.get();
    }

    List<String> addresses() {
        return addresses;
    }

    String link() {
        return link;
    }

    NotificationMeters meters() {
        return meters;
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        ActiveAlertsEndpoint endpoint = new ActiveAlertsEndpoint(uri, this, remaining);
        setProperties(endpoint, parameters);
        return endpoint;
    }
}
