package io.wadi.metrics.notification;

import io.wadi.kafka.topics.LinkedEndpoint;
import io.wadi.runtime.config.Setting;
import java.time.Duration;
import java.util.Set;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.support.DefaultEndpoint;

/** An endpoint that sends the alerts of one topic to Alertmanager. */
public final class ActiveAlertsEndpoint extends DefaultEndpoint implements LinkedEndpoint {
    private final ActiveAlertsComponent component;
    private final String topic;
    private Duration resend = Duration.ofMinutes(1);
    private int alertsPerRequest = 64;

    ActiveAlertsEndpoint(String uri, ActiveAlertsComponent component, String topic) {
        super(uri, component);
        this.component = component;
        this.topic = topic;
    }

    /** Sets the interval at which unchanged alerts are sent again, such as {@code 1m}. */
    public void setResend(String resend) {
        this.resend = parse("resend", NotificationSettings.RESEND_INTERVAL, resend);
    }

    /** Sets the maximum number of alerts per request. */
    public void setAlertsPerRequest(int alertsPerRequest) {
        parse("alertsPerRequest", NotificationSettings.MAX_ALERTS, String.valueOf(alertsPerRequest));
        this.alertsPerRequest = alertsPerRequest;
    }

    /** Reads the value of an option, which has the same range as a setting. */
    private static <T> T parse(String option, Setting<T> setting, String text) {
        try {
            return setting.parser().apply(text);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new IllegalArgumentException(
                    "active-alerts: %s=%s: expected %s".formatted(option, text, setting.allowed()));
        }
    }

    @Override
    public Consumer createConsumer(Processor processor) {
        return new ActiveAlertsConsumer(
                this,
                processor,
                new AlertReader.Source(topic, component::client, () -> component.identity(topic), component.link()),
                new AlertSender.Schedule(resend, alertsPerRequest),
                component.addresses(),
                component.meters());
    }

    @Override
    public Set<String> reads() {
        return Set.of(TOPIC + topic);
    }

    @Override
    public Producer createProducer() {
        throw new UnsupportedOperationException("active-alerts: can be consumed from, not sent to");
    }
}
