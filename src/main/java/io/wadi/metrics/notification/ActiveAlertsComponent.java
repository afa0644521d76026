package io.wadi.metrics.notification;

import io.micrometer.core.instrument.MeterRegistry;
import io.wadi.kafka.topics.TopicIdentity;
import io.wadi.runtime.config.Setting;
import io.wadi.runtime.config.Units;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.camel.Endpoint;
import org.apache.camel.support.DefaultComponent;

/**
 * The Camel component {@code active-alerts:topic}: creates an exchange for each request to Alertmanager. The body is
 * the JSON of the request, and the property {@link Webhook#ADDRESS} is Alertmanager's address.
 */
public class ActiveAlertsComponent extends DefaultComponent {
    private static final String PATH = "/api/v2/alerts";

    private final Supplier<Properties> client;
    private final Function<String, Optional<TopicIdentity>> identities;
    private final NotificationMeters meters;
    private final List<String> addresses;
    private final String link;

    /**
     * Creates the component with the connection settings of its endpoints.
     *
     * @param client supplies the properties of a consumer without a group
     * @param identities looks up the identity of a topic, by which a recreated topic is detected
     * @param alertmanagers comma-separated addresses, each of which receives all alerts; if empty, the topic is not
     *     read
     * @param link template of {@code generatorURL}; <code>{host}</code> and <code>{alert}</code> are replaced
     * @throws IllegalArgumentException if an address is invalid
     */
    public ActiveAlertsComponent(
            Supplier<Properties> client,
            Function<String, Optional<TopicIdentity>> identities,
            MeterRegistry meters,
            String alertmanagers,
            String link) {
        this.client = client;
        this.identities = identities;
        this.meters = new NotificationMeters(meters);
        this.addresses = Units.list(alertmanagers).stream()
                .map(ActiveAlertsComponent::address)
                .distinct()
                .toList();
        this.link = link;
    }

    /** Appends the API path to the base URL, which may have a path of its own behind a proxy. */
    private static String address(String base) {
        String url = base.replaceFirst("/+$", "");
        String address = url.endsWith(PATH) ? url : url + PATH;
        try {
            URI uri = HttpRequest.newBuilder(URI.create(address)).build().uri();
            if (uri.getPort() > Setting.MAX_PORT) {
                throw new IllegalArgumentException("port out of range");
            }
            return uri.toString();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "wadi.alerts.webhook.urls: invalid address %s: %s; expected an address such as http://alertmanager:9093"
                            .formatted(base, e.getMessage()),
                    e);
        }
    }

    Properties client() {
        return client.get();
    }

    Optional<TopicIdentity> identity(String topic) {
        return identities.apply(topic);
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
