package io.wadi;

import io.micrometer.core.instrument.MeterRegistry;
import io.wadi.kafka.KafkaClients;
import io.wadi.metrics.notification.ActiveAlertsComponent;
import io.wadi.metrics.notification.Webhook;
import io.wadi.metrics.notification.WebhookOptions;
import io.wadi.runtime.config.Setting;
import io.wadi.runtime.config.Settings;
import io.wadi.runtime.config.SettingsException;
import io.wadi.runtime.config.WadiSettings;
import java.util.List;
import java.util.Properties;
import org.apache.camel.Component;
import org.apache.camel.Processor;
import org.apache.camel.spi.Registry;
import org.apache.kafka.clients.consumer.ConsumerConfig;

/** Puts alert notifications together from their settings. */
final class NotifyParts {
    private final Settings settings;
    private final KafkaClients kafka;
    private final ActiveAlertsComponent activeAlerts;
    private final Webhook webhook;

    /**
     * Connects to nothing.
     *
     * @throws SettingsException with what is wrong with the way to Alertmanager
     */
    NotifyParts(Settings settings, KafkaClients kafka, MeterRegistry meters) {
        this.settings = settings;
        this.kafka = kafka;
        try {
            this.activeAlerts = new ActiveAlertsComponent(
                    this::readerProperties,
                    meters,
                    get(WadiSettings.ALERTS_WEBHOOK_URLS),
                    get(WadiSettings.ALERTS_WEBHOOK_LINK));
            this.webhook = new Webhook(new WebhookOptions(
                    get(WadiSettings.ALERTS_WEBHOOK_USER),
                    get(WadiSettings.ALERTS_WEBHOOK_PASSWORD),
                    get(WadiSettings.ALERTS_WEBHOOK_TOKEN),
                    get(WadiSettings.ALERTS_WEBHOOK_CA_FILE),
                    get(WadiSettings.ALERTS_WEBHOOK_ANSWER_WITHIN)));
        } catch (IllegalArgumentException e) {
            throw new SettingsException(List.of(e.getMessage()));
        }
    }

    /** Binds what the route of notifications names. */
    void bind(Registry registry) {
        registry.bind("active-alerts", Component.class, activeAlerts);
        registry.bind("post-alerts", Processor.class, webhook);
    }

    private Properties readerProperties() {
        Properties reader = kafka.observerProperties("");
        reader.remove(ConsumerConfig.GROUP_ID_CONFIG);
        reader.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        return reader;
    }

    private <T> T get(Setting<T> setting) {
        return settings.get(setting);
    }
}
